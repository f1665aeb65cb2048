import type { Page } from 'playwright';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openedStudio, type OpenedStudio } from './studio.ts';

/** The eighth order never gets an answer. */
const ORDERS = `import { cronflow } from 'cronflow';
cronflow.define({ id: 'orders', name: 'Send the orders' })
  .forEach('orders', Array.from({ length: 12 }, (_, at) => at), (order, flow) => {
    flow.step('call', async () => {
      if (order === 7) await new Promise(() => setInterval(() => undefined, 1_000));
    });
  }, { concurrency: 4 });
`;

let opened: OpenedStudio;
let page: Page;
let complaints: string[];

beforeEach(async () => {
  opened = await openedStudio({ 'orders.ts': ORDERS });
  ({ page, complaints } = opened);
});
afterEach(() => opened?.close());

test('a batch that hangs is named, shown and cancelled, and the run goes on to its end', async () => {
  await page
    .getByRole('button', { name: /Send the orders/ })
    .first()
    .click();
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.getByRole('button', { name: 'Start' }).click();
  const stuck = page.getByRole('status', { name: 'Stuck' });
  await stuck.getByText(/Batch 7 is stuck.* in call for \d+\.\d s \(median [\d.]+ ms\)/).waitFor({ timeout: 40_000 });
  await stuck.getByRole('button', { name: 'Show' }).click();
  const inspector = page.getByRole('region', { name: 'Inspector' });
  await inspector.getByRole('heading', { name: /Batch 7/ }).waitFor();
  await inspector.getByRole('button', { name: 'Cancel this batch' }).waitFor();
  await stuck.getByRole('button', { name: 'Cancel this batch' }).click();
  await page.getByRole('heading', { name: 'Completed, 1 cancelled', level: 1 }).waitFor();
  await stuck.waitFor({ state: 'hidden' });
  expect(await inspector.getByRole('button', { name: 'Cancel this batch' }).count()).toBe(0);
  expect(complaints).toEqual([]);
});
