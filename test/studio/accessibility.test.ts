import path from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { temporaryFolder } from '../support/runs.ts';
import { launchBrowser, openPage, serveStudio, workspaceWith } from './studio.ts';

let browser: Browser;
beforeAll(async () => { browser = await launchBrowser(); });
afterAll(async () => { await browser?.close(); });

test('no state of the app has a serious violation, in dark or in light, and all of it goes by keyboard', async () => {
  const folder = temporaryFolder();
  const studio = await serveStudio(workspaceWith(folder, ['films.ts']), path.join(folder, 'data'));
  const { page } = await openPage(browser, studio.url, { colorScheme: 'dark' });
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
      // The first of them together with the batch that the inspector shows now; beside the others nothing changes.
      expect(await violations(page, name === 'Batches' ? undefined : `section[aria-label="${name}"]`)).toEqual([]);
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

/** What is wrong with the page, or a part of it, as it stands; what depends on colours is looked at in light, too. */
async function violations(page: Page, part = 'html'): Promise<string[]> {
  // As legacy, axe does without a second page, which it needs for frames of other origins only.
  const axe = () => new AxeBuilder({ page }).setLegacyMode().include(part);
  const dark = await axe().analyze();
  await inTheme(page, 'light');
  const light = await axe().withRules(COLOURS).analyze();
  await inTheme(page, 'dark');
  return [dark, light].flatMap(({ violations: found }, index) => found
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${index === 0 ? 'dark' : 'light'}: ${id}: ${nodes.slice(0, 3).map(node => node.html.slice(0, 160)).join(' | ')}`));
}

const COLOURS = ['color-contrast', 'link-in-text-block'];

async function inTheme(page: Page, colorScheme: 'dark' | 'light'): Promise<void> {
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
  await page.locator(`:root[data-theme="${colorScheme}"]`).waitFor();
}
