import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bringAxe, violations } from './axe.ts';
import { launchBrowser, openPage, serveStudio, workspaceWith, type ServedStudio } from './studio.ts';

/* After a crash, the start names the runs that were interrupted, and one click resumes all of them. */

let browser: Browser;
let studio: ServedStudio;
let page: Page;
let folder: string;
let workspace: string;

const workflow = (id: string, wait: string) => `import { cronflow } from 'cronflow';

cronflow.define({ id: '${id}', name: 'Readings of ${id}' }).forEach(
  'each',
  Array.from({ length: 20 }, (_, n) => n),
  (n, flow) => {
    flow.step('read', async () => {
      if (n > 0) await new Promise(done => setTimeout(done, ${wait}));
      return n;
    });
  },
);
`;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'cronflow-interrupted-'));
  workspace = workspaceWith(folder, []);
  for (const id of ['north', 'south']) writeFileSync(path.join(workspace, `${id}.ts`), workflow(id, '60_000'));
  browser = await launchBrowser();
  studio = await serveStudio(workspace, path.join(folder, 'data'));
  ({ page } = await openPage(browser, studio.url));
});
afterAll(async () => {
  await browser?.close();
  await studio?.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('the runs that a crash has interrupted are named after the start, and all of them resumed by one click', async () => {
  for (const id of ['north', 'south']) {
    await page
      .getByRole('button', { name: new RegExp(`Readings of ${id}`) })
      .first()
      .click();
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await page.getByRole('button', { name: 'Start' }).click();
    await page.getByRole('button', { name: 'Pause' }).waitFor();
  }
  const { process: child } = studio;
  const ended = new Promise(resolve => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
  for (const id of ['north', 'south']) writeFileSync(path.join(workspace, `${id}.ts`), workflow(id, '1'));
  studio = await serveStudio(workspace, path.join(folder, 'data'));
  ({ page } = await openPage(browser, studio.url));
  const bar = page.getByRole('region', { name: 'Interrupted runs' });
  await bar.getByText('2 runs were interrupted').waitFor();
  await bar.getByRole('button', { name: 'Run 1 Readings of north' }).waitFor();
  await bringAxe(page);
  expect(await violations(page)).toEqual([]);

  await bar.getByRole('button', { name: 'Resume all 2' }).click();
  await bar.getByText(/^2 of 2 runs resumed for \S+$/).waitFor();
  await page.getByText('Completed', { exact: true }).first().waitFor();
  await bar.getByRole('button', { name: 'Close' }).click();
  await bar.waitFor({ state: 'detached' });
});
