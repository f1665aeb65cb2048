import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { temporaryFolder } from '../support/runs.ts';
import { launchBrowser, openPage, serveStudio, workspaceWith } from './studio.ts';

/** Runs until it is cancelled. */
const ENDLESS = `import { cronflow } from 'cronflow';
import { setTimeout as wait } from 'node:timers/promises';
cronflow.define({ id: 'endless', name: 'No end in sight' })
  .batch('each', { items: [1, 2, 3, 4], size: 1, concurrency: 2 }, (batch, flow) => {
    flow.step('work', async ctx => { await wait(600_000, undefined, { signal: ctx.signal }); });
  });
`;

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
});

test('a key does one thing: it never reaches what lies behind a dialog, and a cancel says first what is lost', async () => {
  const folder = temporaryFolder();
  const workspace = workspaceWith(folder, []);
  writeFileSync(path.join(workspace, 'endless.ts'), ENDLESS);
  const studio = await serveStudio(workspace, path.join(folder, 'data'));
  const { page, complaints } = await openPage(browser, studio.url);
  const dialog = page.getByRole('dialog');
  const cancel = page.getByRole('button', { name: 'Cancel', exact: true });
  try {
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await page.getByRole('button', { name: 'Start' }).click();
    await page.getByRole('button', { name: 'Pause', exact: true }).waitFor();
    await expect
      .poll(() => page.getByRole('region', { name: 'Run', exact: true }).innerText())
      .toContain('2 running + 2 waiting');

    // The palette gives the focus back to the button it was opened over.
    await cancel.focus();
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Search or run a command' }).fill('theme: light');
    await page.keyboard.press('Enter');
    await page.locator(':root[data-theme="light"]').waitFor();
    expect(await dialog.count()).toBe(0);
    expect(await cancel.count()).toBe(1);

    await cancel.click();
    expect(await dialog.innerText()).toMatch(/2 batches that are running[\s\S]*2 batches that wait/);
    await page.keyboard.press('Control+k');
    expect(await dialog.innerText()).toContain('Cancel run 1?');
    // Enter presses the button that has the focus: the one that ends nothing.
    await dialog.locator('button:focus', { hasText: 'Keep running' }).waitFor();
    await page.keyboard.press('Enter');
    await expect.poll(() => dialog.count()).toBe(0);
    await cancel.waitFor();

    await page.keyboard.press('p');
    await page.keyboard.press('b');
    await page.keyboard.press('?');
    await dialog.waitFor();
    await page.keyboard.press('Escape');
    await expect.poll(() => dialog.count()).toBe(0);
    await page.getByRole('main', { name: 'Presentation' }).waitFor();
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Search or run a command' }).fill('cancel the run');
    await page.keyboard.press('Enter');
    await dialog.getByRole('button', { name: 'Keep running' }).click();
    await page.keyboard.press('Escape');
    await page.getByRole('tab', { name: 'Graph', exact: true, selected: true }).waitFor();

    await cancel.click();
    await dialog.getByRole('button', { name: 'Cancel the run' }).click();
    await page.getByRole('heading', { name: 'Cancelled', level: 1 }).waitFor();
    expect(complaints).toEqual([]);
  } finally {
    await page.context().close();
    await studio.stop();
  }
});
