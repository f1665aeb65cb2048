import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cli } from '../support/cli.ts';
import { temporaryFolder } from '../support/runs.ts';
import { bringAxe, violations } from './axe.ts';
import { launchBrowser, openPage, serveStudio, workspaceWith } from './studio.ts';
import { takePictures } from './pictures.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
}, 60_000);
afterAll(async () => {
  await browser?.close();
});

test('a person sets the ten films aside without a fix, saves their list, corrects one and takes it back in', async () => {
  const folder = temporaryFolder();
  const workspace = workspaceWith(folder, ['films.ts']);
  const call = async (...args: string[]) => await cli(args, { cwd: workspace });
  expect((await call('run', 'films.ts', '--json')).code).toBe(1);
  expect((await call('find', '1', '--yes', '--seconds', '100', '--json')).events.at(-1)).toMatchObject({ items: 10 });
  const studio = await serveStudio(workspace, path.join(folder, 'data'));
  try {
    const { page, complaints } = await openPage(browser, studio.url);
    await page.getByRole('region', { name: 'Runs' }).getByText('Run 1').click();
    const problems = page.getByRole('region', { name: 'Problems' });
    await expect.poll(() => problems.innerText()).toMatch(/10 films (are )?at fault/);
    await takePictures(page, 'set-aside-1-at-fault');

    await problems.getByRole('button', { name: 'Set aside all 10…' }).click();
    const dialog = page.getByRole('dialog');
    await expect.poll(() => dialog.innerText()).toMatch(/Sets aside[\s\S]*10 films of Clean the films/);
    await dialog.getByLabel('Why they are set aside').fill('the catalogue has to look at them');
    await takePictures(page, 'set-aside-2-dialog');
    await dialog.getByRole('button', { name: 'Re-run', exact: true }).click();

    await page.getByRole('heading', { name: 'Completed, 10 set aside', level: 1 }).waitFor({ timeout: 30_000 });
    await expect
      .poll(() => page.getByRole('region', { name: 'Run', exact: true }).innerText())
      .toMatch(/3,201 films = 3,191 done \+ 0 failed \+ 10 set aside/);
    await problems.getByRole('button', { name: 'Show' }).click();
    const inspector = page.getByRole('region', { name: 'Inspector' });
    await expect.poll(() => inspector.getByRole('listitem').count()).toBe(10);
    await expect.poll(() => inspector.innerText()).toContain('“the catalogue has to look at them”');
    await takePictures(page, 'set-aside-3-list');

    const [download] = await Promise.all([
      page.waitForEvent('download'),
      inspector.getByRole('button', { name: 'Save as JSON lines' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('run-1-set-aside.jsonl');
    const lines = readFileSync(await download.path(), 'utf8')
      .trim()
      .split('\n');
    expect(lines.map(line => (JSON.parse(line) as { value: { Title: unknown } }).value.Title)).toEqual(
      expect.arrayContaining([1776, 1941, 1408, null]),
    );
    expect(`${lines.join('\n')}\n`).toBe((await call('export', '1', '--set-aside')).stdout);

    await page.keyboard.press('p');
    const presentation = page.getByRole('main', { name: 'Presentation' });
    await expect.poll(() => presentation.innerText()).toMatch(/3,191\sfilms are done\. 10 are set aside\./);
    await takePictures(page, 'set-aside-4-presented');
    await page.keyboard.press('Escape');

    const film = inspector.getByRole('listitem').filter({ hasText: '1941' });
    await film.getByRole('button', { name: 'Edit…' }).click();
    const text = page.getByRole('dialog').getByLabel(/The item as text/);
    await expect.poll(() => text.inputValue()).toContain('1941');
    await text.fill((await text.inputValue()).replace('"Title": 1941', '"Title": "1941"'));
    // What the edit changes, and what the re-run does, are said before.
    await expect
      .poll(() => page.getByRole('dialog').getByRole('row', { name: /Title/ }).innerText())
      .toMatch(/Title\s+1941 number\s+1941 text/);
    await page.getByRole('dialog').getByText('Takes back in').waitFor();
    await takePictures(page, 'set-aside-5-edit');
    await bringAxe(page);
    expect(await violations(page)).toEqual([]);
    await page.getByRole('dialog').getByRole('button', { name: 'Take back in' }).click();
    await page.getByRole('heading', { name: 'Completed, 9 set aside', level: 1 }).waitFor({ timeout: 30_000 });
    expect(complaints).toEqual([]);
  } finally {
    await studio.stop();
  }
}, 180_000);
