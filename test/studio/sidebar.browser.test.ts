import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStore } from '../../engine/store/open.ts';
import { range } from '../support/outside.ts';
import { bringAxe, violations } from './axe.ts';
import { launchBrowser, openPage, serveStudio, workspaceWith, type ServedStudio } from './studio.ts';

/* Sixty workflows and their runs of a month: found by folder, by name, by day; named, pinned, deleted. */

let browser: Browser;
let studio: ServedStudio;
let page: Page;
let complaints: string[];
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'cronflow-sidebar-'));
  const workspace = workspaceWith(folder, []);
  for (const team of ['billing', 'films', 'mail'])
    for (const at of range(20)) {
      mkdirSync(path.join(workspace, team), { recursive: true });
      writeFileSync(path.join(workspace, team, `job-${at}.ts`), job(`${team}-${at}`));
    }
  writeRuns(workspace);
  browser = await launchBrowser();
  studio = await serveStudio(workspace, path.join(folder, 'data'));
  ({ page, complaints } = await openPage(browser, studio.url));
  await runs().getByText('Run 120').waitFor();
  await workflows()
    .getByRole('button', { name: /Mail-19/ })
    .waitFor();
});
afterAll(async () => {
  await browser?.close();
  await studio?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const runs = () => page.getByRole('region', { name: 'Runs', exact: true });
const workflows = () => page.getByRole('region', { name: 'Workflows', exact: true });
const folders = () => workflows().locator('button.folder').allInnerTexts();
const runRows = () => runs().locator('button.row').allInnerTexts();
const headings = () => runs().getByRole('heading', { level: 3 }).allInnerTexts();
const choose = async (run: string, item: string) => {
  await runs().locator('button.row', { hasText: run }).click({ button: 'right' });
  await page.getByRole('menuitem', { name: item }).click();
};

test('sixty workflows are by folder, which can be folded, and a filter finds one by name or file', async () => {
  await expect.poll(folders).toEqual(['▾ billing 20', '▾ films 20', '▾ mail 20']);
  await workflows().getByRole('button', { name: 'billing 20' }).click();
  await expect.poll(() => workflows().locator('button.row').count()).toBe(40);
  await workflows().getByRole('searchbox').fill('billing 7');
  await expect.poll(() => workflows().locator('button.row').allInnerTexts()).toHaveLength(2);
  await workflows().getByRole('searchbox').fill('');
  await workflows().getByRole('button', { name: 'billing 20' }).click();
  await expect.poll(() => workflows().locator('button.row').count()).toBe(60);
});

test('each workflow shows how its last runs went, and the list can have the runs of the chosen one only', async () => {
  const bars = workflows().getByRole('img', { name: 'Last 20 runs, 5 failed' });
  await expect.poll(() => bars.count()).toBe(1);
  expect(await bars.locator('i').count()).toBe(20);
  await workflows()
    .getByRole('button', { name: /^.*Billing-0/ })
    .first()
    .click();
  await runs().getByRole('button', { name: 'Only runs of the chosen workflow' }).click();
  await expect.poll(async () => (await runRows()).every(text => text.includes('Billing-0'))).toBe(true);
  await runs().getByRole('button', { name: 'Only runs of the chosen workflow' }).click();
  await expect.poll(async () => (await runRows()).some(text => text.includes('Mail-1'))).toBe(true);
});

test('runs stand under their day; one gets a name, a note and a pin, stands first, and is found by them', async () => {
  expect((await headings()).slice(0, 2)).toEqual(['Today', 'Yesterday']);
  await choose('Run 118', 'Name and note…');
  const dialog = page.getByRole('dialog', { name: 'Name and note of run 118' });
  await dialog.getByLabel('Name').fill('Before the fix');
  await dialog.getByLabel('Note').fill('Ada asked for it');
  await page.keyboard.press('Control+Enter');
  await dialog.waitFor({ state: 'detached' });
  await choose('Before the fix', 'Pin');
  await expect.poll(async () => (await headings())[0]).toBe('Pinned');
  await expect.poll(async () => (await runRows())[0]).toMatch(/Before the fix Run 118/);
  await runs().getByRole('searchbox').fill('ada');
  await expect.poll(async () => (await runRows()).length).toBe(1);
  await runs().getByRole('searchbox').fill('');
  await page.reload();
  await expect.poll(async () => (await runRows())[0]).toMatch(/Before the fix Run 118/);
});

test('a run is deleted from its menu after what that takes away and frees was said; its page says that it is gone', async () => {
  await runs().locator('button.row', { hasText: 'Run 117' }).click();
  await page.waitForURL(/#\/run\/117/);
  // By keyboard the menu is the one of the menu key.
  await runs().locator('button.row', { hasText: 'Run 117' }).focus();
  await page.keyboard.press('Shift+F10');
  await page.getByRole('menuitem', { name: 'Delete…' }).waitFor();
  await bringAxe(page);
  expect(await violations(page, '[role=menu]')).toEqual([]);
  expect(await violations(page, 'nav')).toEqual([]);
  await page.getByRole('menuitem', { name: 'Delete…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Delete run 117?' });
  await expect.poll(() => dialog.innerText()).toMatch(/about \d+ KB of the \d+ KB of the store/);
  expect(await dialog.innerText()).toContain('40 batches with their items');
  await dialog.getByRole('button', { name: 'Delete for good' }).click();
  await dialog.waitFor({ state: 'detached' });
  await page.getByText('Run 117 was deleted.').waitFor();
  await expect.poll(async () => (await runRows()).some(text => text.includes('Run 117'))).toBe(false);
  expect(complaints).toEqual([]);
});

function job(id: string): string {
  const name = `${id[0]?.toUpperCase()}${id.slice(1)}`;
  return `import { cronflow } from 'cronflow';\ncronflow.define({ id: '${id}', name: '${name}' }).step('do', () => 1);\n`;
}

/** 120 runs of a month, the newest of today: 5 of the last 20 of one workflow failed. */
function writeRuns(workspace: string): void {
  mkdirSync(path.join(workspace, '.cronflow'));
  const db = openStore(path.join(workspace, '.cronflow', 'runs.db'), { mode: 'create' });
  const done = { total: 40, waiting: 0, running: 0, succeeded: 40, failed: 0, cancelled: 0, setAside: 0 };
  const counts = JSON.stringify({
    items: done,
    batches: done,
    nodes: [{ path: 'clean', items: done, batches: done, complete: true }],
  });
  const add = db.prepare(
    `insert into runs (uid, workflow, name, file, status, payload, graph, counts, started_at, ended_at, active_ms)
      values (?, ?, ?, ?, ?, '{}', ?, ?, ?, ?, ?)`,
  );
  const today = new Date().setHours(0, 0, 0, 0);
  db.transaction(() => {
    for (const run of range(120)) {
      const id = run % 2 === 0 ? 'billing-0' : `mail-${run % 20}`;
      const [team = ''] = id.split('-');
      const name = `${id[0]?.toUpperCase()}${id.slice(1)}`;
      const started = today - Math.floor((119 - run) / 4) * 86_400_000 + run;
      add.run(
        `u${run}`,
        id,
        name,
        path.join(workspace, team, `job-${id.split('-')[1]}.ts`),
        id === 'billing-0' && run % 8 === 0 ? 'failed' : 'completed',
        JSON.stringify({ id, name, triggers: [], nodes: [] }),
        counts,
        started,
        started + 1_000 + run * 50,
        1_000 + run * 50,
      );
    }
  })();
  db.close();
}
