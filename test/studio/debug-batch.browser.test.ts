import path from 'node:path';
import type { Browser } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually, isRunning } from '../support/cli.ts';
import { DebuggerClient } from '../support/debugger-client.ts';
import { temporaryFolder } from '../support/runs.ts';
import { bringAxe, violations } from './axe.ts';
import { launchBrowser, openPage, serveStudio, workspaceWith } from './studio.ts';
import { takePicture } from './pictures.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
}, 60_000);
afterAll(async () => {
  await browser?.close();
});

test('a person debugs a failed batch: the bar shows where to attach, what became of it, and Stop ends it', async () => {
  const folder = temporaryFolder();
  const studio = await serveStudio(workspaceWith(folder, ['films.ts']), path.join(folder, 'data'));
  try {
    const { page, complaints } = await openPage(browser, studio.url);
    const picture = async (state: string) => {
      for (const theme of ['light', 'dark'] as const)
        for (const [width, height] of [
          [1440, 900],
          [1024, 700],
        ] as const) {
          await page.emulateMedia({ colorScheme: theme });
          await page.setViewportSize({ width, height });
          await takePicture(page, `debug-${state}-${theme}-${width}`);
        }
      await page.setViewportSize({ width: 1440, height: 900 });
    };
    await page
      .getByRole('region', { name: 'Workflows' })
      .getByRole('button', { name: /Clean up the film list/ })
      .click();
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await page.getByRole('button', { name: 'Start' }).click();
    await page.getByRole('button', { name: 'Re-run failed (5)' }).waitFor({ timeout: 20_000 });
    await page.getByRole('tab', { name: 'Batches' }).click();
    const batches = page.getByRole('region', { name: 'Batches' });
    await batches.getByRole('button', { name: /failed 5/ }).click();
    await batches.getByRole('row', { name: 'Batch 0, failed' }).click();
    const inspector = page.getByRole('region', { name: 'Inspector' });
    await inspector.getByRole('tab', { name: 'Error' }).click();
    const button = inspector.getByRole('button', { name: 'Debug this batch' });
    await button.click();

    const bar = page.getByRole('region', { name: 'Debugger' });
    const says = bar.getByRole('status');
    await bar.getByText('Waiting for a debugger.').waitFor({ timeout: 60_000 });
    expect(await button.isDisabled()).toBe(true);
    await picture('waiting');
    await bringAxe(page);
    expect(await violations(page, '.debug-bar')).toEqual([]);
    const client = await DebuggerClient.attach((await bar.locator('code').innerText()).trim());
    await client.goOn();
    const begins = await client.paused();
    expect(client.lineOf(begins).url).toMatch(/\/films\.ts$/);
    expect(await client.evaluate(begins, 'films.length')).toBe(100);
    await expect.poll(() => says.innerText()).toContain('A debugger is attached.');
    // Another page, or this one after a reload, sees it too.
    await page.reload();
    await expect.poll(() => says.innerText()).toContain('A debugger is attached.');
    await picture('attached');
    await client.resume();
    await expect.poll(() => says.innerText(), { timeout: 30_000 }).toMatch(/^It fails: /);
    await picture('ended');
    await bar.getByRole('button', { name: 'Close' }).click();
    await bar.waitFor({ state: 'detached' });

    await button.click();
    await bar.getByText('Waiting for a debugger.').waitFor({ timeout: 60_000 });
    const pid = await (await DebuggerClient.attach((await bar.locator('code').innerText()).trim())).pid();
    await bar.getByRole('button', { name: 'Stop' }).click();
    await expect.poll(() => says.innerText()).toBe('Stopped.');
    await eventually('its process has ended', () => !isRunning(pid));
    expect(complaints).toEqual([]);
  } finally {
    await studio.stop();
  }
});
