import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { partsIn } from '../../common/recording/html.ts';
import { takePicture } from '../studio/pictures.ts';
import { openPage, serveStudio, workspaceWith } from '../studio/studio.ts';
import { launchBrowser, whyNoBrowser } from '../support/browser.ts';
import { cli } from '../support/cli.ts';

test.skipIf(whyNoBrowser !== undefined)(
  'Share in the Studio shows what is in the file before it is saved, hides values unless they are chosen, and the file opens',
  async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'cronflow-share-'));
    const workspace = workspaceWith(folder, ['films.ts']);
    await cli(['run', 'films.ts'], { cwd: workspace });
    const browser = await launchBrowser();
    const studio = await serveStudio(workspace, path.join(folder, 'data'));
    try {
      const { page, complaints } = await openPage(browser, studio.url);
      await page.getByRole('button', { name: 'Share…' }).click();
      const dialog = page.getByRole('dialog', { name: 'Share run 1' });
      const contents = dialog.getByRole('list', { name: 'What is in the file' });
      await expect.poll(() => contents.innerText()).toContain('Of each value its type and its length.');
      await takePicture(page, 'share');
      const save = async (name: string) => {
        const saved = page.waitForEvent('download');
        await dialog.getByRole('button', { name: /Save file/ }).click();
        const download = await saved;
        expect(download.suggestedFilename()).toBe('run-1.html');
        await download.saveAs(path.join(folder, name));
        return partsIn(readFileSync(path.join(folder, name), 'utf8')).length;
      };
      expect(await save('hidden.html')).toBeGreaterThan(1);
      await page.getByRole('button', { name: 'Share…' }).click();
      await dialog.getByRole('checkbox').check();
      await expect.poll(() => contents.innerText()).toContain('As they are in the run, with stacks.');
      await save('values.html');

      const context = await browser.newContext({ offline: true });
      for (const [name, says, saysNot] of [
        ['hidden.html', 'values hidden', '1776'],
        ['values.html', 'with values', '‹number'],
      ] as const) {
        const opened = await context.newPage();
        await opened.goto(pathToFileURL(path.join(folder, name)).href);
        await expect.poll(() => opened.getByRole('region', { name: 'Exported file' }).innerText()).toContain(says);
        await opened.locator('.problem').first().getByRole('button', { name: 'Show' }).click();
        const inspector = opened.getByRole('region', { name: 'Inspector' });
        await inspector.getByRole('tab', { name: 'Input', exact: true }).click();
        await expect.poll(() => inspector.innerText()).toContain('100 items');
        expect(await inspector.innerText()).not.toContain(saysNot);
      }
      expect(complaints).toEqual([]);
    } finally {
      await browser.close();
      await studio.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  },
);
