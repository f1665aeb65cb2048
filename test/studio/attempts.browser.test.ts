import type { Page } from 'playwright';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openedStudio, type OpenedStudio } from './studio.ts';

/** The third town does not answer, and is asked again after minutes. */
const TOWNS = `import { cronflow } from 'cronflow';
cronflow.define({ id: 'towns', name: 'Ask the towns' })
  .forEach('towns', ['a', 'b', 'c'], (town, flow) => {
    flow.step('ask', () => { if (town === 'c') throw new Error('503 ' + town); return true; })
      .retry({ attempts: 2, backoff: { delay: '2m' } });
    flow.step('keep', () => 'ok');
  }, { concurrency: 3 });
`;

let opened: OpenedStudio;
let page: Page;
let complaints: string[];

beforeEach(async () => {
  opened = await openedStudio({ 'towns.ts': TOWNS });
  ({ page, complaints } = opened);
});
afterEach(() => opened?.close());

test('a step that waits for its next attempt is shown as that, and Compare shows items and short outputs', async () => {
  await page
    .getByRole('button', { name: /Ask the towns/ })
    .first()
    .click();
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.getByRole('button', { name: 'Start' }).click();
  await page.getByRole('group', { name: /^ask, .*1 retrying, next in \d/ }).waitFor();

  await page.getByRole('tab', { name: 'Batches' }).click();
  const chip = page.getByRole('button', { name: /retrying 1/ });
  await chip.waitFor();
  await chip.click();
  const row = page.getByRole('row', { name: 'Batch 2, retrying' });
  await row.click();
  const inspector = page.getByRole('region', { name: 'Inspector' });
  await inspector.getByRole('tab', { name: 'Attempts' }).click();
  const planned = /^ask, attempt 2: attempt 2 of 2 in \d+ (s|min)/;
  await inspector.getByRole('listitem', { name: planned }).waitFor();
  await inspector.getByRole('listitem', { name: /^ask, attempt 1: ✕ 503 c · waits 2 min/ }).waitFor();

  // The same below its row, by the arrow keys, with what was waited hatched and what follows dashed.
  expect(await row.innerText()).toMatch(/retrying\s+2\s+\d/);
  const rows = page.getByLabel(/^Rows: use/);
  await rows.press('ArrowRight');
  const table = page.getByRole('grid', { name: 'Batches' });
  await table.getByRole('listitem', { name: planned }).waitFor();
  const styleOf = (part: string, of: string) =>
    table.locator(part).evaluate((node, name) => {
      const page = globalThis as unknown as { getComputedStyle(of: unknown): Readonly<Record<string, string>> };
      return page.getComputedStyle(node)[name];
    }, of);
  expect(await styleOf('.waterfall-wait', 'backgroundImage')).toContain('repeating-linear-gradient');
  expect(await styleOf('.waterfall-bar.planned', 'borderTopStyle')).toBe('dashed');
  await rows.press('ArrowLeft');
  await table.getByRole('listitem').first().waitFor({ state: 'detached' });

  await page.getByRole('button', { name: /retrying 1/ }).click();
  await page.getByRole('button', { name: 'Waited' }).click();
  await table
    .getByRole('row', { name: /^Batch \d/ })
    .first()
    .getByText('retrying')
    .waitFor();
  await page.getByLabel('Colour by').selectOption('attempt');
  await page.getByRole('list', { name: 'Colours' }).getByText('waits for the next').waitFor();

  await page.getByRole('button', { name: 'Pause', exact: true }).click();
  await page.getByRole('heading', { name: 'Paused', level: 1 }).waitFor();
  await inspector.getByRole('listitem', { name: /attempt 2 of 2 was to follow/ }).waitFor();
  await page
    .getByRole('region', { name: 'Run' })
    .getByText(/\d s waiting/)
    .waitFor();

  // Each batch has the attempts of its steps below it, inside its bar.
  await page.getByRole('tab', { name: 'Timeline' }).click();
  const bar = page.getByRole('button', { name: /^towns, batch 0, succeeded/ });
  await bar.locator('.timeline-step').nth(1).waitFor();
  const steps = await bar
    .locator('.timeline-step')
    .evaluateAll(all => all.map(step => ({ title: step.title, ...step.getBoundingClientRect().toJSON() })));
  expect(steps.map(({ title }) => title)).toEqual([
    expect.stringMatching(/^ask, succeeded/),
    expect.stringMatching(/^keep, succeeded/),
  ]);
  const around = await bar.boundingBox();
  if (!around) throw new Error('The bar of batch 0 is not on the page.');
  for (const { left, top, bottom } of steps) {
    expect(left).toBeGreaterThanOrEqual(around.x);
    expect(top).toBeGreaterThan(around.y);
    expect(bottom).toBeLessThanOrEqual(around.y + around.height);
    expect(bottom - top).toBeGreaterThanOrEqual(3);
  }
  await page.getByRole('tab', { name: 'Batches' }).click();

  // What a batch was given and what came out of it, however short.
  await page.getByRole('row', { name: 'Batch 0, succeeded' }).click();
  await page.getByRole('tab', { name: 'Compare' }).click();
  const compare = page.getByRole('region', { name: 'Compare' });
  await compare
    .getByRole('row', { name: /^Input/ })
    .getByText('"a"')
    .waitFor();
  await compare
    .getByRole('row', { name: /^output/ })
    .getByText('true')
    .waitFor();
  await compare
    .getByRole('row', { name: /^output/ })
    .getByText('"ok"')
    .waitFor();
  expect(complaints).toEqual([]);
});
