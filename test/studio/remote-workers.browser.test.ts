import { spawn, type ChildProcess } from 'node:child_process';
import { cpSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startServer, whyNoServer, type ServerForTest } from '../support/servers/queue-servers.ts';
import { takePictures } from './pictures.ts';
import { openedStudio, type OpenedStudio } from './studio.ts';

/* Batches that a worker of another folder executes, as the Studio shows them, over a real Redis. */

const FLOW = `import { cronflow } from 'cronflow';
cronflow.define({ id: 'beds', name: 'Make the beds' })
  .batch({ id: 'make', title: 'Make them' }, { items: Array.from({ length: 12 }, (_, at) => at), size: 1, concurrency: 4 }, ([bed], flow) => {
    flow.step('sheet', async () => {
      await new Promise(resolve => setTimeout(resolve, 1_000));
      return bed;
    });
  });
`;
const BIN = path.resolve(import.meta.dirname, '../../bin/cronflow.mjs');

describe.skipIf(whyNoServer.redis !== undefined)('with workers on other machines', () => {
  let server: ServerForTest;
  let opened: OpenedStudio;
  const workers: ChildProcess[] = [];
  const env = () => ({ CRONFLOW_QUEUE: server.url, CRONFLOW_QUEUE_SECRET: 'the secret of this test' });

  /** A worker on a copy of the folder. @param code What stands there in the place of the workflow */
  async function work(name: string, code = FLOW): Promise<void> {
    const folder = path.join(path.dirname(opened.workspace), name);
    cpSync(opened.workspace, folder, { recursive: true, filter: file => !file.includes('.cronflow') });
    writeFileSync(path.join(folder, 'beds.ts'), code);
    const child = spawn(process.execPath, [BIN, 'work', folder, '--json', '--concurrency', '2'], {
      env: { ...process.env, ...env() },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    workers.push(child);
    await new Promise<void>(resolve => {
      child.stdout.on('data', (chunk: Buffer) => {
        if (String(chunk).includes('"event":"working"')) resolve();
      });
    });
  }

  beforeAll(async () => {
    server = await startServer('redis');
    opened = await openedStudio({ 'beds.ts': FLOW }, [], env());
    await work('one');
    await work('two');
    await work('old', FLOW.replace('1_000', '900'));
  }, 60_000);
  afterAll(async () => {
    for (const child of workers) child.kill('SIGKILL');
    await opened?.close();
    await server?.close();
  });

  test('a run is started on the queue, its workers are shown with those of other code, and a re-run stays there', async () => {
    const { page, complaints } = opened;
    await page
      .getByRole('button', { name: /Make the beds/ })
      .first()
      .click();
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    const dialog = page.getByRole('dialog');
    const queue = dialog.getByRole('radio', { name: /Workers of redis:/ });
    expect(await queue.isChecked()).toBe(true);
    expect(await dialog.textContent()).toContain('Below about 20 ms a batch, this machine alone is faster.');
    expect(await dialog.textContent()).not.toContain('secret');
    await takePictures(page, 'remote-dialog', [
      [1024, 768],
      [1920, 1080],
    ]);
    await page.getByRole('button', { name: 'Start' }).click();
    const strip = page.getByRole('region', { name: 'Workers' });
    await strip.getByText('2 workers', { exact: true }).waitFor();
    await strip.getByText('1 machine has other code').waitFor();
    await strip.getByText(/[34] in flight/).waitFor();
    await strip.getByRole('button', { name: /2 workers/ }).click();
    await strip.getByText(/it executes nothing of this run/).waitFor();
    await takePictures(page, 'remote-workers', [
      [1024, 768],
      [1920, 1080],
    ]);
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.getByRole('heading', { name: 'Completed', level: 1 }).waitFor();
    await strip.getByText(/executed 12 batches/).waitFor();
    await page.getByRole('tab', { name: 'Batches' }).click();
    await page.getByRole('grid', { name: 'Batches' }).getByRole('row').nth(1).click();
    await page.getByText(/· on worker \d, process \d+/).waitFor();
    await page.getByRole('button', { name: /Re-run batch/ }).click();
    expect(await dialog.getByRole('radio', { name: /Workers of redis:/ }).isChecked()).toBe(true);
    await dialog.getByRole('radio', { name: 'This machine' }).check();
    await dialog.getByRole('button', { name: 'Re-run', exact: true }).click();
    await page.getByText(/batch attempt 2/).waitFor();
    await page.getByRole('heading', { name: 'Completed', level: 1 }).waitFor();
    await page.getByRole('tab', { name: 'Attempts' }).click();
    await expect
      .poll(async () => (await page.getByRole('listitem', { name: /sheet, attempt 2/ }).textContent()) ?? '')
      .toMatch(/✓(?!.*on worker)/);
    expect(complaints).toEqual([]);
  }, 90_000);
});
