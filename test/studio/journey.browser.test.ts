import path from 'node:path';
import type { Browser } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { temporaryFolder } from '../support/runs.ts';
import { filmsJourney } from './films-journey.ts';
import { launchBrowser, openPage, serveStudio, workspaceWith } from './studio.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
}, 60_000);
afterAll(async () => {
  await browser?.close();
});

test('a person runs the films, clicks a failed batch, fixes the line, re-runs, and sees the run complete', async () => {
  const folder = temporaryFolder();
  const workspace = workspaceWith(folder, ['films.ts']);
  const studio = await serveStudio(workspace, path.join(folder, 'data'));
  try {
    const { page, complaints } = await openPage(browser, studio.url);
    await filmsJourney(page, workspace, 'browser');
    expect(complaints).toEqual([]);
  } finally {
    await studio.stop();
  }
}, 90_000);
