import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser, openPage, serveStudio, workspaceWith, type ServedStudio } from './studio.ts';

/* Where one is in the Studio is in the page's address: it can be gone back from, loaded again, and given to somebody. */

let browser: Browser;
let studio: ServedStudio;
let page: Page;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'cronflow-addresses-'));
  const workspace = workspaceWith(folder, ['films.ts']);
  browser = await launchBrowser();
  studio = await serveStudio(workspace, path.join(folder, 'data'));
  ({ page } = await openPage(browser, studio.url));
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
});
afterAll(async () => {
  await browser?.close();
  await studio?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const address = () => new URL(page.url()).hash;
const inspector = () => page.getByRole('region', { name: 'Inspector' });
const view = (name: string) => page.getByRole('tab', { name, exact: true });

test('a workflow without a run has an address and a title', async () => {
  await expect.poll(address).toMatch(/^#\/workflow\/films\.ts\/[\w-]+\/graph$/);
  await expect.poll(() => page.title()).toMatch(/ · Cronflow Studio$/);
});

test('the title says how the run stands', async () => {
  await page.getByRole('button', { name: 'Run', exact: true }).first().click();
  const start = page.getByRole('dialog').getByRole('button', { name: /^Run|^Start/ });
  await start.last().click();
  await expect.poll(() => page.title(), { timeout: 30_000 }).toMatch(/^✕ \d+ failed · /);
  await expect.poll(address).toBe('#/run/1/graph');
});

test('back and forward go over what was looked at, and not over how', async () => {
  await view('Batches').click();
  await page.getByRole('button', { name: /^Show/ }).first().click();
  await expect.poll(address).toMatch(/^#\/run\/1\/batches\?node=[\w-]+&batch=\d+&tab=error&cause=\w+/);
  const failed = address();
  await page.getByRole('searchbox', { name: 'Search in error messages' }).fill('trim');
  await expect.poll(address).toContain('search=trim');
  await view('Timeline').click();
  await expect.poll(address).toMatch(/^#\/run\/1\/timeline/);

  await page.goBack();
  await expect.poll(address).toBe(`${failed}&search=trim`);
  expect(await view('Batches').getAttribute('aria-selected')).toBe('true');
  await page.goBack();
  await expect.poll(address).toBe('#/run/1/batches');
  expect(await page.getByRole('group', { name: 'Selection' }).count()).toBe(0);
  await page.goForward();
  await expect.poll(address).toBe(`${failed}&search=trim`);
  await page.getByRole('group', { name: 'Selection' }).waitFor();
});

test('loading the page again shows the same again', async () => {
  const before = address();
  const head = await inspector().getByRole('heading').first().innerText();
  await page.reload();
  await page.getByRole('group', { name: 'Selection' }).waitFor();
  expect(address()).toBe(before);
  expect(await page.getByRole('searchbox', { name: 'Search in error messages' }).inputValue()).toBe('trim');
  await inspector().getByRole('tab', { name: 'Error', selected: true }).waitFor();
  expect(await inspector().getByRole('heading').first().innerText()).toBe(head);
});

test('a batch that was unfolded is unfolded after the page was loaded again', async () => {
  const attempts = () => page.getByRole('button', { name: 'Attempts of batch 10', exact: true });
  await page.getByRole('grid', { name: 'Batches' }).getByRole('row', { name: 'Batch 10, failed' }).waitFor();
  await attempts().click();
  await expect.poll(address).toContain('unfolded=10');
  await page.reload();
  await page.getByRole('grid', { name: 'Batches' }).getByRole('listitem').first().waitFor();
  expect(await attempts().getAttribute('aria-expanded')).toBe('true');
  await attempts().click();
  await expect.poll(address).not.toContain('unfolded');
});

test('a link that was copied opens in another tab where it was copied', async () => {
  await page.getByRole('button', { name: 'Copy link' }).click();
  await page.getByRole('button', { name: 'Copied' }).waitFor();
  const link = await page.evaluate<string>('navigator.clipboard.readText()');
  const other = await page.context().newPage();
  await other.goto(link);
  await other.getByRole('group', { name: 'Selection' }).waitFor();
  expect(new URL(other.url()).hash).toBe(address());
  await other.close();
});

test('a selection of many offers to repeat only those that failed, and the key does so, too', async () => {
  await page.goto(`${new URL(page.url()).origin}/#/run/1/batches?of=clean&select=0-15`);
  const selection = page.getByRole('group', { name: 'Selection' });
  await selection.getByText('16 chosen: 13 done, 3 failed').waitFor();
  await selection.getByRole('button', { name: 'Re-run all 16…' }).waitFor();
  await page.keyboard.press('r');
  const dialog = page.getByRole('dialog', { name: 'Re-run the 3 failed of the 16 selected batches?' });
  await dialog.getByText('3 batches of Clean the films').waitFor();
  await dialog.getByRole('button', { name: 'Cancel' }).click();
});

test('presenting has an address, too', async () => {
  await page.keyboard.press('p');
  await expect.poll(address).toMatch(/^#\/run\/1\/present\?view=batches/);
  await page.goBack();
  await view('Batches').waitFor();
});

test('an address of a run that is not there says so, and shows what is', async () => {
  await page.goto(`${new URL(page.url()).origin}/#/run/99/batches`);
  await page.getByRole('alert').getByText('99').waitFor();
  await page.reload();
  await page.getByRole('alert').getByText('99').waitFor();
  await page.getByRole('heading', { name: 'Run 99 cannot be shown' }).waitFor();
  await page.getByRole('button', { name: 'Show run 1, the newest' }).click();
  await expect.poll(address).toMatch(/^#\/run\/1\//);
});

test('going back to a run that is not there says so, and shows the list and the way on', async () => {
  await page.evaluate<void>(
    `history.pushState(null, '', '#/run/99/present'); history.pushState(null, '', '#/run/1/graph');`,
  );
  await page.goBack();
  await page.getByRole('alert').getByText('99').waitFor();
  await page.getByRole('heading', { name: 'Run 99 cannot be shown' }).waitFor();
  expect(address()).toBe('#/run/99/present');
  await page.getByRole('region', { name: 'Runs', exact: true }).getByText('Run 1').waitFor();
  await page.getByRole('button', { name: 'Show run 1, the newest' }).click();
  await expect.poll(address).toMatch(/^#\/run\/1\//);
  await page.getByRole('heading', { name: /failed/, level: 1 }).waitFor();
});
