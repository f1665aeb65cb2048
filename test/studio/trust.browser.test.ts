import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Browser } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Project } from '../support/project.ts';
import { temporaryFolder } from '../support/runs.ts';
import { bringAxe, violations } from './axe.ts';
import { takePicture, takePictures } from './pictures.ts';
import { launchBrowser, openPage, serveStudio } from './studio.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
});

const FLOW = Project.workflow(`note('executed');
cronflow.define({ id: 'rooms', name: 'Clean the rooms' }).batch({ id: 'each', title: 'Each room' }, { items: [1, 2, 3], size: 1 }, (rooms, flow) => {
  flow.step('clean', () => { if (rooms[0] === 2) throw new Error('Room 2 is locked'); });
});`);

test('a folder is asked about once, shows its runs until it is trusted, and is executed after that only', async () => {
  const project = new Project({ 'rooms.ts': FLOW, 'other.ts': FLOW.replaceAll('rooms', 'other') });
  expect(await project.cli(['run', 'rooms.ts'])).toMatchObject({ code: 1 });
  const before = project.ledger();
  const data = temporaryFolder();
  let studio = await serveStudio(project.folder, data, []);
  const { page, complaints } = await openPage(browser, studio.url);
  const dialog = page.getByRole('dialog', { name: 'Trust the authors of the files in this folder?' });
  const bar = page.getByRole('region', { name: 'Trust' });
  const workflows = page.getByRole('region', { name: 'Workflows' });
  try {
    await bringAxe(page);
    await dialog.waitFor();
    expect(await dialog.innerText()).toContain(project.folder);
    expect(await violations(page)).toEqual([]);
    await takePictures(page, 'trust-question');

    // What the keyboard does at once executes nothing.
    const browse = dialog.getByRole('button', { name: 'Browse without running' });
    await expect.poll(() => browse.evaluate(button => button.matches(':focus'))).toBe(true);
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached' });

    expect(await workflows.getByRole('listitem').allInnerTexts()).toEqual([
      expect.stringMatching(/other\.ts\s+not loaded/),
      expect.stringMatching(/rooms\.ts\s+not loaded/),
    ]);
    await page
      .getByRole('region', { name: 'Graph' })
      .getByRole('group', { name: /Each room/ })
      .waitFor();
    await page.getByRole('region', { name: 'Problems' }).getByText('Room 2 is locked').waitFor();
    const rerun = page.getByRole('button', { name: 'Re-run failed (1)' }).first();
    for (const button of [
      rerun,
      page.getByRole('button', { name: 'Run again…' }),
      workflows.getByRole('button', { name: 'New…' }),
    ]) {
      expect(await button.isDisabled()).toBe(true);
      expect(await button.getAttribute('title')).toContain('This folder is not trusted, so nothing is executed.');
    }
    expect(await bar.innerText()).toContain('nothing is executed');
    expect(await violations(page)).toEqual([]);
    await takePictures(page, 'trust-browsing');

    // The answer holds over a reload; keys ask again instead of running anything.
    await page.reload();
    await rerun.waitFor();
    await bar.waitFor();
    expect(await dialog.count()).toBe(0);
    await page.keyboard.press('Shift+R');
    await dialog.waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await bar.getByRole('button', { name: 'Trust folder…' }).focus();
    await page.keyboard.press('Enter');
    await dialog.waitFor();
    expect(project.ledger()).toEqual(before);
    expect(existsSync(path.join(data, 'trust'))).toBe(false);

    // A key that comes before the dialog has the focus is not for it.
    await expect.poll(() => dialog.locator(':focus').count()).toBe(1);
    await page.keyboard.press('Tab');
    await expect
      .poll(() => dialog.getByRole('button', { name: 'Trust and open' }).evaluate(button => button.matches(':focus')))
      .toBe(true);
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached' });
    await bar.waitFor({ state: 'detached' });
    await workflows
      .getByRole('button', { name: /Clean the rooms/ })
      .first()
      .waitFor();
    expect(await rerun.isEnabled()).toBe(true);
    await expect.poll(() => project.ledger().length).toBeGreaterThan(before.length);
    await takePictures(page, 'trust-trusted');

    await studio.stop();
    studio = await serveStudio(project.folder, data, []);
    const again = await openPage(browser, studio.url);
    await again.page
      .getByRole('region', { name: 'Workflows' })
      .getByRole('button', { name: /Clean the rooms/ })
      .first()
      .waitFor();
    expect(await again.page.getByRole('dialog').count()).toBe(0);
    expect([...complaints.filter(said => !/WebSocket|ERR_CONNECTION_REFUSED/.test(said)), ...again.complaints]).toEqual(
      [],
    );
    await again.page.context().close();
  } finally {
    await page.context().close();
    await studio.stop();
  }
}, 120_000);

test('a folder without runs says in the place of a graph why there is none', async () => {
  const project = new Project({ 'rooms.ts': FLOW });
  const studio = await serveStudio(project.folder, temporaryFolder(), []);
  const { page } = await openPage(browser, studio.url);
  try {
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    const graph = page.getByRole('region', { name: 'Graph' });
    await graph.getByRole('heading', { name: 'The files of this folder are not loaded' }).waitFor();
    await bringAxe(page);
    expect(await violations(page)).toEqual([]);
    await takePicture(page, 'trust-empty-dark');
    await graph.getByRole('button', { name: 'Trust folder…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Trust and open' }).click();
    await graph.getByRole('group', { name: /Each room/ }).waitFor();
  } finally {
    await page.context().close();
    await studio.stop();
  }
}, 60_000);
