import path from 'node:path';
import type { Browser } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { temporaryFolder } from '../support/runs.ts';
import { bringAxe, violations } from './axe.ts';
import { launchBrowser, openPage, serveStudio, workspaceWith } from './studio.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
});

test('no state of the app has a serious violation, in dark or in light, and all of it goes by keyboard', async () => {
  const folder = temporaryFolder();
  const studio = await serveStudio(workspaceWith(folder, ['films.ts']), path.join(folder, 'data'));
  const { page } = await openPage(browser, studio.url, { colorScheme: 'dark' });
  await bringAxe(page);
  try {
    await page
      .getByRole('region', { name: 'Workflows' })
      .getByRole('button', { name: /Clean up the film list/ })
      .focus();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Run', exact: true }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Start' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Re-run failed (5)' }).waitFor();
    expect(await violations(page)).toEqual([]);

    await page.keyboard.press(']');
    await expect.poll(() => page.getByRole('region', { name: 'Inspector' }).innerText()).toContain('Batch 0');
    await page.keyboard.press(']');
    await expect.poll(() => page.getByRole('region', { name: 'Inspector' }).innerText()).toContain('Batch 10');
    for (const [key, name] of [
      ['b', 'Batches'],
      ['t', 'Timeline'],
      ['c', 'Compare'],
      ['g', 'Graph'],
    ] as const) {
      await page.keyboard.press(key);
      await page.getByRole('region', { name, exact: true }).waitFor();
      // The first of them together with the batch that the inspector shows now; beside the others nothing changes.
      expect(await violations(page, name === 'Batches' ? undefined : `section[aria-label="${name}"]`)).toEqual([]);
    }
    await page.keyboard.press('p');
    await page.getByRole('main', { name: 'Presentation' }).waitFor();
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Search or run a command' }).fill('help');
    expect(await violations(page)).toEqual([]);
  } finally {
    await page.context().close();
    await studio.stop();
  }
}, 180_000);
