import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser, openPage, serveStudio, workspaceWith, type ServedStudio } from './studio.ts';

/* Each queued re-run has a row of its own: it is undone by itself, and one that is refused is asked for again. */

/** The first letter has no address; the last one waits until its file is there. */
const letters = (name: string, title: string) => `import { appendFileSync, existsSync } from 'node:fs';
import { cronflow } from 'cronflow';

cronflow.define({ id: 'letters', name: 'Letters' })
  .batch({ id: '${name}', title: '${title}' }, { items: ['a', 'b', 'c'], size: 1 }, ([letter], flow) => {
    flow.step('mail', async () => {
      if (letter === 'a' && !existsSync('address')) throw new Error('no address');
      while (letter === 'c' && !existsSync('go')) await new Promise(resolve => setTimeout(resolve, 20));
      appendFileSync('ledger', letter + '\\n');
    });
  });
`;

let browser: Browser;
let studio: ServedStudio;
let page: Page;
let folder: string;
let workspace: string;
let complaints: string[];
const file = (name: string) => path.join(workspace, name);
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'cronflow-queued-'));
  workspace = workspaceWith(folder, []);
  writeFileSync(file('letters.ts'), letters('send', 'Send letters'));
  browser = await launchBrowser();
  studio = await serveStudio(workspace, path.join(folder, 'data'));
  ({ page, complaints } = await openPage(browser, studio.url));
});
afterAll(async () => {
  await browser?.close();
  await studio?.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('queued re-runs are undone one by one, and one whose node was renamed meanwhile is answered', async () => {
  const dialog = page.getByRole('dialog');
  const rows = page.getByRole('list', { name: 'Queued re-runs' }).getByRole('listitem');
  const queue = async (fromStart: boolean) => {
    await page.getByRole('button', { name: 'Re-run failed (1)' }).click();
    if (fromStart) await dialog.getByLabel('Start at the first step').check();
    await dialog.getByText('1 batch of Send letters:').waitFor();
    await dialog.getByRole('button', { name: 'Re-run', exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
  };
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await dialog.getByRole('button', { name: 'Start' }).click();
  await page.getByRole('heading', { name: 'Running, 1 batch failed so far' }).waitFor();
  await queue(false);
  await queue(true);
  await expect.poll(() => rows.count()).toBe(2);
  expect(await rows.first().innerText()).toMatch(/^1 failed batch\s+queued \d+ s ago\s+Undo$/);
  expect(await rows.last().innerText()).toContain('1 failed batch, from the first step');
  await page.getByRole('region', { name: 'Runs', exact: true }).getByText('2 re-runs queued').waitFor();
  await rows.first().getByRole('button', { name: 'Undo' }).click();
  await expect.poll(() => rows.count()).toBe(1);
  await page.keyboard.press('p');
  await page.getByRole('main', { name: 'Presentation' }).getByText('1 re-run waits.').waitFor();
  await page.keyboard.press('Escape');

  writeFileSync(file('letters.ts'), letters('mailing', 'Mail letters'));
  writeFileSync(file('address'), '');
  writeFileSync(file('go'), '');
  await rows.getByText('It did not start: the workflow has changed.').waitFor();
  expect(await rows.innerText()).toContain('1 failed batch, from the first step');
  await page.getByRole('region', { name: 'Runs', exact: true }).getByText('1 re-run did not start').waitFor();
  await rows.getByRole('button', { name: 'Answer…' }).click();
  // The same question as that of a direct re-run, with what was asked for.
  const asked = dialog.getByRole('group', { name: 'The batch “Send letters” (3 batches, 2 succeeded) is not' });
  await asked.getByLabel('It is now called').check();
  expect(await dialog.getByLabel('Start at the first step').isChecked()).toBe(true);
  await dialog.getByText('1 batch of').waitFor();
  await dialog.getByRole('button', { name: 'Re-run', exact: true }).click();
  await page.getByRole('heading', { name: 'Completed', level: 1 }).waitFor();
  await expect.poll(() => rows.count()).toBe(0);
  expect(readFileSync(file('ledger'), 'utf8').trim().split('\n').toSorted()).toEqual(['a', 'b', 'c']);
  expect(complaints).toEqual([]);
});
