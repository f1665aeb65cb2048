import { afterAll, beforeAll, expect, test } from 'vitest';
import { bringAxe, violations } from './axe.ts';
import { takePictures } from './pictures.ts';
import { openedStudio, type OpenedStudio } from './studio.ts';

/** Sixteen batches that take a second and a half each, on two processes beside that of the run. */
const FLOW = `import { cronflow } from 'cronflow';
cronflow.define({ id: 'tiles', name: 'Cut the tiles' })
  .batch({ id: 'cut', title: 'Cut them' }, { items: Array.from({ length: 16 }, (_, at) => at), size: 1, workers: 2, concurrency: 4 }, ([tile], flow) => {
    flow.step('saw', async () => {
      await new Promise(resolve => setTimeout(resolve, 1_500));
      return tile;
    }).step('polish', () => tile);
  });
`;

let opened: OpenedStudio;
beforeAll(async () => {
  opened = await openedStudio({ 'tiles.ts': FLOW });
}, 60_000);
afterAll(() => opened.close());

test('the workers of a run: who there is, what each does, and one is drained', async () => {
  const { page, complaints } = opened;
  await page
    .getByRole('button', { name: /Cut the tiles/ })
    .first()
    .click();
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.getByRole('button', { name: 'Start' }).click();
  const strip = page.getByRole('region', { name: 'Workers' });
  await strip.getByText('2 workers', { exact: true }).waitFor();
  await strip.getByText(/4 in flight/).waitFor();
  await strip.getByRole('button', { name: /2 workers/ }).click();
  const row = strip.getByRole('row').filter({ has: page.getByRole('button', { name: 'Drain worker 1' }) });
  await row.getByText('alive').waitFor();
  await takePictures(page, 'workers-running', [
    [1024, 768],
    [1920, 1080],
  ]);
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.getByRole('button', { name: 'Drain worker 1' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('It finishes the').waitFor();
  await dialog.getByText('It goes on with the other worker.').waitFor();
  await takePictures(page, 'workers-drain');
  await dialog.getByRole('button', { name: 'Drain it' }).click();
  await strip.getByRole('cell', { name: /drained/ }).waitFor();
  await page.getByRole('button', { name: 'Drain worker 2' }).click();
  await dialog.getByText('It is the only worker').waitFor();
  expect(await dialog.getByRole('button', { name: 'Drain it' }).isDisabled()).toBe(true);
  await dialog.getByRole('button', { name: 'Keep it' }).click();
  await page.getByRole('heading', { name: 'Completed', level: 1 }).waitFor();
  await strip.getByText(/executed 16 batches/).waitFor();
  await bringAxe(page);
  expect(await violations(page)).toEqual([]);
  expect(complaints).toEqual([]);
}, 60_000);

test('which worker executed a batch is told by the map, the table, its attempts and the timeline', async () => {
  const { page, complaints } = opened;
  await page.getByRole('tab', { name: 'Batches' }).click();
  await page.getByLabel('Colour by').selectOption('worker');
  const legend = page.getByRole('list', { name: 'Colours' });
  const [one, two] = [
    legend.getByRole('button', { name: /worker 1/ }),
    legend.getByRole('button', { name: /worker 2/ }),
  ];
  await two.waitFor();
  const countOf = async (name: RegExp) => Number(await legend.getByRole('button', { name }).locator('b').textContent());
  const [first, second] = [await countOf(/worker 1/), await countOf(/worker 2/)];
  expect(first + second).toBe(16);
  expect(second).toBeGreaterThan(first);
  await takePictures(page, 'workers-map', [
    [1024, 768],
    [1920, 1080],
  ]);
  await page.setViewportSize({ width: 1440, height: 900 });
  await one.click();
  await expect.poll(() => one.getAttribute('aria-pressed')).toBe('true');
  await page.getByRole('group', { name: 'Selection' }).waitFor();
  await one.click();
  await page.getByLabel('Executed by', { exact: true }).selectOption('worker 1');
  const table = page.getByRole('grid', { name: 'Batches' });
  await expect.poll(() => table.getAttribute('aria-rowcount')).toBe(String(first));
  expect(new URL(page.url()).hash).toContain('workers=1');
  await page.reload();
  await expect.poll(() => table.getAttribute('aria-rowcount')).toBe(String(first));
  await table.getByRole('row').nth(1).click();
  await page.getByText(/· on worker 1, process \d+/).waitFor();
  await page.getByRole('tab', { name: 'Attempts' }).click();
  await page.getByRole('listitem', { name: /saw, attempt 1: .* · on worker 1/ }).waitFor();
  await takePictures(page, 'workers-attempts');
  await page.getByRole('tab', { name: 'Timeline' }).click();
  const timeline = page.getByRole('region', { name: 'Timeline' });
  await timeline.getByText('on worker 2').waitFor();
  expect(await timeline.getByRole('button', { name: /, on worker 1, process/ }).count()).toBe(first);
  await bringAxe(page);
  expect(await violations(page)).toEqual([]);
  await takePictures(page, 'workers-timeline', [
    [1024, 768],
    [1920, 1080],
  ]);
  await page.setViewportSize({ width: 1440, height: 900 });
  await timeline.getByRole('button', { name: 'By step' }).click();
  await expect.poll(() => timeline.getByText('on worker 2').count()).toBe(0);
  expect(complaints).toEqual([]);
}, 60_000);
