import { afterEach, expect, test } from 'vitest';
import { takePictures } from './pictures.ts';
import { openedStudio, type OpenedStudio } from './studio.ts';

/** Two at a time: the third begins when one has ended, and the time of all is over before the last one. */
const PRICES = `import { cronflow } from 'cronflow';
const ask = ms => ctx => new Promise((resolve, reject) => {
  const timer = setTimeout(() => resolve(ms), ms);
  ctx.signal.addEventListener('abort', () => { clearTimeout(timer); reject(ctx.signal.reason); });
});
cronflow.define({ id: 'prices', name: 'Compare the prices' })
  .parallel({ id: 'ask', title: 'Ask the shops' }, { north: ask(10), south: ask(20), east: ask(600_000), west: ask(600_000), sea: ask(1) },
    { maxConcurrency: 2, timeout: '8s' })
  .step('say', ctx => ctx.last);
`;

let opened: OpenedStudio;
afterEach(() => opened?.close());

test('the graph says how many members run at a time and for how long at most, and shows which have not begun', async () => {
  opened = await openedStudio({ 'prices.ts': PRICES });
  const { page, complaints } = opened;
  await page
    .getByRole('button', { name: /Compare the prices/ })
    .first()
    .click();
  const graph = page.getByRole('region', { name: 'Graph', exact: true });
  await graph.getByText('2 at a time · 8.0 s at most').waitFor();
  await takePictures(page, 'parallel-limits-1-idle', [
    [1_024, 700],
    [1_920, 1_080],
  ]);
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.getByRole('button', { name: 'Start' }).click();
  await graph.getByRole('group', { name: /^east.*running/ }).waitFor();
  await graph.getByRole('group', { name: /^west.*running/ }).waitFor();
  await graph.getByRole('group', { name: /^south, succeeded/ }).waitFor();
  await graph.getByRole('group', { name: 'sea, waiting' }).waitFor();
  await takePictures(page, 'parallel-limits-2-running');
  await page
    .getByText(/"ask" took longer than its timeout of 8000 ms/)
    .first()
    .waitFor();
  await takePictures(page, 'parallel-limits-3-over', [
    [1_024, 700],
    [1_920, 1_080],
  ]);
  expect(complaints).toEqual([]);
});
