import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStore } from '../../engine/store/open.ts';
import { failureCauses } from '../../engine/store/queries.ts';
import { StoreConnection } from '../../host/store/store-connection.ts';
import { runSnapshot } from '../../host/store/runs.ts';
import { launchBrowser, whyNoBrowser } from '../support/browser.ts';
import { cli } from '../support/cli.ts';
import { Project } from '../support/project.ts';
import { workspaceWith } from '../studio/studio.ts';

/* A run as one file, opened from disk in a browser that has no network. */

describe.skipIf(whyNoBrowser !== undefined)('an exported file', () => {
  let folder: string;
  let workspace: string;
  let browser: Browser;
  const file = () => path.join(folder, 'films.html');

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'cronflow-exported-'));
    workspace = workspaceWith(folder, ['films.ts']);
    await cli(['run', 'films.ts'], { cwd: workspace });
    await cli(['find', '1', '--yes'], { cwd: workspace });
    const { code, stderr } = await cli(['export', '1', '--html', file()], { cwd: workspace });
    expect(code).toBe(0);
    // What is in it is said where it is written.
    expect(stderr).toContain('33 batches: status, number of items');
    expect(stderr).toMatch(/hidden +Payload, items, outputs, state and the result/);
    expect(stderr).toMatch(/not in it +Source code/);
    const json = await cli(['export', '1', '--html', file(), '--json'], { cwd: workspace });
    expect(json.events.at(-1)).toMatchObject({ event: 'exported', run: '1', file: file() });
    browser = await launchBrowser();
  });

  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** @returns what the page complained of, and what it asked of a network */
  async function opened(
    name = file(),
    options: {
      readonly width?: number;
      readonly height?: number;
      readonly colorScheme?: 'dark' | 'light';
      readonly locale?: string;
    } = {},
  ): Promise<{ page: Page; complaints: string[]; asked: string[] }> {
    const { width = 1440, height = 900, colorScheme = 'dark', locale = 'en-US' } = options;
    const context = await browser.newContext({
      viewport: { width, height },
      colorScheme,
      locale,
      reducedMotion: 'reduce',
      offline: true,
    });
    const page = await context.newPage();
    const complaints: string[] = [];
    const asked: string[] = [];
    page.on('pageerror', error => complaints.push(String(error)));
    page.on('console', message => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('request', request => {
      if (!/^(?:file|data|blob):/.test(request.url())) asked.push(request.url());
    });
    await page.goto(pathToFileURL(name).href);
    await page.getByRole('region', { name: 'Run', exact: true }).waitFor();
    return { page, complaints, asked };
  }

  test('shows counts, causes and items at fault as the store has them, and asks nothing of a network', async () => {
    const store = new StoreConnection(path.join(workspace, '.cronflow', 'runs.db'), workspace);
    const db = openStore(store.file, { mode: 'read' });
    const { progress } = runSnapshot(store, 1);
    const causes = failureCauses(db, 1, 10);
    db.close();
    store.close();
    const { page, complaints, asked } = await opened();
    const summary = page.getByRole('region', { name: 'Run', exact: true });
    const number = (count: number) => count.toLocaleString('en');
    await expect
      .poll(() => summary.innerText())
      .toContain(`${progress.batches.failed} of ${progress.batches.total} batches failed`);
    await expect.poll(() => summary.innerText()).toContain(`${number(progress.items.total)} films`);
    await expect.poll(() => summary.innerText()).toContain(`${number(progress.items.succeeded)} done`);
    await expect.poll(() => summary.innerText()).toContain(`${number(progress.items.failed)} failed`);
    const problems = page.locator('.problem');
    await expect.poll(() => problems.count()).toBe(causes.length);
    const texts = await problems.allInnerTexts();
    for (const [at, cause] of causes.entries()) {
      expect(texts[at]).toContain(`${cause.batches} batch${cause.batches === 1 ? '' : 'es'}`);
      // These messages and explanations are made of words of the code.
      expect(texts[at]).toContain(cause.message);
      expect(texts[at]).toContain(cause.explain);
    }
    await expect.poll(() => page.getByText('10 films are at fault, 490 wait with them').count()).toBe(1);
    expect({ complaints, asked }).toEqual({ complaints: [], asked: [] });
    await page.context().close();
  });

  test('has graph, batches, timeline, compare, inspector, logs and playback, and nothing that acts', async () => {
    const { page, complaints } = await opened();
    await expect.poll(() => page.locator('.graph-card').count()).toBeGreaterThan(5);
    await page.locator('.problem').first().getByRole('button', { name: 'Show' }).click();
    const inspector = page.getByRole('region', { name: 'Inspector' });
    await inspector.getByRole('tab', { name: 'Input' }).click();
    // A number where a title should be: its type and length, and not what it says.
    await expect.poll(() => inspector.innerText()).toContain('‹number, 4 digits›');
    expect(await inspector.innerText()).not.toMatch(/1776|1941|Untitled/);
    await inspector.getByRole('tab', { name: 'Attempts' }).click();
    await expect.poll(() => inspector.innerText()).toContain('Tidy titles');
    for (const view of ['Batches', 'Timeline', 'Compare', 'Graph'])
      await page.getByRole('tab', { name: view, exact: true }).click();
    await page.getByRole('tab', { name: 'Batches', exact: true }).click();
    await expect.poll(() => page.getByRole('row').count()).toBeGreaterThan(4);
    await page.getByRole('tab', { name: 'Logs' }).first().click();
    await page.getByRole('tab', { name: 'Playback' }).click();
    const playback = page.getByRole('region', { name: 'Playback' });
    await playback.getByRole('button', { name: /Play/ }).click();
    await expect.poll(() => playback.getByRole('slider').getAttribute('aria-valuetext')).not.toBe('0 ms');
    const buttons = await page.getByRole('button').allInnerTexts();
    const acts =
      /re-run|run again|resume|cancel\b|set aside [^0]|find|edit|trust|editor|delete|export|share|accept|pin|debug/i;
    expect(buttons.filter(text => acts.test(text))).toEqual([]);
    // Nor do its keys and its palette.
    await page.keyboard.press('Shift+R');
    await page.keyboard.press('Control+K');
    await page.getByRole('dialog').waitFor();
    const offered = await page.getByRole('option').allInnerTexts();
    expect(offered.length).toBeGreaterThan(5);
    expect(
      offered.filter(text => /re-run|new workflow|trust|find the items|editor|share|workflows and runs/i.test(text)),
    ).toEqual([]);
    await page.keyboard.press('Escape');
    // Nobody looks for anything while it is presented.
    await page.getByRole('button', { name: 'Present' }).click();
    await expect.poll(() => page.getByText('2,701 are done').count()).toBeGreaterThan(0);
    expect(await page.getByRole('alert').count()).toBe(0);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test('says what is in it, and fits a phone', async () => {
    const { page, complaints } = await opened(file(), { width: 390, height: 844, colorScheme: 'light' });
    await page.getByRole('button', { name: 'What is in this file?' }).click();
    const contents = page.getByRole('list', { name: 'What is in the file' });
    await expect.poll(() => contents.innerText()).toContain('Of each value its type and its length.');
    await page.getByRole('button', { name: 'Close', exact: true }).click();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test('gives the graph the room beside an inspector that is folded away', async () => {
    const { page, complaints } = await opened(file(), { width: 1024, height: 768 });
    const rail = page.getByRole('complementary', { name: 'Inspector, folded away' });
    await expect.poll(async () => (await rail.boundingBox())?.width).toBeLessThanOrEqual(40);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test('says in German what it is, and is presented in it, where the system speaks it', async () => {
    const { page, complaints } = await opened(file(), { locale: 'de-DE' });
    const bar = page.getByRole('region', { name: 'Exportierte Datei' });
    await expect.poll(() => bar.innerText()).toMatch(/Aufgezeichnet \d+\.\d+\.\d+.*, Werte verborgen/);
    await bar.getByRole('button', { name: 'Was ist in dieser Datei?' }).click();
    await page.getByRole('dialog', { name: 'Was in dieser Datei ist' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Present' }).click();
    await expect.poll(() => page.getByRole('main').innerText()).toContain('2.701 sind fertig');
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test('says at a step that has run another workflow that those runs are not in it', async () => {
    const project = new Project({
      'shop.ts': Project.workflow(`
cronflow.define({ id: 'shop', name: 'Shop' })
  .subflow({ id: 'bill', title: 'Write the bill' }, 'bill')
  .forEach('orders', [1, 2], (_, flow) => { flow.subflow({ id: 'ship', title: 'Ship it' }, 'bill'); });
cronflow.define({ id: 'bill' }).step('one', () => 1);
`),
    });
    const shop = path.join(folder, 'shop.html');
    expect(await project.cli(['run', 'shop.ts', '--workflow', 'shop'])).toMatchObject({ code: 0 });
    const { stderr } = await project.cli(['export', '1', '--html', shop]);
    expect(stderr).toMatch(/not in it +Other runs +Nothing of them, nor of the runs that its steps have started/);
    const { page, complaints } = await opened(shop);
    await expect.poll(() => page.getByText('Every item in order.').count()).toBe(1);
    expect(await page.getByText(/to re-run them/).count()).toBe(0);
    const note = page.getByRole('region', { name: 'Runs of this step' });
    for (const step of ['Write the bill', 'Ship it']) {
      await page
        .getByRole('group', { name: new RegExp(`^${step}, runs bill`) })
        .first()
        .click();
      await page.getByRole('region', { name: 'Inspector' }).getByText(step).first().waitFor();
      await expect.poll(() => note.innerText()).toContain('The runs that this step has started are not in it.');
      expect(await note.getByRole('button').count()).toBe(0);
    }
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test('allows no script but its own', async () => {
    const text = readFileSync(file(), 'utf8');
    const policy = /<meta http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(text)?.[1] ?? '';
    expect(policy).toMatch(
      /^default-src 'none'; script-src 'sha256-[\w+/=]+'; style-src 'unsafe-inline'; worker-src blob:; img-src data:;/,
    );
    const { page } = await opened();
    const ran = await page.evaluate(`(async () => {
      const script = document.createElement('script');
      script.textContent = 'window.wasRun = true';
      document.body.append(script);
      document.body.insertAdjacentHTML('beforeend', '<img src=x onerror="window.wasRun = true">');
      await new Promise(resolve => setTimeout(resolve, 50));
      const answer = await fetch('data:text/plain,x').then(() => 'reached', () => 'refused');
      return { ran: 'wasRun' in window, answer };
    })()`);
    expect(ran).toEqual({ ran: false, answer: 'refused' });
    await page.context().close();
  });
});
