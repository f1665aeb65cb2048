import type { Page } from 'playwright';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openedStudio, type OpenedStudio } from './studio.ts';

/** One at a time, of which the first asks for two minutes before it is asked again. */
const TOWNS = `import { cronflow } from 'cronflow';
class BusyError extends Error { override name = 'BusyError'; }
cronflow.define({ id: 'towns', name: 'Ask the towns' })
  .forEach('towns', ['a', 'b', 'c'], (town, flow) => {
    flow.step('ask', () => { if (town === 'a') throw new BusyError('503'); return true; })
      .retry({ attempts: 2, backoff: { delay: '1s' }, after: () => 120_000 });
  });
`;

let opened: OpenedStudio;
let page: Page;
let complaints: string[];

beforeEach(async () => {
  opened = await openedStudio({ 'towns.ts': TOWNS });
  ({ page, complaints } = opened);
});
afterEach(() => opened?.close());

test('each batch that does not run says why, with a countdown, in its row and in the inspector', async () => {
  await page
    .getByRole('button', { name: /Ask the towns/ })
    .first()
    .click();
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.getByRole('button', { name: 'Start' }).click();
  await page.getByRole('tab', { name: 'Batches' }).click();

  const waits = /In 1 min \d+ s: attempt 2 of 2 of ask, as the BusyError asked\./;
  const first = page.getByRole('row', { name: 'Batch 0, retrying' });
  await first.getByText(waits).waitFor();
  const isFull = 'The only place is in use by a batch that waits for its next attempt.';
  await page.getByRole('row', { name: 'Batch 1, waiting' }).getByText(isFull).waitFor();
  const left = page.getByRole('region', { name: 'Batches' }).locator('.what-is-left');
  await left.getByText(/1 waits for its next attempt, in 1 min \d+ s/).waitFor();
  expect(await left.innerText()).toContain('2 wait for a free place: the only one is in use by a batch that waits');

  await first.click();
  const reason = page.getByRole('region', { name: 'Why is it not running?' });
  await reason.getByText(waits).waitFor();
  await page.getByRole('row', { name: 'Batch 2, waiting' }).click();
  await reason.getByText(isFull).waitFor();

  await page.getByRole('button', { name: 'Pause', exact: true }).click();
  await reason.getByText('The run is paused.').first().waitFor();
  await page.getByRole('row', { name: 'Batch 0, waiting' }).getByText('The run is paused.').waitFor();
  expect(complaints).toEqual([]);
});
