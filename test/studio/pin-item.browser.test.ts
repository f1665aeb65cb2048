import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { temporaryFolder } from '../support/runs.ts';
import { launchBrowser, openPage, serveStudio, workspaceWith } from './studio.ts';
import { takePicture } from './pictures.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
}, 60_000);
afterAll(async () => {
  await browser?.close();
});

test('a person sees what makes a film fail, and pins it as a test', async () => {
  const folder = temporaryFolder();
  const workspace = workspaceWith(folder, ['films.ts']);
  const studio = await serveStudio(workspace, path.join(folder, 'data'));
  try {
    const { page, complaints } = await openPage(browser, studio.url);
    await page
      .getByRole('region', { name: 'Workflows' })
      .getByRole('button', { name: /Clean up the film list/ })
      .click();
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await page.getByRole('button', { name: 'Start' }).click();
    await page.getByRole('button', { name: 'Re-run failed (5)' }).waitFor({ timeout: 20_000 });
    const problems = page.getByRole('region', { name: 'Problems' });
    await problems.getByRole('button', { name: 'Find the items at fault' }).click();
    await problems.getByText('10 films are at fault, 490 wait with them').waitFor({ timeout: 60_000 });
    await problems.getByRole('button', { name: '1941', exact: true }).click();

    const inspector = page.getByRole('region', { name: 'Inspector' });
    await inspector.getByRole('tab', { name: 'Error' }).click();
    await inspector.getByRole('button', { name: 'Code or data?' }).click();
    await inspector.getByText('Data: the same code passes other items.').waitFor({ timeout: 60_000 });
    await inspector.getByRole('button', { name: 'Smallest failing item' }).click();
    await inspector.getByText('{ Title: 1941 }').waitFor({ timeout: 60_000 });
    await inspector.getByRole('button', { name: 'Pin as a test' }).click();
    await inspector.getByText(/fails until the item passes/).waitFor({ timeout: 60_000 });
    const file = await inspector.getByText(/^films\.item-\d+-\d+\.test\.ts$/).innerText();
    expect(readFileSync(path.join(workspace, file), 'utf8')).toContain('Title: 1941');
    await inspector.getByRole('button', { name: 'Pin this part' }).click();
    const part = file.replace('.test.ts', '-2.test.ts');
    await inspector.getByText(part).waitFor({ timeout: 60_000 });
    expect(existsSync(path.join(workspace, part))).toBe(true);

    for (const theme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme: theme });
      await inspector.getByText(part).scrollIntoViewIfNeeded();
      await takePicture(page, `pin-${theme}-1440`);
    }
    expect(complaints).toEqual([]);
  } finally {
    await studio.stop();
  }
});
