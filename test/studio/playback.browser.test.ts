import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { bringAxe, violations } from './axe.ts';
import { PLAYED } from './played-run.ts';
import { launchBrowser, openPage, serveStudio, workspaceWith, type ServedStudio } from './studio.ts';

/* A run that failed, and was re-run once what it needs was there: its playback shows what was, and all screens agree. */

let browser: Browser;
let studio: ServedStudio;
let page: Page;
let complaints: string[];
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'cronflow-playback-'));
  const workspace = workspaceWith(folder, []);
  writeFileSync(path.join(workspace, 'orders.ts'), PLAYED);
  const cronflow = (...what: string[]) =>
    spawnSync(process.execPath, [path.resolve(import.meta.dirname, '../../bin/cronflow.mjs'), ...what], {
      cwd: workspace,
      stdio: 'ignore',
    }).status;
  expect(cronflow('run', 'orders.ts')).toBe(1);
  writeFileSync(path.join(workspace, 'fixed'), '');
  expect(cronflow('rerun', '1')).toBe(0);
  browser = await launchBrowser();
  studio = await serveStudio(workspace, path.join(folder, 'data'));
  ({ page, complaints } = await openPage(browser, studio.url));
});
afterAll(async () => {
  await browser?.close();
  await studio?.stop();
  rmSync(folder, { recursive: true, force: true });
});

beforeEach(async () => {
  await page.goto('about:blank');
  await page.goto(`${new URL(studio.url).origin}/#/run/1/batches?drawer=playback`);
  await scrubber().waitFor();
});

const scrubber = () => page.getByRole('slider', { name: 'Time in the run' });
const bar = () => page.getByRole('region', { name: 'Moment of the run' });
const mark = (name: RegExp) => page.locator('.scrubber').getByRole('button', { name });
const figures = async () => (await page.locator('.run-figures p').first().innerText()).replaceAll(/\s+/g, ' ');
const chip = (status: string) => page.locator('.batches-bar .chip', { hasText: status }).innerText();
const onMap = () => page.locator('.map-well canvas[role=img]').getAttribute('aria-label');
const moment = () => new URL(page.url()).hash.match(/[?&]at=(\d+)/)?.[1];

test('at the first failure one batch stands failed, on the map, in the figures, in the rows and among the problems', async () => {
  await mark(/^First failure: batch \d+/).click();
  await expect.poll(figures).toMatch(/^40 .* = \d+ done \+ 1 failed \+ \d+ running \+ \d+ waiting/);
  expect(await chip('failed')).toMatch(/failed 1$/);
  await expect.poll(onMap).toMatch(/1 of 40 failed: batch 7\b/);
  await page.locator('.batches-bar .chip', { hasText: 'failed' }).click();
  await expect.poll(() => page.getByRole('row', { name: /failed/ }).count()).toBe(1);
  await expect.poll(() => page.getByRole('row', { name: /failed/ }).innerText()).toMatch(/has no address/);
  await page.getByRole('row', { name: /failed/ }).click();
  const inspector = page.getByRole('region', { name: 'Inspector', exact: true });
  await expect.poll(() => inspector.innerText()).toMatch(/At .*: ✕ failed: order … has no address\./);
  await expect.poll(() => inspector.innerText()).toMatch(/Below is how it is now/);
  await page.getByRole('tab', { name: 'Problems · 1' }).click();
  await expect.poll(() => page.getByRole('region', { name: 'Problems' }).innerText()).toMatch(/1 batch\s+order/);
  expect(
    await page
      .getByRole('region', { name: 'Problems' })
      .getByRole('button', { name: /Re-run/ })
      .count(),
  ).toBe(0);
});

test('what failed stays failed until its re-run, and the end is the run as it is', async () => {
  await mark(/^Re-run, at/).click();
  await expect.poll(() => bar().innerText()).toMatch(/running/);
  await scrubber().press('ArrowLeft');
  await expect.poll(figures).toMatch(/= 36 done \+ 4 failed \+ 0 waiting/);
  await expect.poll(() => bar().innerText()).toMatch(/failed/);
  await scrubber().press('End');
  await expect.poll(() => bar().count()).toBe(0);
  await expect.poll(figures).toMatch(/= 40 done \+ 0 failed \+ 0 waiting/);
});

test('a link to a moment shows that moment', async () => {
  await mark(/^First failure/).click();
  await expect.poll(moment).toMatch(/^\d+$/);
  const [address, then] = [page.url(), await figures()];
  await page.getByRole('button', { name: 'Back to now' }).click();
  await expect.poll(moment).toBeUndefined();
  await page.goto('about:blank');
  await page.goto(address);
  await expect.poll(figures).toBe(then);
  await expect.poll(() => bar().innerText()).toMatch(/The run as it was at/);
  expect(moment()).toBe(new URL(address).hash.match(/at=(\d+)/)?.[1]);
});

test('by keys: the markers, the speed, the playback and the way back', async () => {
  await page.locator('main').click({ position: { x: 3, y: 3 } });
  await page.keyboard.press(',');
  await expect.poll(() => bar().innerText()).toMatch(/The run as it was at/);
  const reached: (string | undefined)[] = [];
  for (let turn = 0; turn < 4; turn++) {
    await page.keyboard.press(',');
    reached.push((await scrubber().getAttribute('aria-valuetext'))?.split(', ')[1]);
  }
  expect(reached).toContain('First failure: batch 7 of each');
  expect(reached.at(-1)).toBe('Start');
  const speed = page.getByRole('combobox', { name: 'Speed' });
  await page.keyboard.press('>');
  expect(await speed.inputValue()).toBe('1');
  for (let turn = 0; turn < 9; turn++) await page.keyboard.press('>');
  expect(await speed.inputValue()).toBe('30');
  await page.keyboard.press(' ');
  await expect.poll(() => bar().count(), { timeout: 10_000 }).toBe(0);
  await page.keyboard.press('.');
  expect(await bar().count()).toBe(0);
  await page.keyboard.press(',');
  await page.keyboard.press(',');
  await expect.poll(() => bar().count()).toBe(1);
  await page.keyboard.press('n');
  await expect.poll(() => bar().count()).toBe(0);
});

test('where it is stopped, it stays, also in the address', async () => {
  await scrubber().focus();
  await page.keyboard.press('Home');
  await expect.poll(() => scrubber().inputValue()).toBe('0');
  await page.keyboard.press(' ');
  await expect.poll(async () => Number(await scrubber().inputValue())).toBeGreaterThan(20);
  await page.keyboard.press(' ');
  await expect.poll(moment).toMatch(/^\d+$/);
  const stopped = await scrubber().inputValue();
  await page.evaluate('new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))');
  expect(await scrubber().inputValue()).toBe(stopped);
});

test('the idle time before the re-run is shortened, and says so', async () => {
  await expect.poll(() => page.getByRole('region', { name: 'Playback' }).innerText()).toMatch(/Idle time is shortened/);
  await expect.poll(() => page.locator('.scrubber-idle').count()).toBeGreaterThan(0);
});

test('an earlier moment is accessible, in dark and in light', async () => {
  await bringAxe(page);
  await mark(/^First failure/).click();
  await expect.poll(() => bar().count()).toBe(1);
  expect(await violations(page)).toEqual([]);
  await page.getByRole('tab', { name: 'Problems · 1' }).click();
  expect(await violations(page)).toEqual([]);
});

test('another run that is opened is shown as it is, and the page has nothing to complain of', async () => {
  await mark(/^First failure/).click();
  await expect.poll(() => bar().count()).toBe(1);
  await page.evaluate("location.hash = '#/workflow/orders.ts/orders/graph'");
  await expect.poll(() => bar().count()).toBe(0);
  await page.goBack();
  await expect.poll(() => bar().count()).toBe(1);
  expect(complaints).toEqual([]);
});
