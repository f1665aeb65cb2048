import type { Page } from 'playwright';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { bringAxe, violations } from './axe.ts';
import { openedStudio, type OpenedStudio } from './studio.ts';
import { takePicture } from './pictures.ts';

/* Retries, and what became of batches and of the run, stand among the lines of the log. */

const FLOW = `import { cronflow } from 'cronflow';
const asked = new Map<number, number>();
cronflow.define({ id: 'towns', name: 'Towns' })
  .forEach('towns', [1, 2, 3], (town, flow) => {
    flow.step('ask', () => {
      const times = (asked.get(town) ?? 0) + 1;
      asked.set(town, times);
      console.log('asking town ' + town);
      if (town === 2 && times === 1) throw new Error('503 from town 2');
      if (town === 3) throw new Error('404 from town 3');
      return true;
    }).retry({ attempts: 2, backoff: { delay: '10ms' } });
  }, { tolerateFailures: '100%' });
`;
let opened: OpenedStudio;
let page: Page;
let complaints: string[];

beforeEach(async () => {
  opened = await openedStudio({ 'towns.ts': FLOW });
  ({ page, complaints } = opened);
});
afterEach(() => opened?.close());

test('a log has retries and failures among its lines, can do without them, and lead to their batch', async () => {
  await page.getByRole('button', { name: 'Run', exact: true }).first().click();
  await page.getByRole('dialog').getByRole('button', { name: 'Start' }).click();
  await page.getByRole('heading', { name: /Completed/, level: 1 }).waitFor();
  await page.getByRole('tab', { name: 'Logs' }).first().click();
  const logs = page.getByRole('region', { name: 'Logs' });
  const texts = () => logs.locator('.log-text').allInnerTexts();
  await expect
    .poll(texts)
    .toEqual([
      'the run began',
      'asking town 1',
      'asking town 2',
      expect.stringMatching(/^attempt 1 failed: 503 from town 2 · next one after \d/),
      'asking town 2',
      'asking town 3',
      expect.stringMatching(/^attempt 1 failed: 404 from town 3/),
      'asking town 3',
      'the batch failed: 404 from town 3',
      'the run ended: completed',
    ]);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await takePicture(page, `log-events-${colorScheme}`);
  }
  await bringAxe(page);
  expect(await violations(page, '.drawer')).toEqual([]);
  await logs.getByLabel('Level').selectOption('Only events');
  await expect.poll(async () => (await texts()).length).toBe(5);
  await logs.getByRole('searchbox').fill('503');
  await expect.poll(texts).toEqual([expect.stringMatching(/503 from town 2/)]);
  await logs.locator('.log-line.event').getByRole('button', { name: 'ask #1' }).click();
  await page.waitForURL(/batch=1/);
  await logs.getByRole('searchbox').fill('');
  await logs.getByLabel('Level').selectOption('All lines');
  await logs.getByLabel('Events').uncheck();
  await expect.poll(async () => (await texts()).every(text => text.startsWith('asking town'))).toBe(true);
  expect(await logs.locator('.log-text').count()).toBe(5);
  expect(complaints).toEqual([]);
});
