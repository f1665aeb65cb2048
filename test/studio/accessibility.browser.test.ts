import path from 'node:path';
import axe from 'axe-core';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { temporaryFolder } from '../support/runs.ts';
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
  await page.evaluate(axe.source);
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
    await page.getByRole('combobox', { name: 'Search or do' }).fill('help');
    expect(await violations(page)).toEqual([]);
  } finally {
    await page.context().close();
    await studio.stop();
  }
}, 180_000);

/** What is wrong with the page, or a part of it, as it stands; what depends on colours is looked at in light, too. */
async function violations(page: Page, part = 'html'): Promise<string[]> {
  const dark = await look(page, part);
  await inTheme(page, 'light');
  const light = await look(page, part, ['color-contrast', 'link-in-text-block']);
  await inTheme(page, 'dark');
  return [...dark.map(found => `dark: ${found}`), ...light.map(found => `light: ${found}`)];
}

/** Serious violations of these rules, or of all that there are. */
async function look(page: Page, part: string, rules?: readonly string[]): Promise<string[]> {
  const found = await page.evaluate(
    async ({ part: within, rules: only }) => {
      const { axe } = globalThis as unknown as {
        axe: { run(context: string, options: object): Promise<{ violations: Violation[] }> };
      };
      const { violations: all } = await axe.run(within, {
        resultTypes: ['violations'],
        ...(only && { runOnly: { type: 'rule', values: only } }),
      });
      return all.map(({ id, impact, nodes }) => ({
        id,
        impact,
        nodes: nodes.slice(0, 3).map(({ html }) => ({ html })),
      }));
    },
    { part, rules },
  );
  return found
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
}

interface Violation {
  readonly id: string;
  readonly impact?: string | null;
  readonly nodes: readonly { readonly html: string }[];
}

async function inTheme(page: Page, colorScheme: 'dark' | 'light'): Promise<void> {
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
  await page.locator(`:root[data-theme="${colorScheme}"]`).waitFor();
}
