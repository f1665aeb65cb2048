import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, Locator, Page } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bringAxe, violations } from './axe.ts';
import { launchBrowser, openPage, serveStudio, workspaceWith, type ServedStudio } from './studio.ts';
import { takePictures } from './pictures.ts';

/* A batch that fails, is run again with other code, and then with an item that a person has edited; and another run beside it. */

const sum = (isFixed: boolean) => `import { cronflow } from 'cronflow';
interface Order { id: number; cents: number | null }
const orders: Order[] = Array.from({ length: 40 }, (_, at) => ({ id: 1000 + at, cents: at === 23 ? null : 100 * at }));
cronflow.define({ id: 'day', name: 'Close the day' })
  .batch({ id: 'orders', unit: ['order', 'orders'] }, { items: orders, size: 20 }, (orders, flow) => {
    flow.step({ id: 'send', title: 'Send the receipts' }, () => {
      console.log('sent ' + orders.length + ' receipts');
      return { mails: orders.length };
    });
    flow.step({ id: 'add', title: 'Add up the day' }, () => ({
      currency: 'USD',
      total: orders.reduce((sum, order) =>
        sum + ${isFixed ? '(order.cents ?? 0)' : 'Number(order.cents!.valueOf())'}, 0),
    }));
    flow.step({ id: 'check', title: 'Check with the bank' }, ctx => {
      const { total } = ctx.last as { total: number };
      if (orders[0]?.id === 1020 && total !== 60_447) throw new Error('the bank says 60447, not ' + total);
      console.log('balanced at ' + total);
      return { balanced: true };
    });
  });
`;

const SIZES = [
  [1440, 900],
  [1024, 700],
  [800, 600],
] as const;

let browser: Browser;
let studio: ServedStudio;
let folder: string;
let workspace: string;
let page: Page;
let complaints: string[];
let compare: Locator;
let inspector: Locator;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'cronflow-compare-'));
  workspace = workspaceWith(folder, []);
  writeFileSync(path.join(workspace, 'day.ts'), sum(false));
  browser = await launchBrowser();
  studio = await serveStudio(workspace, path.join(folder, 'data'));
  ({ page, complaints } = await openPage(browser, studio.url));
  compare = page.getByRole('region', { name: 'Compare' });
  inspector = page.getByRole('region', { name: 'Inspector' });
  await start();
  await page.getByRole('heading', { name: /1 of 2 batches failed/, level: 1 }).waitFor();
});
afterAll(async () => {
  await browser?.close();
  await studio?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function start(): Promise<void> {
  await page
    .getByRole('button', { name: /^Run( again…)?$/ })
    .first()
    .click();
  await page.getByRole('dialog').getByRole('button', { name: 'Start' }).click();
}

/** The cells of a row, as they read. */
const cellsOf = async (name: string | RegExp) => {
  const row = compare.getByRole('row', { name });
  await row.first().waitFor();
  return await row.first().getByRole('cell').allInnerTexts();
};

test('each attempt says what was changed in code and input, and what came of it', async () => {
  await page.getByRole('tab', { name: 'Batches' }).click();
  await page.getByRole('row', { name: 'Batch 1, failed' }).click();

  writeFileSync(path.join(workspace, 'day.ts'), sum(true));
  await page.getByText('The code has changed since this run').waitFor();
  await page.getByRole('button', { name: /^Re-run failed/ }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Re-run', exact: true }).click();
  await inspector.getByRole('tab', { name: 'Error' }).click();
  await inspector.getByText('the bank says 60447').first().waitFor();

  await inspector.getByRole('tab', { name: 'Input' }).click();
  await inspector.getByRole('searchbox', { name: 'Filter items' }).fill('1023');
  await inspector.getByText('1 of 20 items').waitFor();
  const grid = inspector.getByRole('grid');
  await grid.focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  const field = inspector.getByRole('textbox', { name: 'cents of item 3' });
  await field.fill('3747');
  await page.keyboard.press('Enter');
  await inspector.getByRole('button', { name: 'Re-run with them…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Re-run with these items' }).click();
  await page.getByRole('heading', { name: 'Completed', level: 1 }).waitFor();

  await page.getByRole('tab', { name: 'Compare' }).click();
  await compare
    .getByText(/^Attempt 3 succeeded after 1 value of the input was changed\. In Add up the day, total rose by 3,747\./)
    .waitFor();
  expect(await cellsOf(/^Input/)).toEqual([
    expect.stringMatching(/#3 cents null/),
    '= the same items as in attempt 1',
    expect.stringMatching(/#3 cents null → 3747[^]*edited by hand · \S+ · \d/),
  ]);
  expect(await cellsOf(/^Add up the day/)).toEqual([
    expect.stringMatching(/failed/),
    expect.stringMatching(/done/),
    expect.stringMatching(/done/),
  ]);
  const code = await cellsOf(/^code/);
  expect(code[1]).toMatch(/− +sum \+ Number\(order\.cents!\.valueOf\(\)\)[^]*\+ +sum \+ \(order\.cents \?\? 0\)/);
  expect([code[0], code[2]]).toEqual(['as it was', '= code of attempt 2']);
  expect(await compare.innerText()).toMatch(/total 56,?700 → 60,?447 \+3,747/);
  expect(await compare.innerText()).toMatch(/✕ the bank says 60447, not 56700\s*day\.ts:\d+/);
  // The receipts are the same in all: hidden and counted.
  await compare.getByText('Hidden because all attempts agree: 19 items, 1 step, 1 output').waitFor();
  expect(await compare.getByRole('row', { name: /^Send the receipts/ }).count()).toBe(0);
  await takePictures(page, 'compare-attempts', SIZES);
  await page.setViewportSize({ width: 1440, height: 900 });
  await bringAxe(page);
  expect(await violations(page, '.compare')).toEqual([]);

  await compare.getByRole('button', { name: 'Show them' }).click();
  expect(await cellsOf(/^Send the receipts/)).toEqual([
    expect.stringMatching(/done/),
    expect.stringMatching(/reused, result of attempt 1/),
    expect.stringMatching(/done/),
  ]);
  await compare.getByRole('button', { name: 'Against the first' }).click();
  await compare.getByText(/after 1 line of code and 1 value of the input were changed since attempt 1/).waitFor();
  await page.waitForURL(/against=first/);
});

test('it is there again after a reload, and goes into an issue as Markdown', async () => {
  await page.reload();
  await compare.getByText(/changed since attempt 1/).waitFor();
  expect(await compare.getByRole('row', { name: /^Send the receipts/ }).count()).toBe(1);
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await compare.getByRole('button', { name: 'Copy as Markdown' }).click();
  await compare.getByText('Copied').waitFor();
  const text = await page.evaluate<string>('navigator.clipboard.readText()');
  expect(text).toContain('**Run 1 of Close the day, batch 1 of orders**');
  expect(text).toMatch(/\| Input \| \\#3 cents: null \| = attempt 1 \| \\#3 cents: null → 3747 \(edited by hand/);
  expect(text).toMatch(/```diff\n@@ day\.ts:\d+\n[^]*\+ +sum \+ \(order\.cents \?\? 0\)/);
});

test('two runs are compared batch by batch, and a row opens into what differs', async () => {
  await start();
  // The run of before has failed, too.
  await page.getByRole('navigation', { name: 'Breadcrumb' }).getByText('run 2').waitFor();
  await page.getByRole('heading', { name: /failed/, level: 1 }).waitFor();
  await page.getByRole('tab', { name: 'Compare' }).click();
  await compare.getByRole('button', { name: 'Two runs' }).click();
  await compare
    // How long each took is not the test's to say.
    .getByText(/^Run 2 against run 1: 1 batch ended otherwise[^.]* 1 gave another output[^]*1 batch has other items/)
    .waitFor();
  await page.waitForURL(/compare=runs/);
  await compare.getByRole('button', { name: /^▸? ?Batch 1/ }).click();
  await compare.getByText(/#3 cents 3747 → null/).waitFor();
  await takePictures(page, 'compare-runs', SIZES);
  await page.setViewportSize({ width: 1440, height: 900 });
  await bringAxe(page);
  expect(await violations(page, '.compare')).toEqual([]);
  await page.reload();
  await compare.getByText(/^Run 2 against run 1/).waitFor();
  await compare.getByRole('button', { name: /^Items/ }).click();
  await page.waitForURL(/differs=items/);
  await compare.getByRole('button', { name: /^Twice as slow/ }).waitFor();
  await compare.getByRole('button', { name: /^▸? ?Batch 1/ }).click();
  await compare.getByRole('button', { name: 'Open in run 1' }).click();
  await page.waitForURL(/run\/1\/batches\?.*batch=1/);
  await page.goBack();
  await compare.getByText(/^Run 2 against run 1/).waitFor();
  expect(complaints).toEqual([]);
});
