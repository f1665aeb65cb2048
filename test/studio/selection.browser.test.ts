import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cli } from '../support/cli.ts';
import { readingsWorkspace } from './readings.ts';
import { launchBrowser, openPage, serveStudio, type ServedStudio } from './studio.ts';
import { takePicture } from './pictures.ts';

/* What is selected is counted once, is told as it was then, and leaves the Studio as a file. */

let browser: Browser;
let studio: ServedStudio;
let page: Page;
let complaints: string[];
let folder: string;
let workspace: string;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'cronflow-selection-'));
  workspace = readingsWorkspace(folder);
  await cli(['run', 'readings.ts'], { cwd: workspace });
  browser = await launchBrowser();
  studio = await serveStudio(workspace, path.join(folder, 'data'));
  ({ page, complaints } = await openPage(browser, studio.url));
  await page.getByRole('region', { name: 'Runs' }).getByText('Run 1').click();
  await page.getByRole('tab', { name: 'Batches', exact: true }).click();
}, 60_000);
afterAll(async () => {
  await browser?.close();
  await studio?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const selection = () => page.getByRole('group', { name: 'Selection' });

async function select(ranges: string): Promise<void> {
  await page.goto(`${new URL(page.url()).origin}/#/run/1/batches?of=import&select=${ranges}`);
  await selection().waitFor();
}

async function save(format: string): Promise<{ name: string; text: string }> {
  await selection().getByText('Export', { exact: true }).click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    selection().getByRole('button', { name: format }).click(),
  ]);
  return { name: download.suggestedFilename(), text: readFileSync(await download.path(), 'utf8') };
}

test('a search in the errors lets what it finds stand out on the map', async () => {
  const map = page.getByRole('img', { name: /^Map of batches/ });
  const picture = async () => (await map.screenshot()).toString('base64');
  const before = await picture();
  await page.getByRole('searchbox', { name: 'Search in error messages' }).fill('M-002');
  await expect.poll(() => page.getByRole('grid', { name: 'Batches' }).getAttribute('aria-rowcount')).toBe('3');
  await expect.poll(picture).not.toBe(before);
  await takePicture(page, 'selection-search-dark');
  await page.getByRole('searchbox', { name: 'Search in error messages' }).fill('');
  await expect.poll(picture).toBe(before);
});

test('the chosen batches are saved, as JSON lines and as a table', async () => {
  await select('2-23');
  await selection().getByText('22 chosen: 20 done, 2 failed').waitFor();
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await takePicture(page, `selection-bar-${colorScheme}`);
  }
  const lines = await save('JSON lines');
  expect(lines.name).toBe('run-1-batches.jsonl');
  const batches = lines.text
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as Record<string, unknown>);
  expect(batches.map(({ index }) => index)).toEqual(Array.from({ length: 22 }, (_, at) => at + 2));
  expect(batches[1]).toMatchObject({
    state: 'failed',
    error: { message: 'K-117 sent no value' },
    items: [{ at: 6 }, { at: 7, value: null }],
  });
  const table = await save('CSV');
  expect(table.name).toBe('run-1-batches.csv');
  expect(table.text.split('\n')).toHaveLength(24);
  expect(table.text).toContain('3,failed,K-117 sent no value,"[{""station"":""K-117""');
});

test('after a re-run the selection says what it was, and what has changed since; it offers what there is now', async () => {
  writeFileSync(path.join(workspace, 'mended'), '');
  await select('0-199');
  await selection().getByText('200 chosen: 190 done, 10 failed').waitFor();
  await selection().getByRole('button', { name: 'Re-run the 10 failed' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Re-run', exact: true }).click();
  await selection()
    .getByText(/counted .*, 7 done since/)
    .waitFor({ timeout: 30_000 });
  await selection().getByText('200 chosen: 190 done, 10 failed').waitFor();
  await selection().getByRole('button', { name: 'Re-run the 3 failed' }).waitFor();
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await takePicture(page, `selection-since-${colorScheme}`);
  }
  expect(complaints).toEqual([]);
});
