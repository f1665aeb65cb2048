import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser, openPage, serveStudio, workspaceWith, type ServedStudio } from './studio.ts';

/* The panels beside the centre, in a window whose size changes. */

let browser: Browser;
let studio: ServedStudio;
let page: Page;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'cronflow-panels-'));
  const workspace = workspaceWith(folder, ['films.ts']);
  browser = await launchBrowser();
  studio = await serveStudio(workspace, path.join(folder, 'data'));
  ({ page } = await openPage(browser, studio.url));
  await toggle('Panel of workflows and runs').waitFor();
});
afterAll(async () => {
  await browser?.close();
  await studio?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const toggle = (name: string) => page.getByRole('button', { name, exact: true });
const isOpen = async (name: string) => (await toggle(name).getAttribute('aria-pressed')) === 'true';

test('a panel that gave way stays closed while the window has any size that is too small for it', async () => {
  const handle = await page.getByRole('separator', { name: 'Width of the inspector' }).boundingBox();
  if (!handle) throw new Error('The inspector has no separator.');
  // As narrow as it may be: in a small window, its share of the width is less than it needs.
  await page.mouse.move(handle.x + handle.width / 2, 400);
  await page.mouse.down();
  await page.mouse.move(1_440 - 225, 400, { steps: 5 });
  await page.mouse.up();
  expect(await isOpen('Inspector panel')).toBe(true);

  const seen: string[] = [];
  for (let width = 1_090; width >= 630; width -= 20) {
    await page.setViewportSize({ width, height: 900 });
    // Two frames: the first one shares the width anew, the second one shows what came of it.
    await page.evaluate('new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))');
    if (await isOpen('Panel of workflows and runs')) seen.push(`sidebar at ${width}`);
    if (await isOpen('Inspector panel')) seen.push(`inspector at ${width}`);
  }
  expect(seen).toEqual([]);

  await page.setViewportSize({ width: 1_440, height: 900 });
  await expect.poll(() => isOpen('Panel of workflows and runs')).toBe(true);
  await expect.poll(() => isOpen('Inspector panel')).toBe(true);
  // The separator is where it was left.
  const inspector = page.getByRole('region', { name: 'Inspector', exact: true });
  await expect.poll(async () => (await inspector.boundingBox())?.width).toBeLessThan(240);
});

test('keys fold panels away, a rail stays of each, and what is closed is closed after a reload', async () => {
  const rail = page.getByRole('navigation', { name: 'Workflows and runs' });
  const inspector = page.getByRole('region', { name: 'Inspector', exact: true });
  await page.keyboard.press('w');
  await page.keyboard.press('i');
  await expect.poll(async () => (await rail.boundingBox())?.width).toBe(40);
  await expect.poll(() => inspector.count()).toBe(0);
  await rail.getByRole('button', { name: 'Clean up the film list' }).waitFor();
  expect(await toggle('Panel of workflows and runs').getAttribute('title')).toBe(
    'Show: Panel of workflows and runs (W)',
  );

  await page.reload();
  await expect.poll(async () => (await rail.boundingBox())?.width).toBe(40);
  await page.getByRole('button', { name: 'Show: Panel of workflows and runs', exact: true }).click();
  await expect.poll(async () => (await rail.boundingBox())?.width ?? 0).toBeGreaterThan(149);
  await page.getByRole('button', { name: /^Open the inspector/ }).click();
  await inspector.waitFor();

  const drawer = async () => Math.round((await page.locator('.panel.drawer').boundingBox())?.height ?? 0);
  await page.keyboard.press('d');
  await expect.poll(drawer).toBe(44);
  await page.keyboard.press('d');
  await expect.poll(drawer).toBeGreaterThan(90);
  await page.keyboard.press('?');
  expect(await page.getByRole('dialog').innerText()).toMatch(/W\s+Show or hide the workflows and runs/);
  await page.keyboard.press('Escape');
});

test('a separator opens and closes a panel by hand, and its button says so', async () => {
  const separator = page.getByRole('separator', { name: 'Width of workflows and runs' });
  await separator.focus();
  await page.keyboard.press('Enter');
  await expect.poll(() => isOpen('Panel of workflows and runs')).toBe(false);
  await page.keyboard.press('Enter');
  await expect.poll(() => isOpen('Panel of workflows and runs')).toBe(true);
  await toggle('Panel of workflows and runs').click();
  await expect.poll(async () => (await separator.boundingBox())?.x).toBeLessThan(50);
  await toggle('Panel of workflows and runs').click();
  await expect.poll(async () => (await separator.boundingBox())?.x ?? 0).toBeGreaterThan(100);
});

test('a panel that gave way is there again after a presentation that began in a small window', async () => {
  await expect.poll(() => isOpen('Panel of workflows and runs')).toBe(true);
  await page.setViewportSize({ width: 800, height: 600 });
  await expect.poll(() => isOpen('Panel of workflows and runs')).toBe(false);
  await page.keyboard.press('p');
  await page.getByRole('main', { name: 'Presentation' }).waitFor();
  await page.setViewportSize({ width: 1_440, height: 900 });
  await page.keyboard.press('Escape');
  await expect.poll(() => isOpen('Panel of workflows and runs')).toBe(true);
  const row = await page
    .getByRole('button', { name: /Clean up the film list/ })
    .first()
    .boundingBox();
  expect(row?.width).toBeGreaterThan(100);
});

test('panels are as wide as they were after the window was narrow, also when the page was loaded in a narrow one', async () => {
  await page.setViewportSize({ width: 1_440, height: 900 });
  const widths = async () => {
    const [sidebar, inspector] = [
      await page.locator('#sidebar').boundingBox(),
      await page.locator('#inspector').boundingBox(),
    ];
    return [sidebar, inspector].map(box => Math.round(box?.width ?? 0));
  };
  // More than a window of 1024 pixels has for the two.
  for (const [name, to] of [
    ['Width of workflows and runs', 420],
    ['Width of the inspector', 960],
  ] as const) {
    const handle = await page.getByRole('separator', { name }).boundingBox();
    if (!handle) throw new Error(`There is no separator: ${name}`);
    await page.mouse.move(handle.x + handle.width / 2, 400);
    await page.mouse.down();
    await page.mouse.move(to, 400, { steps: 5 });
    await page.mouse.up();
  }
  const isAsItWas = async () => {
    const [sidebar = 0, inspector = 0] = await widths();
    return Math.abs(sidebar - 420) <= 2 && Math.abs(inspector - 480) <= 2 ? 'as it was' : `${sidebar}, ${inspector}`;
  };
  await expect.poll(isAsItWas).toBe('as it was');
  for (const isLoadedAnew of [false, true]) {
    await page.setViewportSize({ width: 1_024, height: 768 });
    await expect.poll(widths).toEqual([40, 40]);
    if (isLoadedAnew) await page.reload();
    await expect.poll(widths).toEqual([40, 40]);
    await page.setViewportSize({ width: 1_440, height: 900 });
    await expect.poll(isAsItWas).toBe('as it was');
  }
});

test('a panel that had no room when the page was loaded is there when the window is wide', async () => {
  await page.evaluate('localStorage.clear()');
  await page.setViewportSize({ width: 720, height: 450 });
  await page.reload();
  await expect.poll(() => isOpen('Panel of workflows and runs')).toBe(false);
  await page.setViewportSize({ width: 1_440, height: 900 });
  // A share of 17 % and one of 26 %.
  await expect.poll(async () => Math.round(((await page.locator('#sidebar').boundingBox())?.width ?? 0) / 10)).toBe(24);
  await expect
    .poll(async () => Math.round(((await page.locator('#inspector').boundingBox())?.width ?? 0) / 10))
    .toBe(37);

  await page.keyboard.press('w');
  await expect.poll(() => isOpen('Panel of workflows and runs')).toBe(false);
  await page.setViewportSize({ width: 720, height: 450 });
  await page.reload();
  await expect.poll(() => isOpen('Inspector panel')).toBe(false);
  await page.setViewportSize({ width: 1_440, height: 900 });
  await expect.poll(() => isOpen('Inspector panel')).toBe(true);
  expect(await isOpen('Panel of workflows and runs')).toBe(false);
});
