import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, Locator, Page } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cli } from '../support/cli.ts';
import { readingsWorkspace } from './readings.ts';
import { launchBrowser, openPage, serveStudio, type ServedStudio } from './studio.ts';
import { takePictures } from './pictures.ts';

/* A re-run climbs: the sheet over the inspector says each rung before it begins, how it goes, and what came of it. */

const SIZES = [
  [1024, 700],
  [1440, 900],
] as const;

let browser: Browser;
let studio: ServedStudio;
let page: Page;
let complaints: string[];
let folder: string;
let workspace: string;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'cronflow-climb-'));
  workspace = readingsWorkspace(folder, 20);
  await cli(['run', 'readings.ts'], { cwd: workspace });
  browser = await launchBrowser();
  studio = await serveStudio(workspace, path.join(folder, 'data'));
  ({ page, complaints } = await openPage(browser, studio.url));
}, 60_000);
afterAll(async () => {
  await browser?.close();
  await studio?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const sheet = () => page.getByRole('region', { name: 'Re-run in rungs' });
const rungs = async () => await sheet().getByRole('listitem').allInnerTexts();
const selection = () => page.getByRole('group', { name: 'Selection' });

/** Whether it is what a click in its middle would meet. */
async function isOnTop(button: Locator): Promise<boolean> {
  return await button.evaluate(node => {
    const { left, top, width, height } = node.getBoundingClientRect();
    const met = node.ownerDocument.elementFromPoint(left + width / 2, top + height / 2);
    return met !== null && node.contains(met);
  });
}

async function climb(button: string): Promise<void> {
  await selection().getByRole('button', { name: button }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Start with 1 batch…' }).click();
}

test('it says its rungs before it begins, stops by itself, and leaves what it did not reach as it was', async () => {
  writeFileSync(path.join(workspace, 'mended'), '');
  await page.getByRole('region', { name: 'Runs' }).getByText('Run 1').click();
  await page.goto(`${new URL(page.url()).origin}/#/run/1/batches?of=import&select=0-199`);
  await selection().getByText('200 chosen: 180 done, 20 failed').waitFor();
  await climb('Re-run the 20 failed');
  await expect
    .poll(rungs)
    .toEqual([
      expect.stringMatching(/1 batch: 3[\s\S]*stops if it fails again/),
      expect.stringMatching(/10 batches[\s\S]*stops when more than 2 fail/),
      expect.stringMatching(/The rest, 9 batches[\s\S]*stops when more than 2 fail/),
    ]);
  await takePictures(page, 'climb-plan', SIZES);
  // One button is filled, in each size of window: the one that begins it.
  for (const [width, height] of [
    [1440, 900],
    [1024, 700],
  ] as const) {
    await page.setViewportSize({ width, height });
    if (width === 1024) await page.getByRole('button', { name: /^Open the inspector/ }).click();
    const filled = page.locator('.button.danger, .button.primary').filter({ visible: true });
    await expect.poll(() => filled.allInnerTexts()).toEqual(['Start with 1 batch']);
    await expect.poll(() => isOnTop(filled)).toBe(true);
    const closers = page.getByRole('button', { name: /^Close the/ }).filter({ visible: true });
    expect(await closers.count()).toBe(1);
  }
  await page.setViewportSize({ width: 1440, height: 900 });
  await sheet().getByRole('button', { name: 'Start with 1 batch' }).click();
  await sheet().getByRole('heading', { name: 'Stopped by itself' }).waitFor({ timeout: 60_000 });
  await expect.poll(() => sheet().innerText()).toContain('3 of 10 failed again, 2 times now.');
  expect(await sheet().innerText()).toContain('9 batches were not touched: they keep their results.');
  expect((await rungs())[2]).toContain('not touched');
  await selection().getByText('200 chosen: 180 done, 20 failed').waitFor();
  await selection()
    .getByText(/8 done since/)
    .waitFor();
  await takePictures(page, 'climb-stopped', SIZES);
  await sheet().getByRole('button', { name: 'Close', exact: true }).click();
  await expect.poll(() => sheet().count()).toBe(0);
});

test('when nothing fails any more it climbs to its end', async () => {
  const file = path.join(workspace, 'readings.ts');
  writeFileSync(file, readFileSync(file, 'utf8').replace(" || station === 'K-114'", ''));
  await climb('Re-run the 12 failed');
  await sheet().getByRole('button', { name: 'Start with 1 batch' }).click();
  await sheet().getByRole('heading', { name: 'All done' }).waitFor({ timeout: 60_000 });
  await page.getByRole('heading', { name: /Completed/, level: 1 }).waitFor();
  await takePictures(page, 'climb-done', SIZES);
  expect(complaints).toEqual([]);
});
