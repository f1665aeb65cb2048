import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser, Page } from 'playwright';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { temporaryFolder } from '../support/runs.ts';
import { launchBrowser, openPage, serveStudio, workspaceWith, type ServedStudio } from './studio.ts';

/** The third town does not answer, and is asked again after minutes. */
const TOWNS = `import { cronflow } from 'cronflow';
cronflow.define({ id: 'towns', name: 'Ask the towns' })
  .forEach('towns', ['a', 'b', 'c'], (town, flow) => {
    flow.step('ask', () => { if (town === 'c') throw new Error('503 ' + town); return true; })
      .retry({ attempts: 2, backoff: { delay: '2m' } });
    flow.step('keep', () => 'ok');
  }, { concurrency: 3 });
`;

let browser: Browser;
let studio: ServedStudio;
let workspace: string;
let page: Page;
let complaints: string[];

beforeEach(async () => {
  browser = await launchBrowser();
  const folder = temporaryFolder();
  workspace = workspaceWith(folder, []);
  writeFileSync(path.join(workspace, 'towns.ts'), TOWNS);
  studio = await serveStudio(workspace, path.join(folder, 'data'));
  ({ page, complaints } = await openPage(browser, studio.url));
});
afterEach(async () => {
  await studio?.stop();
  await browser?.close();
});

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
  await page.getByRole('row', { name: 'Batch 2, retrying' }).click();
  const inspector = page.getByRole('region', { name: 'Inspector' });
  await inspector.getByRole('tab', { name: 'Attempts' }).click();
  await inspector.getByText(/Next attempt in \d/).waitFor();
  expect(await inspector.innerText()).toContain('503 c');

  await page.getByRole('button', { name: 'Pause', exact: true }).click();
  await page.getByRole('heading', { name: 'Paused', level: 1 }).waitFor();
  await inspector.getByText(/The next attempt was to follow after/).waitFor();

  // Each batch has the attempts of its steps below it, inside its bar.
  await page.getByRole('tab', { name: 'Timeline' }).click();
  const bar = page.getByRole('button', { name: /^towns 0, succeeded/ });
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
  await page.getByRole('button', { name: /retrying 0/ }).click();
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
