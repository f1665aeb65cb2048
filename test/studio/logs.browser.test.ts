import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bringAxe, violations } from './axe.ts';
import { launchBrowser, openPage, serveStudio, workspaceWith, type ServedStudio } from './studio.ts';

/* A log of thousands of lines: searched, filtered by level, read from its end, saved, and each line leads to its batch. */

const FLOW = `import { cronflow } from 'cronflow';
cronflow.define({ id: 'films', name: 'Films' })
  .batch('clean', { items: Array.from({ length: 30 }, (_, at) => at), size: 1 }, ([item], flow) => {
    flow.step('trim', () => {
      for (let line = 0; line < 60; line++) console.log('film ' + item + ', line ' + line);
      if (item % 10 === 3) console.warn('film ' + item + ' has no title');
    });
  });
`;

let browser: Browser;
let studio: ServedStudio;
let page: Page;
let folder: string;
let complaints: string[];
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'cronflow-logs-'));
  const workspace = workspaceWith(folder, []);
  writeFileSync(path.join(workspace, 'films.ts'), FLOW);
  browser = await launchBrowser();
  studio = await serveStudio(workspace, path.join(folder, 'data'));
  ({ page, complaints } = await openPage(browser, studio.url));
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Start' }).click();
  await page.getByRole('heading', { name: 'Completed' }).first().waitFor();
});
afterAll(async () => {
  await browser?.close();
  await studio?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const logs = () => page.getByRole('region', { name: 'Logs' });
const lines = () => logs().locator('.log-line').allInnerTexts();

test('the log below the graph is searched in the store, and a line of it leads to its batch', async () => {
  await page.getByRole('tab', { name: 'Logs' }).first().click();
  // test/studio/log-events.browser.test.ts is about those.
  await logs().getByLabel('Events').uncheck();
  await logs().getByRole('searchbox').fill('NO TITLE');
  await expect.poll(async () => (await lines()).length).toBe(3);
  await logs().getByRole('searchbox').fill('');
  await logs().getByLabel('Level').selectOption('Warnings and errors');
  await expect
    .poll(async () => (await lines()).map(text => /film (\d+) has/.exec(text)?.[1]))
    .toEqual(['3', '13', '23']);
  await logs().getByRole('button', { name: 'trim #13' }).click();
  await page.getByRole('region', { name: 'Inspector' }).getByText('Batch 13', { exact: false }).first().waitFor();
  await page.waitForURL(/batch=13/);
});

test('it is read from its end, and saved whole, also what is not loaded', async () => {
  await logs().getByLabel('Level').selectOption('All lines');
  await logs().getByLabel('Newest first').check();
  await expect.poll(async () => (await lines())[0]).toContain('film 29, line 59');
  await bringAxe(page);
  expect(await violations(page, '.drawer')).toEqual([]);
  const download = page.waitForEvent('download');
  await logs().getByRole('button', { name: 'Save…' }).click();
  const saved = await (await download).path();
  const text = readFileSync(saved, 'utf8').trimEnd().split('\n');
  expect(text).toHaveLength(30 * 60 + 3);
  expect(text[0]).toMatch(/^\d{4}-\d\d-\d\dT\S+Z info {2}clean\/trim #0 film 0, line 0$/);
  await logs().getByLabel('Newest first').uncheck();
  expect(complaints).toEqual([]);
});

test('whoever scrolls up is given earlier lines, and stays at the line that was in view', async () => {
  const inspector = page.getByRole('region', { name: 'Inspector' });
  await page.goto(new URL('#/run/1/graph?tab=logs', page.url()).href);
  await inspector.getByText('The newest 500 lines.').waitFor();
  const log = inspector.getByRole('log');
  const before = await inspector.locator('.log-line').first().innerText();
  expect(before).not.toContain('film 0, line 0');
  await log.evaluate(element => {
    element.scrollTop = 0;
  });
  await inspector.getByText('The newest 1,500 lines.').waitFor();
  // The line that was the first one is loaded still, and the one above it is not the first of all.
  expect(await log.evaluate(element => element.scrollTop)).toBeGreaterThan(400);
  await expect
    .poll(async () => {
      await log.evaluate(element => {
        element.scrollTop = 0;
      });
      return await inspector.locator('.log-line').allInnerTexts();
    })
    .toContainEqual(expect.stringContaining('film 0, line 0'));
  expect(await inspector.getByText('The newest', { exact: false }).count()).toBe(0);
  expect(complaints).toEqual([]);
});
