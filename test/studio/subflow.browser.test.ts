import { afterAll, beforeAll, expect, test } from 'vitest';
import { bringAxe, violations } from './axe.ts';
import { openedStudio, type OpenedStudio } from './studio.ts';

/* A run whose steps run other workflows: each of these is a run that is opened from its step, and leads back. */

const SHOP = `import { cronflow } from 'cronflow';

cronflow.define({ id: 'shop', name: 'Ship all orders' })
  .step('load', () => [{ order: 1, articles: 2 }, { order: 2, articles: 7 }, { order: 3, articles: 4 }])
  .forEach({ id: 'orders', title: 'The orders', unit: ['order', 'orders'], label: ({ order }) => 'Order ' + order }, ctx => ctx.last,
    (order, flow) => {
      flow.subflow({ id: 'ship', title: 'Ship it' }, 'ship', () => order);
    }, { tolerateFailures: 'all' })
  .subflow({ id: 'bill', title: 'Write the bill' }, 'bill');
`;

const PARTS = `import { cronflow } from 'cronflow';

cronflow.define({ id: 'ship', name: 'Ship an order' })
  .step('pack', ctx => ({ parcels: Math.ceil(ctx.payload.articles / 3) }))
  .step('print', ctx => {
    if (ctx.payload.order === 2) throw new Error('The printer is out of paper');
    return ctx.last;
  });

cronflow.define({ id: 'bill', name: 'Write a bill' })
  .humanInTheLoop('boss', { title: 'The boss decides', description: 'Send the bill?' });
`;

let opened: OpenedStudio;
beforeAll(async () => {
  opened = await openedStudio({ 'shop.ts': SHOP, 'parts.ts': PARTS });
});
afterAll(async () => await opened?.close());

test('the runs of a step are listed at it, open from there, and lead back', async () => {
  const { page, complaints } = opened;
  await page
    .getByRole('button', { name: /Ship all orders/ })
    .first()
    .click();
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Start' }).click();
  // What waits is in a part: the run around it rests, and says so.
  await page.getByRole('heading', { name: 'Waiting for approval', exact: true }).waitFor();
  const runs = page.getByRole('region', { name: 'Runs', exact: true });
  await expect.poll(() => runs.getByRole('button', { name: /^(?:[^ ]+ )?Run \d/ }).count()).toBe(1);

  await page
    .getByRole('group', { name: /^Ship it, runs ship/ })
    .first()
    .click();
  const parts = page.getByRole('region', { name: 'Runs of this step' });
  await parts.getByText('3 runs, 1 failed').waitFor();
  await expect.poll(() => parts.getByRole('listitem').first().textContent()).toMatch(/Ship an order run 3.*Order 2/);
  await bringAxe(page);
  expect(await violations(page)).toEqual([]);

  await parts.getByRole('button', { name: /Ship an order run 3/ }).click();
  await page.getByRole('heading', { name: 'A step failed' }).waitFor();
  await page.getByText('The printer is out of paper').first().waitFor();
  await runs.getByRole('button', { name: /Run 3 of run 1/ }).waitFor();
  expect(await violations(page)).toEqual([]);
  await page.getByRole('navigation', { name: 'Breadcrumb' }).getByRole('button', { name: 'part of run 1' }).click();
  await page.getByRole('heading', { name: 'Waiting for approval', exact: true }).waitFor();
  expect(complaints).toEqual([]);
});

test('what a part waits for is approved in the run around it, and both go on', async () => {
  const { page, complaints } = opened;
  const waits = page.getByRole('list', { name: 'What the run waits for' }).getByRole('listitem');
  await expect.poll(() => waits.first().textContent()).toContain('Send the bill?');
  await waits.first().getByRole('button', { name: 'Approve…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Approve', exact: true }).click();
  await page.getByRole('heading', { name: /^Completed, 1 failed batch tolerated/ }).waitFor();
  expect(complaints).toEqual([]);
});

test('a run is deleted with its parts, and the dialog says so', async () => {
  const { page, complaints } = opened;
  await page
    .getByRole('region', { name: 'Runs', exact: true })
    .getByRole('button', { name: /Run 1/ })
    .first()
    .click({ button: 'right' });
  await page.getByRole('menuitem', { name: /Delete/ }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('and 4 runs that are a part of it').waitFor();
  await dialog.getByRole('button', { name: 'Delete for good' }).click();
  await page.getByText('No runs yet').waitFor();
  expect(complaints).toEqual([]);
});
