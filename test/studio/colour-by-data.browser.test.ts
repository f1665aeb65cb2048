import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cli } from '../support/cli.ts';
import { readingsWorkspace } from './readings.ts';
import { launchBrowser, openPage, serveStudio, type ServedStudio } from './studio.ts';
import { takePictures } from './pictures.ts';

/* The map is coloured by what is in the items and outputs; an entry of the legend is a selection, and a re-run. */

const SIZES = [
  [1024, 700],
  [1440, 900],
] as const;

let browser: Browser;
let studio: ServedStudio;
let page: Page;
let complaints: string[];
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'cronflow-colour-'));
  const workspace = readingsWorkspace(folder);
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

const field = () => page.getByRole('textbox', { name: 'Colour by what: a path or a comparison' });
const legend = () => page.getByRole('list', { name: 'Colours' });
const selection = () => page.getByRole('group', { name: 'Selection' });
const rows = () => page.getByRole('grid', { name: 'Batches' });
const view = () => page.getByRole('region', { name: 'Batches', exact: true });

async function colourBy(expression: string): Promise<void> {
  await field().fill(expression);
  await field().press('Enter');
}

test('a path colours the map; its legend counts, selects, filters the rows and offers a re-run', async () => {
  await page.getByLabel('Colour by', { exact: false }).first().selectOption('data');
  await colourBy('item.station');
  await expect
    .poll(() => legend().getByRole('listitem').allInnerTexts())
    .toEqual(
      ['K-117\n67', 'M-002\n67', 'K-114\n66'].map(
        text => expect.stringMatching(new RegExp(text.replace('\n', '\\s*'))) as string,
      ),
    );
  await expect.poll(() => view().innerText()).toContain('In each batch all items have one value.');
  await takePictures(page, 'colour-by-station', SIZES);
  await legend().getByRole('button', { name: /M-002/ }).click();
  await selection().getByText('67 chosen: 64 done, 3 failed').waitFor();
  await selection()
    .getByText(/item\.station: M-002 · counted/)
    .waitFor();
  await selection().getByRole('button', { name: 'Re-run the 3 failed' }).waitFor();
  await expect.poll(() => rows().getAttribute('aria-rowcount')).toBe('67');
  await expect.poll(() => rows().getByRole('row', { name: 'Batch 4, succeeded' }).count()).toBe(1);
  await takePictures(page, 'colour-selected', SIZES);
});

test('the address keeps the expression', async () => {
  expect(new URL(page.url()).hash).toContain('expression=item.station');
  await page.reload();
  await legend().getByRole('button', { name: /M-002/ }).waitFor();
  await page.getByRole('button', { name: 'Clear' }).click();
});

test('a comparison is true or false; an output that is not there is no value; numbers are ranges', async () => {
  await colourBy('item.value == null');
  await expect.poll(() => legend().innerText()).toMatch(/false\s*190\s*true\s*10/);
  await expect.poll(() => view().innerText()).toContain('A batch is true if any of its items is.');
  await legend().getByRole('button', { name: /true/ }).click();
  await selection().getByText('10 batches, all failed').waitFor();
  await colourBy('output.total');
  await expect.poll(() => legend().getByRole('listitem').count()).toBe(7);
  await expect.poll(() => legend().innerText()).toMatch(/no value\s*10/);
  await takePictures(page, 'colour-by-total', SIZES);
  await colourBy('item.at');
  await expect.poll(() => view().innerText()).toContain('200 batches have several (dark corner)');
  await takePictures(page, 'colour-mixed', SIZES);
});

test('what cannot be understood is told while one types, with its column, and a step that there is not is named', async () => {
  await field().fill('item.value = 3');
  await expect.poll(() => view().innerText()).toContain('Column 12: To compare, write == instead of =');
  await colourBy('step("Tydi").output.total');
  await expect
    .poll(() => view().innerText())
    .toContain('No step of this batch that has begun is called “Tydi”. There is: Tidy, Save.');
  expect(complaints).toEqual([]);
});
