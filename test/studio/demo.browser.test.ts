import { afterAll, beforeAll, expect, test } from 'vitest';
import { bringAxe, violations } from './axe.ts';
import { openedStudio, type OpenedStudio } from './studio.ts';

/* A workflow is shown to others: its demo, from the start to the reset. */

const INVOICES = `import { cronflow } from 'cronflow';
cronflow
  .define({
    id: 'invoices',
    name: 'Send the invoices',
    demo: { pace: '120ms', fail: [{ step: 'mail', batches: [2, 5], error: 'The mail server does not answer' }] },
  })
  .batch('send', { items: Array.from({ length: 40 }, (_, at) => at), size: 5, concurrency: 2 }, (invoices, flow) => {
    flow.step('mail', ctx => ctx.effect('mail ' + invoices[0], () => { throw new Error('nobody sends'); }));
  });
cronflow.define({ id: 'plain', name: 'Look around' }).step('look', () => 'seen');
`;

let opened: OpenedStudio;
beforeAll(async () => {
  opened = await openedStudio({ 'invoices.ts': INVOICES });
});
afterAll(async () => {
  await opened?.close();
});

test('a demo is started with one click, marked wherever it is seen, healed by a re-run, and reset with one click', async () => {
  const { page, complaints } = opened;
  const workflows = page.getByRole('region', { name: 'Workflows' });
  const runs = page.getByRole('region', { name: 'Runs', exact: true });
  await workflows.getByRole('button', { name: /Look around/ }).click();
  expect(await page.getByRole('button', { name: 'Start demo' }).count()).toBe(0);
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Start' }).click();
  await runs.getByRole('button', { name: /Run 1 Look around/ }).waitFor();

  await workflows.getByRole('button', { name: /Send the invoices/ }).click();
  await page.getByRole('button', { name: 'Start demo' }).click();
  const bar = page.getByRole('region', { name: 'Demo' });
  await bar.waitFor();
  const run = page.getByRole('region', { name: 'Run', exact: true });
  await run.getByRole('heading', { name: '2 of 8 batches failed' }).waitFor();
  await expect.poll(() => run.getByRole('heading').innerText()).toMatch(/^Demo\s/);
  await expect.poll(() => page.getByRole('navigation', { name: 'Breadcrumb' }).innerText()).toContain('demo run 1');
  await expect.poll(() => page.title()).toBe('Demo: ✕ 2 failed · Send the invoices');
  await expect
    .poll(() => runs.getByRole('button', { name: /Run 1/ }).innerText())
    .toContain('Demo Run 1 Send the invoices');
  // The runs of the folder are not among them.
  expect(await runs.getByRole('button', { name: /Look around/ }).count()).toBe(0);

  await bringAxe(page);
  expect(await violations(page)).toEqual([]);

  await page.keyboard.press('p');
  const stage = page.getByRole('main', { name: 'Presentation' });
  await stage.getByText('Demo', { exact: true }).waitFor();
  await page.keyboard.press('Escape');

  await page.getByRole('button', { name: 'Re-run failed (2)' }).click();
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^Re-run/ })
    .click();
  await run.getByRole('heading', { name: 'Completed' }).waitFor();

  await bar.getByRole('button', { name: 'Reset' }).click();
  await expect.poll(() => runs.innerText()).toContain('No demos yet');
  const starts = page.getByRole('button', { name: 'Start demo' });
  await expect.poll(() => starts.count()).toBe(2);
  await starts.first().click();
  await run.getByRole('heading', { name: '2 of 8 batches failed' }).waitFor();
  await expect.poll(() => page.getByRole('navigation', { name: 'Breadcrumb' }).innerText()).toContain('demo run 1');

  await bar.getByRole('button', { name: 'Leave demo' }).click();
  await runs.getByRole('button', { name: /Run 1 Look around/ }).waitFor();
  await bar.waitFor({ state: 'detached' });
  expect(await page.locator('.demo-tag').count()).toBe(0);
  expect(complaints).toEqual([]);
});

test('a demo is reset from the presentation, which then waits for its start', async () => {
  const { page, complaints } = opened;
  await page
    .getByRole('region', { name: 'Workflows' })
    .getByRole('button', { name: /Send the invoices/ })
    .click();
  await page.getByRole('button', { name: 'Start demo' }).click();
  await page.getByRole('region', { name: 'Demo' }).waitFor();
  await page.keyboard.press('p');
  const stage = page.getByRole('main', { name: 'Presentation' });
  await stage.getByText('Demo', { exact: true }).waitFor();
  await stage.getByRole('button', { name: 'Reset' }).click();
  await stage.getByRole('button', { name: 'Start' }).click();
  await stage.getByText('The mail server does not answer').waitFor();
  await stage.getByText('It repeats 2 squares with 10 items.').waitFor();
  await stage.getByRole('button', { name: 'Try again' }).click();
  await stage.getByRole('heading', { name: 'All 40 items are done.' }).waitFor();
  await page.keyboard.press('Escape');
  expect(complaints).toEqual([]);
});
