import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { temporaryFolder } from '../support/runs.ts';
import { launchBrowser, openPage, serveStudio, workspaceWith } from './studio.ts';
import { takePicture } from './pictures.ts';

const FILMS = ['1776', '1941', '1408', '2012', '2046', '21', '300', '9', '54', 'Untitled'];

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
}, 60_000);
afterAll(async () => {
  await browser?.close();
});

test('a person finds the ten films at fault by title, and goes to the row of one', async () => {
  const folder = temporaryFolder();
  const workspace = workspaceWith(folder, ['films.ts']);
  // Its steps are pure, so that nothing would be asked.
  const films = path.join(workspace, 'films.ts');
  writeFileSync(films, readFileSync(films, 'utf8').replaceAll('pure: true', 'pure: false'));
  const studio = await serveStudio(workspace, path.join(folder, 'data'));
  try {
    const { page, complaints } = await openPage(browser, studio.url);
    const picture = async (state: string) => await takePicture(page, `find-${state}`);
    await page
      .getByRole('region', { name: 'Workflows' })
      .getByRole('button', { name: /Clean up the film list/ })
      .click();
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await page.getByRole('button', { name: 'Start' }).click();
    await page.getByRole('button', { name: 'Re-run failed (5)' }).waitFor({ timeout: 20_000 });

    const problems = page.getByRole('region', { name: 'Problems' });
    await picture('1-before');
    await problems.getByRole('button', { name: 'Find the items at fault' }).click();
    // Plain code is executed for it: that is asked, once.
    const dialog = page.getByRole('dialog', { name: /Execute steps/ });
    await picture('2-question');
    await dialog.getByRole('button', { name: 'Execute and find' }).click();
    await problems.getByText('10 films are at fault, 490 wait with them').waitFor({ timeout: 60_000 });
    const names = problems.getByRole('list', { name: 'Items at fault' });
    await expect
      .poll(async () => (await names.getByRole('button').allInnerTexts()).toSorted())
      .toEqual(FILMS.toSorted());
    const inCommon = problems.getByRole('region', { name: 'In common' });
    await inCommon.getByText(/All 10 films at fault have in common: Title is not a text; none of the/).waitFor();
    await inCommon.getByRole('button', { name: 'Values of Title' }).click();
    const values = inCommon.getByRole('table', { name: 'Values of Title' });
    await values.getByRole('rowheader', { name: 'null' }).waitFor();
    await picture('3-found');
    const looks = [
      { theme: 'light', width: 1440, height: 900 },
      { theme: 'dark', width: 1024, height: 700 },
      { theme: 'light', width: 1024, height: 700 },
    ] as const;
    for (const { theme, ...size } of looks) {
      await page.emulateMedia({ colorScheme: theme });
      await page.setViewportSize(size);
      await picture(`3-found-${theme}-${size.width}`);
    }
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.setViewportSize({ width: 1440, height: 900 });

    await names.getByRole('button', { name: '1941' }).click();
    const inspector = page.getByRole('region', { name: 'Inspector' });
    const row = inspector.getByRole('row', { name: /1941/ });
    await row.waitFor();
    expect(await row.getAttribute('aria-selected')).toBe('true');
    expect(await row.innerText()).toContain('The title is a number, not words.');
    expect(await row.locator('.marked').innerText()).toContain('1941');
    await picture('4-row');
    await inspector.getByRole('tab', { name: 'Error' }).click();
    await inspector.getByRole('button', { name: /^Values on this line for/ }).click();
    const line = inspector.getByLabel('Values for 1941');
    await line.waitFor({ timeout: 60_000 });
    expect(await line.innerText()).toMatch(/film\.Title\s*1941\s*film\.Title\.trim\s*undefined/);
    await picture('4-values');
    // After a save they are those of code that is not there any more.
    writeFileSync(films, readFileSync(films, 'utf8').replace('film.Title.trim()', 'String(film.Title).trim()'));
    await line.waitFor({ state: 'detached' });
    await inspector.getByRole('button', { name: 'Values on this line for 1941' }).click();
    await inspector.getByText('1941 passes with the code as it is now.').waitFor({ timeout: 60_000 });
    writeFileSync(films, readFileSync(films, 'utf8').replace('String(film.Title).trim()', 'film.Title.trim()'));
    await inspector.getByText('1941 passes with the code as it is now.').waitFor({ state: 'detached' });

    // They are there after a reload, and nothing is asked again.
    await page.reload();
    await problems.getByText('10 films are at fault').waitFor();
    await problems.getByRole('button', { name: 'Find them again' }).click();
    await problems.getByRole('button', { name: 'Stop' }).click();
    await problems.getByRole('button', { name: 'Find them again' }).waitFor();

    await page.keyboard.press('p');
    const present = page.getByRole('main', { name: 'Presentation' });
    await present.getByRole('heading', { name: '10 films need a correction.' }).waitFor();
    await present.getByRole('list', { name: 'Who needs a correction' }).getByText('1941', { exact: true }).waitFor();
    await picture('5-present');
    expect(complaints).toEqual([]);
  } finally {
    await studio.stop();
  }
}, 120_000);
