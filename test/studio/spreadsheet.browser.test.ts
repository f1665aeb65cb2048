import { readFileSync } from 'node:fs';
import path from 'node:path';
import { readXlsx, writeXlsx, type CellValue } from 'hucre/xlsx';
import type { Browser, Download, Page } from 'playwright';
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

/** What a colleague does in another program: each title that is no text becomes one, and the file is saved under their name. */
async function corrected(download: Download, by: string): Promise<Uint8Array> {
  const { sheets } = await readXlsx(readFileSync(await download.path()));
  const rows: CellValue[][] = sheets[0]?.rows ?? [];
  const [columns = []] = rows;
  const at = columns.indexOf('Title');
  for (const row of rows.slice(1)) row[at] = row[at] === null ? 'Untitled (2006)' : String(row[at]);
  return await writeXlsx({ sheets: [{ name: 'Items', rows }], properties: { lastModifiedBy: by } });
}

/** As if dragged from a folder. */
async function drop(page: Page, name: string, bytes: Uint8Array): Promise<void> {
  const file = `new File([Uint8Array.from(${JSON.stringify([...bytes])})], ${JSON.stringify(name)})`;
  await page.evaluate(`{
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(${file});
    for (const kind of ['dragover', 'drop'])
      document.body.dispatchEvent(new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer }));
  }`);
}

test('the films at fault go out as a workbook, come back corrected by a colleague, are tried, and the run ends green', async () => {
  const folder = temporaryFolder();
  const workspace = workspaceWith(folder, ['films.ts']);
  const call = async (...args: string[]) => await cli(args, { cwd: workspace });
  const studio = await serveStudio(workspace, path.join(folder, 'data'));
  try {
    const { page, complaints } = await openPage(browser, studio.url);
    // Later, the latest run is open by itself.
    await drop(page, 'fixed.xlsx', Buffer.from('PK'));
    await page.getByText('Open the run that fixed.xlsx belongs to, then drop it here again.').waitFor();
    expect((await call('run', 'films.ts', '--json')).code).toBe(1);
    expect((await call('find', '1', '--yes', '--seconds', '100', '--json')).events.at(-1)).toMatchObject({ items: 10 });
    await page.getByRole('region', { name: 'Runs' }).getByText('Run 1').click();
    const problems = page.getByRole('region', { name: 'Problems' });
    await problems.getByRole('button', { name: 'Spreadsheet…' }).click();
    await takePictures(page, 'spreadsheet-1-menu');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('menuitem', { name: 'Save for a spreadsheet' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('run-1-items.xlsx');
    const fixed = await corrected(download, 'Maria Lopez');

    // What is none of its files is refused in a sentence.
    await drop(page, 'other.csv', Buffer.from('a,b\n1,2\n'));
    await page
      .getByText(
        'other.csv cannot be taken back: it has no column cronflow:key. Correct a file that “Save for a spreadsheet” has written.',
      )
      .waitFor();

    await drop(page, 'fixed.xlsx', fixed);
    const dialog = page.getByRole('dialog', { name: 'Take back fixed.xlsx' });
    await expect
      .poll(() => dialog.innerText(), { timeout: 60_000 })
      .toMatch(/10 of 10 films pass the test\. Nothing is stored yet/);
    await takePictures(page, 'spreadsheet-2-compared');
    await bringAxe(page);
    expect(await violations(page)).toEqual([]);
    await expect.poll(() => dialog.innerText()).toMatch(/1941 number\s+1941 text/);
    await expect.poll(() => dialog.innerText()).toContain('The run notes: “10 cells corrected by Maria Lopez”');
    await dialog.getByRole('button', { name: 'Re-run 5 batches' }).click();
    await page.getByRole('heading', { name: 'Completed', level: 1 }).waitFor({ timeout: 30_000 });
    await expect
      .poll(() => page.getByRole('region', { name: 'Run', exact: true }).innerText())
      .toMatch(/3,201 films = 3,201 done/);
    await page.getByRole('region', { name: 'Inspector' }).getByText('corrected by Maria Lopez').first().waitFor();

    // The same file again: its rows are of items that have changed.
    await drop(page, 'fixed.xlsx', fixed);
    await expect.poll(() => dialog.innerText()).toContain('10 rows are refused');
    await takePictures(page, 'spreadsheet-3-refused');
    expect(await dialog.getByRole('button', { name: 'Re-run' }).isEnabled()).toBe(false);
    await page.keyboard.press('Escape');
    expect(complaints).toEqual([]);
  } finally {
    await studio.stop();
  }
}, 180_000);
