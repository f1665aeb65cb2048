import axe from 'axe-core';
import type { Page } from 'playwright';

/** Puts axe into a page, once after each load. */
export async function bringAxe(page: Page): Promise<void> {
  await page.evaluate(axe.source);
}

/** What is wrong with the page, or a part of it, as it stands; what depends on colours is looked at in light, too. */
export async function violations(page: Page, part = 'html'): Promise<string[]> {
  const dark = await violationsNow(page, part);
  await inTheme(page, 'light');
  const light = await violationsNow(page, part, ['color-contrast', 'link-in-text-block']);
  await inTheme(page, 'dark');
  return [...dark.map(found => `dark: ${found}`), ...light.map(found => `light: ${found}`)];
}

/** Text that has less than 7 to 1 of contrast, in dark and in light; large text less than 4.5 to 1. */
export async function lowContrast(page: Page, part: string): Promise<string[]> {
  const dark = await violationsNow(page, part, ['color-contrast-enhanced']);
  await inTheme(page, 'light');
  const light = await violationsNow(page, part, ['color-contrast-enhanced']);
  await inTheme(page, 'dark');
  return [...dark.map(found => `dark: ${found}`), ...light.map(found => `light: ${found}`)];
}

/** Violations of these rules, or of all that there are, whatever their weight. */
export async function violationsNow(page: Page, part: string, rules?: readonly string[]): Promise<string[]> {
  const found = await page.evaluate(
    async ({ part: within, rules: only }) => {
      const { axe: inPage } = globalThis as unknown as {
        axe: { run(context: string, options: object): Promise<{ violations: Violation[] }> };
      };
      const { violations: all } = await inPage.run(within, {
        resultTypes: ['violations'],
        ...(only && { runOnly: { type: 'rule', values: only } }),
      });
      return all.map(({ id, impact, nodes }) => ({
        id,
        impact,
        // What stands between two landmarks stands in none.
        nodes: nodes
          .filter(({ html }) => id !== 'region' || !html.includes('role="separator"'))
          .map(({ html }) => ({ html })),
      }));
    },
    { part, rules },
  );
  return found
    .filter(({ nodes }) => nodes.length > 0)
    .map(({ id, impact, nodes }) => {
      const shown = nodes.slice(0, 3).map(({ html }) => html.slice(0, 160));
      return `${impact}: ${id}: ${shown.join(' | ')}`;
    });
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
