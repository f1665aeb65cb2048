import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { temporaryFolder } from '../support/runs.ts';
import { bringAxe, lowContrast } from './axe.ts';
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
    // Who is at fault is looked for by itself: the steps are pure.
    await page.getByRole('heading', { name: '10 films need a correction.' }).waitFor();
    await page.getByText('490 more wait with them. 2,701 are done and will not be touched again.').waitFor();
    await page.getByRole('list', { name: 'Who needs a correction' }).getByText('1941', { exact: true }).waitFor();
    expect(await page.locator('.button.primary').count()).toBe(0);
    expect(await page.getByRole('button', { name: 'Try again' }).count()).toBe(0);
    expect(await page.getByRole('list', { name: 'Steps' }).innerText()).toMatch(
      /Write the report\s+waits for the step before/,
    );
    const place = await fillsTheScreen(page);
    await bringAxe(page);
    expect(await lowContrast(page, 'main')).toEqual([]);

    // A change that corrects nine of ten is no correction.
    const file = path.join(workspace, 'films.ts');
    const wrong = readFileSync(file, 'utf8');
    const change = (line: string) => writeFileSync(file, wrong.replace('title: film.Title.trim(), // <--', line));
    change('title: film.Title === null ? film.Title.trim() : String(film.Title),');
    await page.getByRole('heading', { name: '9 of 10 films are corrected.' }).waitFor();
    expect(await page.getByRole('button', { name: 'Try again' }).count()).toBe(0);
    expect(await fillsTheScreen(page)).toEqual(place);

    change("title: String(film.Title ?? 'Untitled').trim(),");
    await page.getByRole('heading', { name: 'It is corrected.' }).waitFor();
    await page
      .getByText('It repeats 5 squares with 500 films. Then it goes on with “Write the report”. 2,701 films stay')
      .waitFor();
    expect(await fillsTheScreen(page)).toEqual(place);
    expect(await lowContrast(page, 'main')).toEqual([]);
    await page.getByRole('button', { name: 'Try again' }).click();

    await page.getByRole('heading', { name: 'All 3,201 films are done.' }).waitFor();
    await page.getByText('Nothing was done twice: 2,701 films were not touched again.').waitFor();
    await expect
      .poll(() => page.getByRole('main').innerText())
      .toMatch(/Most successful: Avatar[\s\S]*Earned in cinemas\s+\$272.6B/);
    await expect
      .poll(() => page.getByRole('main').innerText())
      .toMatch(/2,701\s+done the first time\s+\+\s+500\s+repaired/);
    expect(await fillsTheScreen(page)).toEqual(place);
    expect(await lowContrast(page, 'main')).toEqual([]);
    expect(complaints).toEqual([]);

    // Sizes are by one factor: twice the pixels, the same picture.
    const heading = page.getByRole('heading', { level: 1 });
    const small = await heading.boundingBox();
    await page.setViewportSize({ width: 3840, height: 2160 });
    await expect
      .poll(async () => Math.abs(((await heading.boundingBox())?.height ?? 0) - 2 * (small?.height ?? 0)))
      .toBeLessThan(3);

    // The system's language is the presentation's, with the figures of that language and the words of the author.
    const german = await openPage(browser, studio.url, { locale: 'de-DE' });
    await german.page.getByRole('region', { name: 'Run', exact: true }).waitFor();
    await german.page.goto(`${new URL(studio.url).origin}/#/run/1/present`);
    await german.page.getByRole('heading', { name: 'Alle 3.201 films sind fertig.' }).waitFor();
    await expect
      .poll(() => german.page.getByRole('main', { name: 'Präsentation' }).innerText())
      .toMatch(/Nichts wurde doppelt gemacht:[\s\S]*Earned in cinemas\s+\$272.6B/);
    await german.page.keyboard.press('?');
    const help = german.page.getByRole('dialog', { name: 'Tastenkürzel' });
    await help.getByText('Nächstes Kapitel').waitFor();
    expect(await help.innerText()).not.toContain('failed');
    await help.getByRole('button', { name: 'Schließen' }).click();
    // So is the palette, which offers nothing of the views behind the presentation.
    await german.page.keyboard.press('Control+k');
    const palette = german.page.getByRole('dialog', { name: 'Suchen oder etwas ausführen' });
    await palette.getByRole('option', { name: 'Lauf 1: Clean up the film list' }).waitFor();
    await palette.getByRole('option', { name: 'Schwarzes Bild und zurück' }).waitFor();
    expect(await palette.getByRole('option', { name: /graph|Run|Re-run|Theme/ }).count()).toBe(0);
    await palette.getByRole('combobox').fill('gibt es nicht');
    await palette.getByText('Nichts gefunden').waitFor();
    await german.page.keyboard.press('Escape');
    await palette.waitFor({ state: 'detached' });
    // In a window that is not high, the names of the chapters are whole.
    await german.page.setViewportSize({ width: 720, height: 450 });
    const chapters = german.page.getByRole('navigation', { name: 'Kapitel' }).getByRole('button');
    expect(
      await chapters.evaluateAll(all => all.map(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)),
    ).toEqual([0, 0, 0, 0]);
    await german.page.setViewportSize({ width: 1440, height: 900 });
    await german.page.goto(`${new URL(studio.url).origin}/#/workflow/films.ts/films/present`);
    await german.page.getByText('Letztes Mal dauerte es etwa').waitFor();
    await german.page.getByRole('button', { name: 'Starten' }).click();
    const dialog = german.page.getByRole('dialog', { name: 'Clean up the film list starten' });
    await expect.poll(() => dialog.getByRole('button').allInnerTexts()).toEqual(['Abbrechen', 'Starten']);
    await dialog.getByRole('button', { name: 'Abbrechen' }).click();
    await german.page.context().close();
  } finally {
    await page.context().close();
    await studio.stop();
  }
});

test('who presents goes through four chapters by a remote, with notes in a window of their own and the screen full or black', async () => {
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
    await page.getByRole('button', { name: 'Start' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Start' }).click();
    await page.getByRole('heading', { name: '10 films need a correction.' }).waitFor();
    const shown = page.getByRole('navigation', { name: 'Chapters' }).locator('[aria-current="step"]');
    const reasons = page.getByRole('list', { name: 'What needs attention' });
    const must = page.getByText('Somebody must correct this first.');
    expect(await shown.innerText()).toMatch(/Why, in words/);

    // From the run's beginning on, by what a remote sends. None of the keys is refused.
    await page.keyboard.press('PageUp');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('PageUp');
    expect(await shown.innerText()).toMatch(/It runs/);
    await page.getByRole('heading', { name: '2,701 of 3,201 films are done.' }).waitFor();
    expect([await reasons.count(), await must.count()]).toEqual([0, 0]);
    await page.keyboard.press('PageDown');
    await page.getByRole('heading', { name: '10 films need a correction.' }).waitFor();
    expect([await reasons.count(), await must.count()]).toEqual([0, 0]);
    await page.keyboard.press(' ');
    await reasons.waitFor();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('PageDown');
    expect(await shown.innerText()).toMatch(/One click, green/);
    await must.waitFor();

    await page.keyboard.press('b');
    await page.locator('.present-black').waitFor();
    await page.keyboard.press('b');
    await page.locator('.present-black').waitFor({ state: 'detached' });
    await page.keyboard.press('f');
    await expect.poll(() => page.evaluate('document.fullscreenElement !== null')).toBe(true);
    await page.keyboard.press('f');
    await expect.poll(() => page.evaluate('document.fullscreenElement !== null')).toBe(false);

    // The notes are a window of their own; their keys go to the screen, and what is written stays.
    const [notes] = await Promise.all([page.waitForEvent('popup'), page.keyboard.press('n')]);
    await notes.getByText('Only you see this window.').waitFor();
    await notes.getByText('Not corrected yet.').waitFor();
    await notes.getByRole('textbox', { name: 'Your notes for “One click, green”' }).fill('Wait. Then save.');
    await notes.keyboard.press('PageUp');
    expect(await shown.innerText()).toMatch(/One click, green/);
    await notes.getByRole('button', { name: 'Back' }).click();
    await expect.poll(() => shown.innerText()).toMatch(/Why, in words/);
    expect(await notes.getByRole('textbox', { name: 'Your notes for “Why, in words”' }).inputValue()).toBe('');
    await notes.getByRole('button', { name: 'Next' }).click();
    await notes.getByRole('button', { name: 'Smaller text' }).focus();
    await notes.keyboard.press('PageDown');
    expect(await notes.getByRole('textbox', { name: 'Your notes for “One click, green”' }).inputValue()).toBe(
      'Wait. Then save.',
    );
    const wrong = readFileSync(path.join(workspace, 'films.ts'), 'utf8');
    const right = "title: String(film.Title ?? 'Untitled').trim(),";
    writeFileSync(path.join(workspace, 'films.ts'), wrong.replace('title: film.Title.trim(), // <--', right));
    await notes.getByText('Go to the last chapter').waitFor();

    // It ends with the presentation.
    await Promise.all([notes.waitForEvent('close'), page.keyboard.press('Escape')]);
    await page.getByRole('main', { name: 'Presentation' }).waitFor({ state: 'detached' });
    expect(complaints).toEqual([]);
  } finally {
    await page.context().close();
    await studio.stop();
  }
});

/** The map has most of the height, nothing is outside the screen, and no text is too small for a room. Gives where the map is. */
async function fillsTheScreen(page: Page): Promise<unknown> {
  const map = await page.getByRole('img', { name: /^Map of all that there is to do/ }).boundingBox();
  expect(map?.height).toBeGreaterThan(680);
  const main = page.getByRole('main', { name: 'Presentation' });
  for (const part of [main, main.locator('.present-frame'), main.locator('.present-say')])
    expect(await part.evaluate(element => element.scrollHeight - element.clientHeight)).toBe(0);
  const sizes = await main
    .locator('p, li, h1, dt, dd, b, i, span')
    .evaluateAll(elements =>
      elements
        .filter(element => element.textContent?.trim() !== '' && element.closest('.visually-hidden, kbd') === null)
        .map(element =>
          Number.parseFloat(element.ownerDocument.defaultView?.getComputedStyle(element).fontSize ?? '0'),
        ),
    );
  expect(Math.min(...sizes)).toBeGreaterThanOrEqual(22);
  return map;
}
