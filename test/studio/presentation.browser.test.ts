import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { temporaryFolder } from '../support/runs.ts';
import { launchBrowser, openPage, serveStudio, workspaceWith } from './studio.ts';

/* The presentation on a projector, from a workflow that has never run to its result. */

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
});

test('the presentation names the workflow, offers trying again only after a correction, and ends with the result', async () => {
  const folder = temporaryFolder();
  const workspace = workspaceWith(folder, ['films.ts']);
  const studio = await serveStudio(workspace, path.join(folder, 'data'));
  const { page, complaints } = await openPage(browser, studio.url, { width: 1920, height: 1080 });
  try {
    await page
      .getByRole('region', { name: 'Workflows' })
      .getByRole('button', { name: /Clean up the film list/ })
      .waitFor();
    await page.keyboard.press('p');
    await page.getByRole('heading', { name: 'Clean up the film list' }).waitFor();
    expect(await page.getByRole('main').innerText()).toContain('Cleans the titles, release dates and money');

    await page.getByRole('button', { name: 'Start' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Start' }).click();
    await page.getByText('Somebody must correct this first.').waitFor();
    await page.getByRole('heading', { name: '500 films could not be finished.' }).waitFor();
    expect(await page.getByRole('button').allInnerTexts()).toEqual([expect.stringMatching(/^Close/)]);
    expect(await page.getByRole('list', { name: 'Steps' }).innerText()).toMatch(
      /Write the report\s+waits for the step before/,
    );
    await fillsTheScreen(page);

    const file = path.join(workspace, 'films.ts');
    const fixed = "title: String(film.Title ?? 'Untitled').trim(),";
    writeFileSync(file, readFileSync(file, 'utf8').replace('title: film.Title.trim(), // <--', fixed));
    await page.getByText('It repeats 5 squares. Then it goes on with “Write the report”. 2,701 films stay').waitFor();
    await page.getByRole('button', { name: 'Try again' }).click();

    await page.getByRole('heading', { name: 'All 3,201 films are done.' }).waitFor();
    await page.getByText('5 squares were repeated. 28 were not touched again.').waitFor();
    await expect.poll(() => page.getByRole('main').innerText()).toMatch(/Takings\s+272.6 billion/);
    await fillsTheScreen(page);
    expect(complaints).toEqual([]);

    // The system's language is the presentation's, with the figures of that language and the words of the author.
    const german = await openPage(browser, studio.url, { locale: 'de-DE' });
    await german.page.getByRole('region', { name: 'Run', exact: true }).waitFor();
    await german.page.goto(`${new URL(studio.url).origin}/#/run/1/present`);
    await german.page.getByRole('heading', { name: 'Alle 3.201 films sind fertig.' }).waitFor();
    const said = await german.page.getByRole('main', { name: 'Präsentation' }).innerText();
    expect(said).toMatch(/Takings\s+272,6 Milliarden/);
    await german.page.context().close();
  } finally {
    await page.context().close();
    await studio.stop();
  }
});

/** The map has most of the height, nothing is outside the screen, and no text is too small for a room. */
async function fillsTheScreen(page: Page): Promise<void> {
  const map = await page.getByRole('img', { name: /^Map of batches/ }).boundingBox();
  expect(map?.height).toBeGreaterThan(700);
  const main = page.getByRole('main', { name: 'Presentation' });
  expect(await main.evaluate(element => element.scrollHeight - element.clientHeight)).toBe(0);
  const sizes = await main
    .locator('p, li, h1, dt, dd')
    .evaluateAll(elements =>
      elements.map(element =>
        Number.parseFloat(element.ownerDocument.defaultView?.getComputedStyle(element).fontSize ?? '0'),
      ),
    );
  expect(Math.min(...sizes)).toBeGreaterThanOrEqual(22);
}
