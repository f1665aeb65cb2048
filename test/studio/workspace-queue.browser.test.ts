import { spawn, type ChildProcess } from 'node:child_process';
import { cpSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Locator, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { startServer, whyNoServer, type ServerForTest } from '../support/servers/queue-servers.ts';
import { takePictures } from './pictures.ts';
import { openedStudio, type OpenedStudio } from './studio.ts';

/* A queue that the settings of the folder name: offered in the dialogs, and used when a person chooses it. */

const FLOW = `import { cronflow } from 'cronflow';
cronflow.define({ id: 'beds', name: 'Make the beds' })
  .batch({ id: 'make', title: 'Make them' }, { items: [1, 2, 3, 4], size: 1, concurrency: 4 }, ([bed], flow) => {
    flow.step('sheet', () => bed);
  });
`;
const SIZES = [
  [1024, 768],
  [1920, 1080],
] as const;
const SECRET = { CRONFLOW_QUEUE_SECRET: 'the secret of this test' };
const BIN = path.resolve(import.meta.dirname, '../../bin/cronflow.mjs');

const settings = (queue: string) => JSON.stringify({ queue });

async function runDialog(page: Page): Promise<Locator> {
  await page
    .getByRole('button', { name: /Make the beds/ })
    .first()
    .click();
  await page.getByRole('button', { name: /^Run( again…)?$/ }).click();
  return page.getByRole('dialog');
}

test('without what it takes to use it, it is shown with what is missing, and a run is executed here', async () => {
  const opened = await openedStudio({ 'beds.ts': FLOW, 'cronflow.json': settings('redis://queue.example.org') });
  onTestFinished(() => opened.close());
  const { page, workspace, complaints } = opened;
  const dialog = await runDialog(page);
  const queue = dialog.getByRole('radio', { name: 'Workers of redis://queue.example.org:6379' });
  expect(await queue.isDisabled()).toBe(true);
  expect(await dialog.getByRole('radio', { name: 'This machine' }).isChecked()).toBe(true);
  expect(await dialog.textContent()).toMatch(/\(from .*cronflow\.json\) needs a secret .*CRONFLOW_QUEUE_SECRET/);
  await takePictures(page, 'queue-without-secret', SIZES);
  await dialog.getByRole('button', { name: 'Start' }).click();
  await page.getByRole('heading', { name: 'Completed', level: 1 }).waitFor();

  writeFileSync(path.join(workspace, 'cronflow.json'), settings('redis://:word@queue.example.org'));
  await page.getByText(/No queue is offered: The queue in .*cronflow\.json holds a password/).waitFor();
  await takePictures(page, 'queue-with-password', SIZES);
  expect(await page.textContent('body')).not.toContain('word@');
  expect(complaints).toEqual([]);
}, 60_000);

if (whyNoServer.postgres !== undefined)
  console.warn(`Skipped, runs of the Studio over postgres: ${whyNoServer.postgres}`);

describe.skipIf(whyNoServer.postgres !== undefined)('over a real PostgreSQL', () => {
  let server: ServerForTest;
  let opened: OpenedStudio;
  let worker: ChildProcess;

  beforeAll(async () => {
    server = await startServer('postgres');
    opened = await openedStudio({ 'beds.ts': FLOW, 'cronflow.json': settings(server.url) }, [], SECRET);
    const folder = path.join(path.dirname(opened.workspace), 'one');
    cpSync(opened.workspace, folder, { recursive: true, filter: file => !file.includes('.cronflow') });
    worker = spawn(process.execPath, [BIN, 'work', folder, '--json'], {
      env: { ...process.env, ...SECRET },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise<void>(resolve => {
      worker.stdout?.on('data', (chunk: Buffer) => {
        if (String(chunk).includes('"event":"working"')) resolve();
      });
    });
  }, 60_000);
  afterAll(async () => {
    worker?.kill('SIGKILL');
    await opened?.close();
    await server?.close();
  });

  test('a run goes to its workers once a person says so; that counts for this address, and for a re-run', async () => {
    const { page, workspace, complaints } = opened;
    const dialog = await runDialog(page);
    const queue = dialog.getByRole('radio', { name: /Workers of postgres:/ });
    const here = dialog.getByRole('radio', { name: 'This machine' });
    expect(await here.isChecked()).toBe(true);
    expect(await dialog.textContent()).toContain(
      'This address is from cronflow.json of the project. Below about 100 ms a batch',
    );
    await queue.check();
    await takePictures(page, 'queue-of-folder', SIZES);
    await dialog.getByRole('button', { name: 'Start' }).click();
    await page.getByRole('heading', { name: 'Completed', level: 1 }).waitFor();
    const strip = page.getByRole('region', { name: 'Workers' });
    await strip.getByText(/executed 4 batches/).waitFor();

    await page.setViewportSize({ width: 1440, height: 900 });
    await page.getByRole('tab', { name: 'Batches' }).click();
    await page.getByRole('grid', { name: 'Batches' }).getByRole('row').nth(1).click();
    await page.getByRole('button', { name: /Re-run batch/ }).click();
    expect(await queue.isChecked()).toBe(true);
    await page.keyboard.press('Escape');

    await runDialog(page);
    expect(await queue.isChecked()).toBe(true);
    // The folder names another one while the dialog is open: nobody has chosen that.
    writeFileSync(path.join(workspace, 'cronflow.json'), settings('redis://queue.example.org'));
    await dialog.getByRole('radio', { name: 'Workers of redis://queue.example.org:6379' }).waitFor();
    expect(await here.isChecked()).toBe(true);
    expect(complaints).toEqual([]);
  }, 90_000);
});
