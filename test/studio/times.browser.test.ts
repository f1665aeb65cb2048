import type { Page } from 'playwright';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openedStudio, type OpenedStudio } from './studio.ts';

/** Two of the orders take far longer than all others, and one fails. */
const ORDERS = `import { cronflow } from 'cronflow';
cronflow.define({ id: 'orders', name: 'Send the orders' })
  .forEach('orders', Array.from({ length: 30 }, (_, at) => at), (order, flow) => {
    flow.step('pack', async () => {
      await new Promise(resolve => setTimeout(resolve, order === 7 || order === 20 ? 1_200 : 2));
      if (order === 3) throw new Error('no box');
      return order;
    });
  }, { concurrency: 8 });
`;

let opened: OpenedStudio;
let page: Page;
let complaints: string[];

beforeEach(async () => {
  opened = await openedStudio({ 'orders.ts': ORDERS });
  ({ page, complaints } = opened);
  await page
    .getByRole('button', { name: /Send the orders/ })
    .first()
    .click();
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.getByRole('button', { name: 'Start' }).click();
  await page.getByRole('heading', { name: '1 of 30 batches failed', level: 1 }).waitFor();
});
afterEach(() => opened?.close());

test('a run says when it ended and how fast it went, and a bar of a step selects the batches that took that long', async () => {
  const time = page.getByRole('region', { name: 'Time' });
  await time.getByText(/^\d\d:\d\d:\d\d after/).waitFor();
  expect((await time.innerText()).replaceAll(/\s+/g, ' ')).toMatch(
    /Items\/s \d.* Failures\/s \d.* Running at most [2-8] Ended/,
  );

  await page.getByRole('tab', { name: 'Batches' }).click();
  const steps = page.getByRole('list', { name: 'Times of the steps' });
  await steps.getByRole('button', { name: 'pack' }).waitFor();
  const long = steps.getByRole('button', { name: /^2 attempts took [\d.]+ s/ });
  await long.click();
  const selection = page.getByRole('group', { name: 'Selection' });
  await selection.getByText(/2 selected batches in which pack took/).waitFor();
  expect(new URL(page.url()).hash).toContain('select=7%2C20');
  await page.getByRole('row', { name: 'Batch 7, succeeded' }).waitFor();
  expect(await page.getByRole('row', { name: /^Batch \d/ }).count()).toBe(2);

  // The slowest leads to its batch; the step has the same figures in its inspector.
  await steps.getByRole('button', { name: /slowest batch (7|20)/ }).click();
  const inspector = page.getByRole('region', { name: 'Inspector' });
  await inspector.getByRole('heading', { name: /Batch (7|20)/ }).waitFor();
  await steps.getByRole('button', { name: 'pack' }).click();
  await inspector.getByRole('button', { name: /^2 attempts took [\d.]+ s/ }).waitFor();
  expect(complaints).toEqual([]);
});
