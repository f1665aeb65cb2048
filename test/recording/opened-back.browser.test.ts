import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPage, serveStudio, workspaceWith, type ServedStudio } from '../studio/studio.ts';
import { launchBrowser, whyNoBrowser } from '../support/browser.ts';
import { cli } from '../support/cli.ts';

/* Files from somebody else: what a run says in them is text, and the Studio opens them without executing anything of them. */

const HOSTILE = '</script><script>window.wasRun=1</script><img src=x onerror="window.wasRun=1"><!--\u2028 <b>bold</b>';
const WORKFLOW = `import { cronflow } from 'cronflow';
const hostile = ${JSON.stringify(HOSTILE)};
cronflow.define({ id: 'hostile', name: 'Run ' + hostile, description: hostile })
  .forEach({ id: 'each', title: 'Each ' + hostile, label: () => hostile, explain: () => hostile }, [hostile, 2], (item, flow) => {
    flow.log(hostile);
    flow.step({ id: 'work', title: hostile }, () => {
      console.log(hostile);
      if (item === 2) throw new Error(hostile);
      return hostile;
    });
  });
`;

describe.skipIf(whyNoBrowser !== undefined)('a file from somebody else', () => {
  let folder: string;
  let browser: Browser;
  let studio: ServedStudio;
  const exported = () => path.join(folder, 'handed over.html');

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'cronflow-opened-'));
    const workspace = workspaceWith(folder, []);
    writeFileSync(path.join(workspace, 'hostile.ts'), WORKFLOW);
    await cli(['run', 'hostile.ts'], { cwd: workspace });
    const { code } = await cli(['export', '1', '--html', exported(), '--values'], { cwd: workspace });
    expect(code).toBe(0);
    const other = path.join(folder, 'other');
    workspaceWith(other, ['films.ts']);
    browser = await launchBrowser();
    studio = await serveStudio(path.join(other, 'workspace'), path.join(folder, 'data'));
  });

  afterAll(async () => {
    await browser?.close();
    await studio?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function choose(page: Page, name: string): Promise<void> {
    await page.keyboard.press('Control+K');
    const chooser = page.waitForEvent('filechooser');
    await page.getByRole('option', { name: /Open an exported run/ }).click();
    await (await chooser).setFiles(name);
  }

  async function looksAround(page: Page): Promise<void> {
    const summary = page.getByRole('region', { name: 'Run', exact: true });
    await expect.poll(() => summary.innerText()).toContain('1 of 2 batches failed');
    await page.locator('.problem').first().getByRole('button', { name: 'Show' }).click();
    const inspector = page.getByRole('region', { name: 'Inspector' });
    await expect.poll(() => inspector.innerText()).toContain('<script>window.wasRun=1</script>');
    await inspector.getByRole('tab', { name: 'Logs' }).click();
    await expect.poll(() => inspector.innerText()).toContain('<b>bold</b>');
    await page.getByRole('tab', { name: 'Batches', exact: true }).click();
    await page.getByRole('tab', { name: /^Logs/ }).first().click();
    await expect.poll(() => page.getByText('<b>bold</b>').count()).toBeGreaterThan(2);
    expect(await page.evaluate("'wasRun' in window")).toBe(false);
  }

  test('shows hostile titles, logs, labels and errors as the texts that they are', async () => {
    const context = await browser.newContext({ offline: true, reducedMotion: 'reduce' });
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('pageerror', error => complaints.push(String(error)));
    page.on('console', message => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    await page.goto(pathToFileURL(exported()).href);
    await looksAround(page);
    await expect.poll(() => page.title()).toContain('<script>');
    expect(complaints).toEqual([]);
    await context.close();
  });

  test('opens in the Studio in the place of the workspace, and is closed again', async () => {
    const { page, complaints } = await openPage(browser, studio.url);
    await page.getByText('Clean up the film list').first().waitFor();
    // Which panels a person has folded away, and how wide they are.
    const panels = async () =>
      await page.evaluate(
        "JSON.stringify(Object.entries(localStorage).filter(([key]) => key.includes('panels.closed')).sort())",
      );
    const before = await panels();
    await choose(page, exported());
    const bar = page.getByRole('region', { name: 'Exported file' });
    await expect.poll(() => bar.innerText()).toContain('with values');
    await looksAround(page);
    expect(await panels()).toBe(before);
    // Neither does anything of the workspace stay beside it.
    expect(await page.getByText('Clean up the film list').count()).toBe(0);
    await bar.getByRole('button', { name: 'Close the file' }).click();
    await page.getByText('Clean up the film list').first().waitFor();
    expect(await bar.count()).toBe(0);
    expect(await panels()).toBe(before);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test('that is no exported run, is cut off, or holds other things than a run is refused in a sentence', async () => {
    const text = readFileSync(exported(), 'utf8');
    const at = text.indexOf('data-part="0">') + 'data-part="0">'.length;
    const refused: readonly (readonly [string, string])[] = [
      ['<h1>Hello</h1>', 'is no run that Cronflow has exported'],
      [text.slice(0, at + 200), 'is no run that Cronflow has exported'],
      [`${text.slice(0, at)}AAAA${text.slice(at + 4)}`, 'This file is damaged'],
    ];
    const { page } = await openPage(browser, studio.url);
    await page.getByText('Clean up the film list').first().waitFor();
    for (const [index, [content, says]] of refused.entries()) {
      const name = path.join(folder, `refused-${index}.html`);
      writeFileSync(name, content);
      await choose(page, name);
      await expect.poll(() => page.getByRole('alert').innerText()).toContain(says);
      expect(await page.getByRole('region', { name: 'Exported file' }).count()).toBe(0);
    }
    await page.context().close();
  });
});
