import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ensureBuilt } from '../test/support/built.ts';
import { launchBrowser, openPage, serveStudio, workspaceWith } from '../test/studio/studio.ts';

/** Takes the pictures of docs/images from the real app on the real examples: `npm run screenshots`. */
const target = path.resolve(import.meta.dirname, '../docs/images');
const folder = mkdtempSync(path.join(tmpdir(), 'cronflow-pictures-'));
mkdirSync(target, { recursive: true });
await ensureBuilt();
const studio = await serveStudio(
  workspaceWith(folder, ['films.ts', 'flights.ts', 'orders.ts']),
  path.join(folder, 'data'),
);
const browser = await launchBrowser();
try {
  const first = await openPage(browser, studio.url);
  await first.page
    .getByRole('region', { name: 'Workflows' })
    .getByRole('button', { name: /Clean up the film list/ })
    .click();
  await first.page.getByRole('button', { name: 'Run', exact: true }).click();
  await first.page.getByRole('button', { name: 'Start' }).click();
  await first.page.getByRole('button', { name: /Re-run failed/ }).waitFor();
  await first.page.getByRole('button', { name: 'Pause', exact: true }).waitFor({ state: 'detached' });
  await first.page.close();
  for (const colorScheme of ['dark', 'light'] as const) {
    const { page } = await openPage(browser, studio.url, { colorScheme });
    await page.getByRole('region', { name: 'Problems' }).getByRole('button', { name: 'Show' }).first().click();
    await page
      .getByRole('region', { name: 'Inspector' })
      .getByRole('button', { name: /Open in editor/ })
      .waitFor();
    await page.waitForTimeout(1500);
    await page.screenshot({ path: path.join(target, `studio-${colorScheme}.png`) });
    await page.getByRole('tab', { name: 'Batches' }).click();
    await page.waitForTimeout(500);
    await page.screenshot({ path: path.join(target, `batches-${colorScheme}.png`) });
    await page.keyboard.press('p');
    await page.getByRole('main', { name: 'Presentation' }).waitFor();
    await page.waitForTimeout(500);
    await page.screenshot({ path: path.join(target, `presentation-${colorScheme}.png`) });
    await page.context().close();
  }
} finally {
  await browser.close();
  await studio.stop();
  rmSync(folder, { recursive: true, force: true });
}
