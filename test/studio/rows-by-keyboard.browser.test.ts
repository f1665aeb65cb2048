import type { Page } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openedStudio, type OpenedStudio } from './studio.ts';

/* Without a mouse, and without the map. */

let opened: OpenedStudio;
let page: Page;

beforeAll(async () => {
  opened = await openedStudio({}, ['films.ts']);
  ({ page } = opened);
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.getByRole('button', { name: 'Start' }).click();
  await page.getByRole('button', { name: 'Re-run failed (5)' }).waitFor();
  await page.keyboard.press('b');
});
afterAll(() => opened?.close());

const grid = () => page.getByRole('grid', { name: 'Batches' });
const chosen = () =>
  grid()
    .locator('[aria-selected="true"]')
    .evaluateAll(rows => rows.map(row => row.getAttribute('aria-label')?.split(',')[0]));
const focused = () => page.locator('[data-row]:focus').getAttribute('aria-label');

test('rows are one tab stop, and are selected by Shift and the arrows, and one by one by Ctrl and Space', async () => {
  await page.getByRole('row', { name: 'Batch 0, failed' }).focus();
  expect(await grid().locator('[data-row][tabindex="0"]').count()).toBe(1);
  await page.keyboard.press('ArrowDown');
  await expect.poll(focused).toBe('Batch 1, succeeded');
  await expect
    .poll(() => page.getByRole('region', { name: 'Inspector', exact: true }).innerText())
    .toContain('Batch 1');
  expect(await chosen()).toEqual([]);

  await page.keyboard.press('Shift+ArrowDown');
  await page.keyboard.press('Shift+ArrowDown');
  await expect.poll(chosen).toEqual(['Batch 1', 'Batch 2', 'Batch 3']);
  await page.keyboard.press('Shift+ArrowUp');
  await expect.poll(chosen).toEqual(['Batch 1', 'Batch 2']);
  // The others stay in the table, so that one can go on.
  expect(await grid().getAttribute('aria-rowcount')).toBe('33');

  await page.keyboard.press('Control+ArrowDown');
  await page.keyboard.press('Control+ArrowDown');
  await expect.poll(focused).toBe('Batch 4, succeeded');
  await page.keyboard.press('Control+Space');
  await expect.poll(chosen).toEqual(['Batch 1', 'Batch 2', 'Batch 4']);
  await page.keyboard.press('Control+Space');
  await expect.poll(chosen).toEqual(['Batch 1', 'Batch 2']);
  expect(await page.getByRole('group', { name: 'Selection' }).innerText()).toContain('2');

  await page.keyboard.press('Control+Home');
  await page.keyboard.press('Control+Space');
  await expect.poll(chosen).toEqual(['Batch 0', 'Batch 1', 'Batch 2']);
  await page.keyboard.press('r');
  await expect.poll(() => page.getByRole('dialog').innerText()).toMatch(/1 batch/);
  await page.keyboard.press('Escape');
});

test('the map says in words where failures are', async () => {
  const map = page.getByRole('img', { name: /^Map of batches/ });
  await expect
    .poll(() => map.getAttribute('aria-label'))
    .toMatch(/^Map of batches: 5 of 33 failed: batches 0, 10 to 11, 17 and 30\. 28 succeeded, /);
});

test('separators are moved by keys and say where they stand; tabs move with the arrows', async () => {
  const separator = page.getByRole('separator', { name: 'Width of the inspector' });
  const width = async () => (await page.getByRole('region', { name: 'Inspector', exact: true }).boundingBox())?.width;
  const before = (await width()) ?? 0;
  await separator.focus();
  await page.keyboard.press('ArrowLeft');
  await expect.poll(width).toBeGreaterThan(before);
  expect(await separator.getAttribute('aria-valuenow')).toMatch(/^\d/);

  await page.getByRole('tab', { name: 'Batches', exact: true }).focus();
  await page.keyboard.press('ArrowLeft');
  await page.getByRole('tab', { name: 'Graph', exact: true, selected: true }).waitFor();
  expect(await page.getByRole('tablist', { name: 'Views' }).locator('[tabindex="0"]').count()).toBe(1);
});
