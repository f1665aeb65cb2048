import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright';
import { ensureBuilt } from '../test/support/built.ts';
import { launchBrowser, openPage, serveStudio, workspaceWith } from '../test/studio/studio.ts';
import { MovingPicture } from './moving-picture.ts';

/** Takes the pictures of docs/images from the real app on the real examples: `npm run screenshots`. */
const target = path.resolve(import.meta.dirname, '../docs/images');

/** What a newcomer does: run the films, look at a cause, fix the line, re-run what failed. */
async function takeMovingPicture(browser: Browser, url: string, workspace: string): Promise<void> {
  const { page } = await openPage(browser, url);
  await chooseFilms(page);
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  const picture = await MovingPicture.record(page);
  await picture.caption('Run the example');
  await picture.hold(1500);
  await page.getByRole('button', { name: 'Start' }).click();
  await picture.caption('33 batches, four at a time');
  await page.getByRole('heading', { name: '5 of 33 batches failed', level: 1 }).waitFor();
  await picture.caption('5 of 33 batches failed');
  await picture.hold(2000);

  await page.getByRole('region', { name: 'Problems' }).getByRole('button', { name: 'Show' }).first().click();
  await page
    .getByRole('region', { name: 'Inspector' })
    .getByRole('button', { name: /Open in editor/ })
    .waitFor();
  await picture.caption('Why? The cause, its batches, and the line that failed');
  await picture.hold(3500);

  fixFilms(path.join(workspace, 'films.ts'));
  await picture.caption('Fix the line in your editor, and save it');
  await picture.hold(2500);
  await page.getByRole('button', { name: /^Re-run failed/ }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('28 batches').waitFor();
  await picture.caption('Re-run: the plan says what will run');
  await picture.hold(3000);
  await dialog.getByRole('button', { name: 'Re-run', exact: true }).click();
  await picture.caption('Only the 5 failed batches run again');
  await page.getByRole('heading', { name: 'Completed', level: 1 }).waitFor();
  await picture.caption('Completed: 3,201 films');
  await picture.hold(4000);
  await picture.save(path.join(target, 'films.webp'));
  await page.context().close();
}

async function takeStills(browser: Browser, url: string): Promise<void> {
  const first = await openPage(browser, url);
  await chooseFilms(first.page);
  await first.page.getByRole('button', { name: 'Run', exact: true }).click();
  await first.page.getByRole('button', { name: 'Start' }).click();
  await first.page.getByRole('heading', { name: 'Failed', level: 1 }).waitFor();
  await first.page.close();
  for (const colorScheme of ['dark', 'light'] as const) {
    const { page } = await openPage(browser, url, { colorScheme });
    await page.getByRole('region', { name: 'Problems' }).getByRole('button', { name: 'Show' }).first().click();
    await page
      .getByRole('region', { name: 'Inspector' })
      .getByRole('button', { name: /Open in editor/ })
      .waitFor();
    await settle(page);
    await page.screenshot({ path: path.join(target, `studio-${colorScheme}.png`) });
    await page.getByRole('tab', { name: 'Batches' }).click();
    await settle(page);
    await page.screenshot({ path: path.join(target, `batches-${colorScheme}.png`) });
    await page.keyboard.press('p');
    // Who is at fault is looked for once the presentation is open.
    await page.getByRole('heading', { name: /need a correction/ }).waitFor();
    await settle(page);
    await page.screenshot({ path: path.join(target, `presentation-${colorScheme}.png`) });
    await page.context().close();
  }
}

async function chooseFilms(page: Page): Promise<void> {
  await page
    .getByRole('region', { name: 'Workflows' })
    .getByRole('button', { name: /Clean up the film list/ })
    .click();
}

/** The graph and the map draw themselves in some frames after the data is there, and say nothing when they have. */
async function settle(page: Page): Promise<void> {
  await page.waitForTimeout(1500);
}

/** The one line that examples/films.ts tells its reader to change. */
function fixFilms(file: string): void {
  const before = readFileSync(file, 'utf8');
  const after = before.replace('film.Title.trim(), // <--', "String(film.Title ?? 'Untitled').trim(),");
  if (after === before) throw new Error(`${file} no longer has the line that the moving picture fixes.`);
  writeFileSync(file, after);
}

mkdirSync(target, { recursive: true });
await ensureBuilt();
const browser = await launchBrowser();
try {
  for (const take of [takeStills, takeMovingPicture]) {
    const folder = mkdtempSync(path.join(tmpdir(), 'cronflow-pictures-'));
    const workspace = workspaceWith(folder, ['films.ts', 'flights.ts', 'orders.ts']);
    const studio = await serveStudio(workspace, path.join(folder, 'data'));
    try {
      await take(browser, studio.url, workspace);
    } finally {
      await studio.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  }
} finally {
  await browser.close();
}
