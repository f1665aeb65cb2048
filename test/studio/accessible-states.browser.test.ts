import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bringAxe, violations } from './axe.ts';
import { launchBrowser, openPage, serveStudio, workspaceWith, type ServedStudio } from './studio.ts';

/* What axe finds in each state of the app, in dark and in light. */

const ENDLESS = `import { cronflow } from 'cronflow';
import { z } from 'zod';
import { setTimeout as wait } from 'node:timers/promises';
const payload = z.object({ title: z.string().optional(), kind: z.enum(['a', 'b']).default('a'), tags: z.array(z.string()).default([]) });
cronflow.define({ id: 'endless', name: 'No end in sight', payload })
  .batch('each', { items: [1, 2, 3, 4], size: 1, concurrency: 2 }, (batch, flow) => {
    flow.step('work', async ctx => { await wait(600_000, undefined, { signal: ctx.signal }); });
  });
`;

let browser: Browser;
let studio: ServedStudio;
let page: Page;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'cronflow-axe-'));
  const workspace = workspaceWith(folder, ['films.ts']);
  writeFileSync(path.join(workspace, 'endless.ts'), ENDLESS);
  const films = path.join(workspace, 'films.ts');
  // Its steps are pure: nobody would be asked whether they may be executed.
  writeFileSync(films, readFileSync(films, 'utf8').replaceAll('pure: true', 'pure: false'));
  browser = await launchBrowser();
  studio = await serveStudio(workspace, path.join(folder, 'data'));
  ({ page } = await openPage(browser, studio.url, { colorScheme: 'dark' }));
  await bringAxe(page);
});
afterAll(async () => {
  await browser?.close();
  await studio?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const button = (name: string) => page.getByRole('button', { name, exact: true });
const inspector = () => page.getByRole('region', { name: 'Inspector', exact: true });
const open = async (name: string) =>
  await page
    .getByRole('region', { name: 'Workflows' })
    .getByRole('button', { name: new RegExp(name) })
    .click();
const isClean = async (part?: string) => expect.soft(await violations(page, part)).toEqual([]);

const dialogIsClean = async (inside: string) => {
  await page.getByRole('dialog').getByRole('button', { name: inside, exact: true }).waitFor();
  await isClean();
  await page.keyboard.press('Escape');
  await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
};

test('before a run, with the form of its payload, and while it runs', async () => {
  await open('No end in sight');
  await button('Run').waitFor();
  await isClean();
  await button('Run').click();
  await page.getByRole('dialog').waitFor();
  await isClean();
  await button('Start').click();
  await button('Pause').waitFor();
  await isClean();
  await button('Cancel').click();
  await page.getByRole('dialog').waitFor();
  await isClean();
  await button('Cancel the run').click();
  await page.getByRole('heading', { name: 'Cancelled', level: 1 }).waitFor();
  await isClean();
});

test('a failed run: each view, each tab of the inspector and of the drawer', async () => {
  await open('Clean up the film list');
  await button('Run').click();
  await button('Start').click();
  await button('Re-run failed (5)').waitFor();
  await page.keyboard.press(']');
  for (const key of ['b', 't', 'c', 'g']) {
    await page.keyboard.press(key);
    await isClean();
  }
  for (const tab of await inspector().getByRole('tab').all()) {
    await tab.click();
    await isClean('.inspector');
  }
  for (const tab of ['Logs', 'Playback']) {
    await page.getByRole('tablist', { name: 'Problems, logs and playback' }).getByRole('tab', { name: tab }).click();
    await isClean('.drawer-body');
  }
  await page.getByRole('tab', { name: /^Problems/ }).click();
});

describe('dialogs and the presentation', () => {
  test.each([
    ['Re-run failed (5)', 'Re-run'],
    ['Run again…', 'Start'],
    ['Edit items…', 'Cancel'],
    ['New…', 'Cancel'],
  ])('%s', async (opener, inside) => {
    await page.getByRole('button', { name: opener, exact: true }).first().click();
    await dialogIsClean(inside);
  });

  test('the questions before steps are executed', async () => {
    await button('Find the items at fault').click();
    await dialogIsClean('Execute and find');
    await inspector().getByRole('tab', { name: 'Error' }).click();
    await button('Debug this batch').click();
    await dialogIsClean('Execute and debug');
  });

  test.each([
    ['Name and note…', 'Save'],
    ['Delete…', 'Keep it'],
  ])('of a run of the list: %s', async (item, inside) => {
    await button('More about run 2').click();
    await page.getByRole('menuitem', { name: item }).waitFor();
    await isClean('.menu');
    await page.getByRole('menuitem', { name: item }).click();
    await dialogIsClean(inside);
  });

  test('the palette, the shortcuts and the presentation', async () => {
    for (const key of ['?', 'Control+k']) {
      await page.keyboard.press(key);
      await page.getByRole('dialog').waitFor();
      await isClean();
      await page.keyboard.press('Escape');
      await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
    }
    await page.keyboard.press('p');
    await page.getByRole('main', { name: 'Presentation' }).waitFor();
    await isClean();
    await page.keyboard.press('Escape');
  });
});

test('a window of 800 x 600, with the inspector over the views and without it', async () => {
  await page.setViewportSize({ width: 800, height: 600 });
  await isClean();
  await page.keyboard.press(']');
  await button('Close the inspector').waitFor();
  await isClean();
  await page.keyboard.press('b');
  await page.keyboard.press('Escape');
  await isClean();
});
