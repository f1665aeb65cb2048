import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStore } from '../../engine/store/open.ts';
import { range } from '../support/outside.ts';
import { launchBrowser, openPage, serveStudio, workspaceWith, type ServedStudio } from './studio.ts';

/* The list of a store with 501 runs: what its filter finds, what it says of a run, and how it goes by keyboard. */

let browser: Browser;
let studio: ServedStudio;
let page: Page;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'cronflow-list-'));
  const workspace = workspaceWith(folder, ['films.ts', 'orders.ts']);
  writeRuns(workspace);
  browser = await launchBrowser();
  studio = await serveStudio(workspace, path.join(folder, 'data'));
  ({ page } = await openPage(browser, studio.url));
  await list()
    .getByRole('button', { name: /Run 501/ })
    .waitFor();
});
afterAll(async () => {
  await browser?.close();
  await studio?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const list = () => page.getByRole('region', { name: 'Runs', exact: true });
const rows = async () => {
  const names = await list().locator('button.row').allInnerTexts();
  return names.map(text => Number(/Run (\d+)/.exec(text)?.[1]));
};

test('the filter finds a run that is far below those that the page has loaded, and so does the palette', async () => {
  const filter = list().getByRole('searchbox');
  await filter.fill('run 37');
  await expect.poll(rows).toEqual([37]);
  await filter.fill('failed');
  await expect.poll(rows).toEqual([12]);
  await filter.fill('damaged');
  await expect.poll(rows).toEqual([9]);
  await list().getByRole('button', { name: /Run 9/ }).click();
  expect(await page.getByRole('alert').innerText()).toContain('Run 9 is damaged: The counts of a run cannot be read');
  await page.getByRole('alert').getByRole('button', { name: 'Close' }).click();
  await filter.fill('');
  await expect.poll(async () => (await rows())[0]).toBe(501);

  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill('run 37');
  await page.getByRole('option', { name: /^Run 37:/ }).waitFor();
  await page.keyboard.press('Escape');
});

test('updates that were lost are told in the list and beside the status of the run', async () => {
  await list().getByRole('searchbox').fill('lost');
  const row = list().getByRole('button', { name: /Run 20/ });
  await expect.poll(() => row.innerText()).toContain('36 lost');
  await row.click();
  await page.getByRole('region', { name: 'Run', exact: true }).getByRole('button', { name: '36 lost updates' }).click();
  await page.getByRole('region', { name: 'Inspector' }).getByRole('tab', { name: 'State', selected: true }).waitFor();
  await list().getByRole('searchbox').fill('');
});

test('a stream that is still running has no percentage and no full bar', async () => {
  await list().getByRole('searchbox').fill('#30');
  const row = list().getByRole('button', { name: /Run 30/ });
  await row.click();
  expect(await row.getByRole('img', { name: '40 of 40 so far done, 0 failed' }).getAttribute('class')).toContain(
    'open-ended',
  );
  await list().getByRole('searchbox').fill('');
});

test('each list is one tab stop; the arrow keys, Home and End move in it, also to rows that are not in the page yet', async () => {
  await expect.poll(async () => (await rows()).length).toBeGreaterThan(10);
  const workflows = page.getByRole('region', { name: 'Workflows', exact: true });
  const stops = () => page.locator('nav button.row[tabindex="0"]').count();
  expect(await stops()).toBe(2);
  await workflows.getByRole('button', { name: 'New…' }).focus();
  await page.keyboard.press('Tab');
  const focused = () => page.locator(':focus').innerText();
  const first = await focused();
  await page.keyboard.press('ArrowDown');
  expect(await focused()).not.toBe(first);
  await page.keyboard.press('Home');
  expect(await focused()).toBe(first);
  // The runs of one workflow only, and the filter, come before the list.
  for (const _ of range(3)) await page.keyboard.press('Tab');
  await expect.poll(focused).toMatch(/Run 501/);
  await page.keyboard.press('ArrowDown');
  await expect.poll(focused).toMatch(/Run 500/);
  // Far below what is in the page: the list scrolls there first.
  await page.keyboard.press('End');
  await expect.poll(focused).toMatch(/Run (30[0-2]|1)\b/);
  expect(await stops()).toBe(2);
  for (const name of ['Width of workflows and runs', 'Height of problems, logs and playback', 'Width of the inspector'])
    expect(await page.getByRole('separator', { name }).count()).toBe(1);
});

/** What 501 runs of the example would have left, with four that differ. */
function writeRuns(workspace: string): void {
  mkdirSync(path.join(workspace, '.cronflow'));
  const db = openStore(path.join(workspace, '.cronflow', 'runs.db'), { mode: 'create' });
  const done = { total: 40, waiting: 0, running: 0, succeeded: 40, failed: 0, cancelled: 0, setAside: 0 };
  const counts = JSON.stringify({
    items: done,
    batches: done,
    nodes: [{ path: 'clean', items: done, batches: done, complete: true }],
  });
  const graph = JSON.stringify({ id: 'films', name: 'Clean up the film list', triggers: [], nodes: [] });
  const add = db.prepare(
    `insert into runs (uid, workflow, name, file, status, payload, graph, counts, started_at, ended_at)
      values (?, 'films', 'Clean up the film list', ?, 'completed', '{}', ?, ?, 1, 2)`,
  );
  db.transaction(() => {
    for (const run of range(501)) add.run(`u${run}`, path.join(workspace, 'films.ts'), graph, counts);
    db.exec(`
      update runs set counts = '{' where id = 9;
      insert into nodes (run, node, path, kind) values (12, 1, 'clean', 'batch');
      insert into batches (run, scope, node, parent, idx, items, attempt, status) values (12, 1, 1, 0, 0, 1, 1, 3);
      update runs set counts = replace(counts, '"complete":true', '"complete":false') where id = 30`);
    const lose = db.prepare(
      `insert into state_writes (run, seq, key, op, value, scope, node, attempt, lost_scope, lost_node, lost_attempt)
        values (20, ?, 'sum', 'set', '1', 1, 1, 1, 2, 1, 1)`,
    );
    for (const seq of range(36)) lose.run(seq + 1);
  })();
  db.close();
}
