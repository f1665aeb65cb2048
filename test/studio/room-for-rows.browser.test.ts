import type { Page } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openedStudio, type OpenedStudio } from './studio.ts';

/* Two dozen causes fill the drawer: the batches above it are still in sight as rows. */

const JOB = `import { cronflow } from 'cronflow';
cronflow.define({ id: 'faults', name: 'Many faults' })
  .forEach('each', Array.from({ length: 200 }, (_, at) => at), (at, flow) => {
    flow.step('send', () => {
      if (at < 24) throw new Error('The address of ' + String.fromCodePoint(97 + at).repeat(6) + ' is empty');
      return at;
    });
  }, { concurrency: 8 });
`;

let opened: OpenedStudio;
let page: Page;
beforeAll(async () => {
  opened = await openedStudio({ 'faults.ts': JOB });
  ({ page } = opened);
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.getByRole('button', { name: 'Start' }).click();
  await page.getByRole('button', { name: 'Re-run failed (24)' }).waitFor();
  await page.getByRole('tab', { name: 'Batches', exact: true }).click();
});
afterAll(() => opened?.close());

/** How many of them are whole in sight between the top of the window and a line. */
const wholeAbove = async (selector: string, line: number) =>
  await page
    .locator(selector)
    .evaluateAll((all, most) => all.filter(one => one.getBoundingClientRect().bottom <= most).length, line);
const drawerBox = async () => {
  const box = await page.locator('.panel.drawer').boundingBox();
  if (!box) throw new Error('The drawer is not shown.');
  return box;
};

test.each([
  [1_440, 900, 3],
  [1_024, 768, 1],
  [1_920, 1_080, 3],
])('at %i x %i, rows are in sight above a full drawer, and it scrolls inside', async (width, height, least) => {
  await page.setViewportSize({ width, height });
  const rows = async () => await wholeAbove('.batch-row[data-row]', (await drawerBox()).y + 1);
  await expect.poll(rows).toBeGreaterThanOrEqual(least);
  expect(await page.locator('.batches').evaluate(view => view.scrollTop)).toBe(0);
  expect(await page.locator('.problem').count()).toBeGreaterThan(4);
  expect(await wholeAbove('.problem', height)).toBeGreaterThanOrEqual(1);
  expect(await page.locator('.problems').evaluate(list => list.scrollHeight > list.clientHeight)).toBe(true);
});

test('a view that asks for no room leaves the drawer its share of the height', async () => {
  await page.setViewportSize({ width: 1_440, height: 900 });
  await expect.poll(async () => (await drawerBox()).height).toBeLessThan(250);
  await page.getByRole('tab', { name: 'Graph', exact: true }).click();
  await expect.poll(async () => (await drawerBox()).height).toBeGreaterThan(350);
  await page.getByRole('tab', { name: 'Batches', exact: true }).click();
  await expect.poll(async () => (await drawerBox()).height).toBeLessThan(250);
});
