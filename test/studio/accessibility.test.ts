import path from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../support/runs.ts';
import { launchBrowser, openPage, serveStudio, workspaceWith } from './studio.ts';

let browser: Browser;
beforeAll(async () => { browser = await launchBrowser(); });
afterAll(async () => { await browser?.close(); });

describe.each(['dark', 'light'] as const)('in %s', colorScheme => {
  test('no state of the app has a serious violation, and all of it goes by keyboard', async () => {
    const folder = temporaryFolder();
    const studio = await serveStudio(workspaceWith(folder, ['films.ts']), path.join(folder, 'data'));
    const { page } = await openPage(browser, studio.url, { colorScheme });
    try {
      await page.getByRole('region', { name: 'Workflows' }).getByRole('button', { name: /Clean up the film list/ }).focus();
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
      for (const [key, name] of [['b', 'Batches'], ['t', 'Timeline'], ['c', 'Compare'], ['g', 'Graph']] as const) {
        await page.keyboard.press(key);
        await page.getByRole('region', { name, exact: true }).waitFor();
        expect(await violations(page)).toEqual([]);
      }
      await page.keyboard.press('p');
      await page.getByRole('main', { name: 'Presentation' }).waitFor();
      expect(await violations(page)).toEqual([]);
      await page.keyboard.press('Escape');
      await page.keyboard.press('Control+k');
      await page.getByRole('combobox', { name: 'Search or do' }).fill('help');
      expect(await violations(page)).toEqual([]);
    } finally {
      await page.context().close();
      await studio.stop();
    }
  }, 180_000);
});

async function violations(page: Page): Promise<string[]> {
  const { violations: found } = await new AxeBuilder({ page }).analyze();
  return found.filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map(node => node.html.slice(0, 160)).join(' | ')}`);
}
