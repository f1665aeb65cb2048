import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser, Locator, Page } from 'playwright';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { temporaryFolder } from '../support/runs.ts';
import { launchBrowser, openPage, serveStudio, workspaceWith, type ServedStudio } from './studio.ts';
import { takePictures } from './pictures.ts';

/** A film that is called by a number fails its batch. Its other fields are what JSON does not have. */
const FILMS = `import { cronflow } from 'cronflow';
const film = (n: number) => ({
  title: n === 41 ? (1941 as unknown as string) : 'Film ' + n,
  released: new Date(Date.UTC(1979, 0, 1 + n)),
  gross: BigInt(n) * 1_000_000_000_000_000_000n,
  cast: new Map([['lead', 'Actor ' + n]]),
  rating: n === 2 ? NaN : n / 10,
  sequel: undefined,
});
cronflow.define({ id: 'films', name: 'Films' })
  .batch('tidy', { items: Array.from({ length: 60 }, (_, n) => film(n)), size: 60 }, (films, flow) => {
    flow.step('check', () => films.map(film => ({
      title: film.title.trim(),
      is: [film.released instanceof Date, typeof film.gross, film.cast instanceof Map, 'sequel' in film, film.released.getTime()],
    }))).retry({ attempts: 1 });
    flow.step('say', ctx => {
      const kinds = new Set((ctx.last as { is: unknown[] }[]).map(({ is }) => is.slice(0, 4).join(' ')));
      return [...kinds].join(' / ') + ' ' + films[41]?.title + ' ' + films[41]?.gross + ' ' + films[2]?.rating;
    });
  });
`;

let browser: Browser;
let studio: ServedStudio;
let page: Page;
let complaints: string[];
let inspector: Locator;

beforeEach(async () => {
  browser = await launchBrowser();
  const folder = temporaryFolder();
  const workspace = workspaceWith(folder, []);
  writeFileSync(path.join(workspace, 'films.ts'), FILMS);
  studio = await serveStudio(workspace, path.join(folder, 'data'));
  ({ page, complaints } = await openPage(browser, studio.url));
  inspector = page.getByRole('region', { name: 'Inspector' });
});
afterEach(async () => {
  await studio?.stop();
  await browser?.close();
});

test('one field of one item is edited in the table, shown as old and new, and all else stays what it is', async () => {
  await page.getByRole('button', { name: /Films/ }).first().click();
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.getByRole('button', { name: 'Start' }).click();
  await page.getByRole('tab', { name: 'Batches' }).click();
  await page.getByRole('row', { name: 'Batch 0, failed' }).click();
  await inspector.getByRole('tab', { name: 'Input' }).click();

  const grid = inspector.getByRole('grid');
  await grid.getByRole('columnheader', { name: 'title' }).waitFor();
  expect(await grid.getByRole('row').nth(1).innerText()).toMatch(/Film 0\s+1979-01-01\s+Date\s+0n/);

  await inspector.getByRole('searchbox', { name: 'Filter items' }).fill('1941');
  await inspector.getByText('1 of 60 items').waitFor();
  await grid.focus();
  await page.keyboard.press('Enter');
  const field = inspector.getByRole('textbox', { name: 'title of item 41' });
  expect(await field.inputValue()).toBe('1941');
  await field.fill('soon');
  await page.keyboard.press('Enter');
  await inspector.getByRole('alert').getByText('Write a text in quotes').waitFor();
  await field.fill('"1941"');
  await page.keyboard.press('Enter');
  await inspector.getByText('1 item changed').waitFor();

  await inspector.getByRole('button', { name: 'Re-run with them…' }).click();
  const dialog = page.getByRole('dialog');
  const change = dialog.getByRole('row', { name: /title/ });
  expect(await change.innerText()).toMatch(/41\s+title\s+1941 number\s+1941 text/);
  // What the re-run does is said here, too.
  await dialog.getByText('as you edited them').waitFor();
  await dialog.getByRole('button', { name: 'Re-run with these items' }).click();
  await page.getByRole('heading', { name: 'Completed', level: 1 }).waitFor();

  await inspector.getByRole('tab', { name: 'Output' }).click();
  await inspector.getByText('true bigint true true 1941 41000000000000000000 NaN').waitFor();

  // What the edit was is said wherever the attempts are: only what has changed.
  await inspector.getByRole('tab', { name: 'Attempts' }).click();
  const inAttempts = inspector.getByRole('row', { name: /title/ });
  await inAttempts.waitFor();
  expect(await inAttempts.innerText()).toMatch(/41\s+title\s+1941 number\s+1941 text/);
  await takePictures(page, 'edited-items-attempts');
  await page.getByRole('button', { name: 'Compare attempts' }).click();
  const compared = page.getByRole('region', { name: 'Compare' }).getByRole('row', { name: /^Input/ });
  await compared.getByText(/#41 title 1941 number → 1941 text/).waitFor();
  await takePictures(page, 'edited-items-compare');
  expect(complaints).toEqual([]);
});
