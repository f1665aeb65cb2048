import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser, openPage, serveStudio, workspaceWith, type ServedStudio } from './studio.ts';

/* What was asked of a run that goes on shows at once, and what was queued can be taken back; a saved fix is noticed. */

/** Its first batch fails; the second waits until its file is there, and does not let itself be disturbed. */
const SLOW = `import { existsSync } from 'node:fs';
import { cronflow } from 'cronflow';

cronflow.define({ id: 'slow', name: 'Slow' }).batch('work', { items: [0, 1, 2], size: 1 }, (batch, flow) => {
  flow.step('do', async () => {
    if (batch[0] === 0) throw new Error('not today');
    while (batch[0] === 1 && !existsSync('go')) await new Promise(resolve => setTimeout(resolve, 20));
  });
});
`;

let browser: Browser;
let studio: ServedStudio;
let page: Page;
let folder: string;
let workspace: string;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'cronflow-stopping-'));
  workspace = workspaceWith(folder, []);
  writeFileSync(path.join(workspace, 'slow.ts'), SLOW);
  browser = await launchBrowser();
  studio = await serveStudio(workspace, path.join(folder, 'data'));
  ({ page } = await openPage(browser, studio.url));
});
afterAll(async () => {
  await browser?.close();
  await studio?.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('a queued re-run shows and can be undone, and a cancel shows until the step that runs has ended', async () => {
  const summary = page.getByRole('region', { name: 'Run', exact: true });
  const dialog = page.getByRole('dialog');
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await dialog.getByRole('button', { name: 'Start' }).click();
  await summary.getByText('1 batch failed so far').waitFor();

  await page.getByRole('button', { name: 'Re-run failed (1)' }).click();
  await dialog.getByRole('button', { name: /^(Re-run|Queue)/ }).click();
  const queued = summary.getByRole('list', { name: 'Queued re-runs' });
  await queued.getByText('1 failed batch').waitFor();
  await queued.getByRole('button', { name: 'Undo' }).click();
  await queued.waitFor({ state: 'detached' });

  await page.getByRole('button', { name: 'Cancel', exact: true }).click();
  await dialog.getByRole('button', { name: 'Cancel the run' }).click();
  await summary.getByText('Cancelling…').waitFor();
  expect(await page.getByRole('button', { name: 'Cancel', exact: true }).isDisabled()).toBe(true);
  expect(await page.getByRole('button', { name: 'Pause', exact: true }).isDisabled()).toBe(true);
  await page.getByRole('region', { name: 'Runs', exact: true }).getByText('cancelling…').waitFor();
  writeFileSync(path.join(workspace, 'go'), '');
  await summary.getByText('Cancelled', { exact: true }).waitFor();
});

test('on a page at 200 % zoom the presentation has its button in sight', async () => {
  await page.setViewportSize({ width: 720, height: 450 });
  await page.keyboard.press('p');
  const others = page.getByRole('main', { name: 'Presentation' }).getByRole('button', { name: /^Do the other/ });
  await others.waitFor();
  const box = await others.boundingBox();
  const say = await page.locator('.present-say').boundingBox();
  expect((box?.y ?? 999) + (box?.height ?? 0)).toBeLessThanOrEqual((say?.y ?? 0) + (say?.height ?? 0));
  await page.keyboard.press('Escape');
  await page.setViewportSize({ width: 1440, height: 900 });
});

test('a file that is saved while the plan of a re-run is open makes the plan anew', async () => {
  await page.keyboard.press('Shift+R');
  const dialog = page.getByRole('dialog');
  await dialog.getByText('Unchanged', { exact: true }).waitFor();
  writeFileSync(path.join(workspace, 'slow.ts'), SLOW.replace('not today', 'not tomorrow'));
  await dialog.getByText('Changed since this run.').waitFor();
  await page.keyboard.press('Escape');
});
