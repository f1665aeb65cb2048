import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser, openPage, serveStudio, workspaceWith, type ServedStudio } from './studio.ts';

/* The server of a page is ended, and another one is started in its place. */

let browser: Browser;
let studio: ServedStudio;
let page: Page;
let folder: string;
let workspace: string;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'cronflow-restarted-'));
  workspace = workspaceWith(folder, ['films.ts']);
  browser = await launchBrowser();
  studio = await serveStudio(workspace, path.join(folder, 'data'));
  ({ page } = await openPage(browser, studio.url));
});
afterAll(async () => {
  await browser?.close();
  await studio?.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('the page says that it is not live and lets nobody act on it, and continues when the new link has been opened', async () => {
  const run = page.getByRole('button', { name: 'Run', exact: true });
  await run.waitFor();
  expect(await run.isEnabled()).toBe(true);
  const port = new URL(studio.url).port;

  await studio.stop();
  const bar = page.getByRole('alert', { name: 'Connection' });
  await bar.getByText('No connection to Cronflow').waitFor();
  expect(await run.isDisabled()).toBe(true);

  studio = await serveStudio(workspace, path.join(folder, 'data'), ['--trust', '--port', port]);
  await bar.getByText('Cronflow was started again').waitFor();
  expect(await run.isDisabled()).toBe(true);
  await page.keyboard.press('p');
  expect(await bar.isVisible()).toBe(true);
  expect(await page.getByRole('button', { name: /Close/ }).isDisabled()).toBe(true);
  await page.keyboard.press('Escape');

  const newer = await page.context().newPage();
  await newer.goto(studio.url);
  await bar.waitFor({ state: 'detached' });
  await expect.poll(async () => await run.isEnabled()).toBe(true);
});
