import { afterAll, beforeAll, expect, test } from 'vitest';
import { bringAxe, violations } from './axe.ts';
import { openedStudio, type OpenedStudio } from './studio.ts';

/* A run that waits for people is answered in the Studio and in the presentation, and goes on by itself. */

const EXPENSES = `import { cronflow } from 'cronflow';

cronflow.define({ id: 'expenses', name: 'Pay expenses' })
  .forEach({ id: 'expense', title: 'Each expense', unit: ['expense', 'expenses'], label: ({ who }) => who },
    [{ who: 'Ada', amount: 1290 }, { who: 'Bob', amount: 40 }, { who: 'Cleo', amount: 2100 }],
    (expense, flow) => {
      flow
        .step('check', () => expense)
        .if('large', () => expense.amount > 1000)
          .humanInTheLoop('manager', { title: 'The manager decides', description: 'Approve an expense over the limit of 1,000 EUR' })
        .endIf()
        .step('pay', ctx => ctx.last.approved === false ? 'refused: ' + ctx.last.reason : 'paid');
    }, { concurrency: 3 })
  .waitForEvent('bank.confirmed')
  .step('end', ctx => ctx.last);
`;

let opened: OpenedStudio;
beforeAll(async () => {
  opened = await openedStudio({ 'expenses.ts': EXPENSES });
});
afterAll(async () => await opened?.close());

test('what a run waits for is shown with its payload, is approved and rejected with a reason, and the run goes on', async () => {
  const { page } = opened;
  const waits = page.getByRole('list', { name: 'What the run waits for' }).getByRole('listitem');
  const dialog = page.getByRole('dialog');
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await dialog.getByRole('button', { name: 'Start' }).click();
  await page.getByRole('heading', { name: 'Waiting for approval: 2 approvals' }).waitFor();
  await expect.poll(() => page.title()).toContain('waiting for approval');
  await expect.poll(() => waits.count()).toBe(2);
  await expect.poll(() => waits.first().textContent()).toContain('The manager decides · Ada');
  await expect.poll(() => waits.first().textContent()).toContain('Approve an expense over the limit of 1,000 EUR');
  await expect.poll(() => waits.first().textContent()).toContain('1290');
  await page.getByRole('button', { name: /Run 1 .*waiting for approval/ }).waitFor();
  await bringAxe(page);
  expect(await violations(page)).toEqual([]);

  await waits.first().getByRole('button', { name: 'Reject…' }).click();
  await dialog.getByRole('heading', { name: 'Reject: The manager decides · Ada' }).waitFor();
  await dialog.getByText('1290').waitFor();
  await dialog.getByLabel('Reason').fill('no receipt');
  expect(await violations(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Reject', exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
  await expect.poll(() => waits.count()).toBe(1);
  await page.getByRole('heading', { name: 'Waiting for approval', exact: true }).waitFor();
});

test('the presentation asks for the decision, and goes on with it', async () => {
  const { page, complaints } = opened;
  await page.keyboard.press('p');
  const present = page.getByRole('main', { name: 'Presentation' });
  await present.getByRole('heading', { name: 'A decision is needed.' }).waitFor();
  const decision = present.getByRole('list', { name: 'What is to be decided' }).getByRole('listitem');
  await expect.poll(() => decision.textContent()).toContain('Approve an expense over the limit of 1,000 EUR · Cleo');
  await expect.poll(() => decision.textContent()).toContain('2,100');
  expect(await violations(page)).toEqual([]);
  await decision.getByRole('button', { name: 'Approve' }).click();
  await present.getByRole('heading', { name: 'It waits for something outside.' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('heading', { name: 'Waiting for an event' }).waitFor();
  await page.getByText('bank.confirmed').first().waitFor();
  expect(complaints).toEqual([]);
});
