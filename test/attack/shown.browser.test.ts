import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, onTestFailed, test } from 'vitest';
import { createHost, type Host } from '../../host/host.ts';
import { serve, type Served } from '../../host/browser/serve.ts';
import { launchBrowser, whyNoBrowser } from '../support/browser.ts';
import { COMPILE_CACHE } from '../support/cli.ts';
import { Project } from '../support/project.ts';
import { openPage } from '../studio/studio.ts';
import { BROKEN, FILE_NAME, HEBREW, HOSTILE, WORKFLOW } from './hostile-workflow.ts';

process.env.NODE_COMPILE_CACHE ??= COMPILE_CACHE;

/** To be looked at: `CRONFLOW_PICTURES=<folder> npx vitest run test/attack/shown.browser.test.ts` */
const pictures = process.env.CRONFLOW_PICTURES;

describe.skipIf(whyNoBrowser !== undefined || process.platform === 'win32')(
  'what a workflow says and is called, whatever it is',
  () => {
    let project: Project;
    let host: Host;
    let served: Served;
    let browser: Browser;
    const defects: unknown[] = [];

    const editor = process.env.CRONFLOW_EDITOR;

    beforeAll(async () => {
      process.env.CRONFLOW_EDITOR = `/nowhere/${HOSTILE.replaceAll('/', '|')}`;
      project = new Project({ [`${FILE_NAME}.ts`]: WORKFLOW, [`broken ${FILE_NAME}.ts`]: BROKEN });
      host = await createHost({
        folder: project.folder,
        trustForThisLaunch: true,
        shell: 'browser',
        onDefect: defect => defects.push(defect),
      });
      served = await serve({ host, page: path.resolve(import.meta.dirname, '../../out/renderer'), port: 0 });
      browser = await launchBrowser();
    });
    afterAll(async () => {
      await browser?.close();
      await served?.close();
      await host?.close();
      if (editor === undefined) delete process.env.CRONFLOW_EDITOR;
      else process.env.CRONFLOW_EDITOR = editor;
    });

    test.each(pictures === undefined ? (['dark'] as const) : (['dark', 'light'] as const))(
      'is shown as text in every panel, and nothing else on the page is any the worse for it (%s)',
      async colorScheme => {
        const { page, complaints } = await openPage(browser, served.url, { colorScheme });
        page.setDefaultTimeout(40_000);
        onTestFailed(async () => {
          if (pictures !== undefined) await page.screenshot({ path: path.join(pictures, `${colorScheme}-failed.png`) });
        });
        const region = (name: string) => page.getByRole('region', { name, exact: true });
        const inspector = region('Inspector');
        let pictureNumber = 0;
        const check = async (what: string): Promise<void> => {
          await expect
            .poll(
              () =>
                page.evaluate(
                  "[...document.querySelectorAll('.empty, .graph-drawing, .modal-body > p')].filter(said => /^(Loading|Drawing|Working)/.test(said.textContent)).length",
                ),
              { message: what, timeout: 40_000 },
            )
            .toBe(0);
          expect(await faults(page), what).toEqual([]);
          expect(complaints, what).toEqual([]);
          if (pictures !== undefined) {
            mkdirSync(pictures, { recursive: true });
            await page.screenshot({
              path: path.join(
                pictures,
                `${colorScheme}-${String(++pictureNumber).padStart(2, '0')}-${what.replaceAll(/\W+/g, '-')}.png`,
              ),
            });
          }
        };

        // Workflows, before any run; and one that does not load.
        await region('Workflows').getByRole('button', { name: HEBREW }).first().waitFor();
        await region('Workflows')
          .getByRole('button', { name: /broken/ })
          .click();
        await region('Graph').getByRole('alert').waitFor();
        await check('a file that does not load');
        await region('Workflows').getByRole('button', { name: HEBREW }).last().click();
        await region('Graph').getByRole('group', { name: /First/ }).waitFor();
        await check('the graph before a run');

        if ((await page.getByRole('button', { name: 'Run', exact: true }).count()) > 0) {
          await page.getByRole('button', { name: 'Run', exact: true }).click();
          await page.getByRole('dialog').waitFor();
          await check('the run dialog');
          await page.getByRole('button', { name: 'Start' }).click();
        }
        await page.getByRole('button', { name: 'Re-run failed (8)' }).waitFor();
        await check('the graph of the run');

        const tabs = async (of: string, names: readonly string[]): Promise<void> => {
          for (const name of names) {
            await inspector.getByRole('tab', { name, exact: true }).click();
            await inspector.getByRole('tabpanel', { name }).waitFor();
            await check(`${of}, ${name}`);
          }
        };
        // What a batch shows of these is the same: they are walked through again only for somebody who looks.
        const again = pictures === undefined ? [] : ['Input', 'Output', 'Logs', 'Source'];
        await tabs('the run', ['Summary', 'State', ...again]);
        await inspector.getByRole('tab', { name: 'State', exact: true }).click();
        await inspector
          .getByRole('button', { name: /writes/ })
          .first()
          .click();
        await check('the history of a key');

        for (const [title, names] of [
          [/First/, ['Summary', 'Output', 'Logs', 'Attempts']],
          [/^many/, ['Output']],
        ] as const) {
          await region('Graph').getByRole('group', { name: title }).focus();
          await page.keyboard.press('Enter');
          await tabs(String(title), names);
        }
        await inspector.getByRole('tab', { name: 'Output', exact: true }).click();

        await region('Problems').getByRole('button', { name: 'Show' }).first().click();
        await inspector.getByRole('heading', { name: /Batch 3/ }).waitFor();
        await tabs('a batch', ['Summary', 'Input', 'Output', 'Error', 'Logs', 'Attempts', 'State', 'Source']);

        await page.getByRole('tab', { name: 'Batches' }).click();
        await region('Batches')
          .getByRole('row', { name: /, failed/ })
          .first()
          .click();
        await check('the map and the table');
        await region('Batches').getByLabel('Colour by').selectOption('cause');
        await check('the map by cause');
        await page.getByRole('tab', { name: 'Timeline' }).click();
        await region('Timeline').getByRole('button').first().waitFor();
        await check('the timeline');
        await page.getByRole('tab', { name: 'Compare' }).click();
        await check('the passes side by side');
        await page.getByRole('tab', { name: 'Graph' }).click();

        for (const name of ['Logs', 'Playback']) {
          await page.getByRole('tablist', { name: 'Problems, logs and playback' }).getByRole('tab', { name }).click();
          await check(`${name} below`);
        }
        await page
          .getByRole('tablist', { name: 'Problems, logs and playback' })
          .getByRole('tab', { name: /Problems/ })
          .click();

        await region('Problems')
          .getByRole('button', { name: /Re-run/ })
          .first()
          .click();
        const dialog = page.getByRole('dialog');
        await dialog.getByText('Re-runs', { exact: true }).waitFor();
        await check('the dialog of a re-run');
        await dialog.getByRole('button', { name: 'Cancel' }).click();
        await inspector.getByRole('button', { name: 'Edit items…' }).click();
        await dialog.getByRole('textbox').waitFor();
        await check('the items to be edited');
        await dialog.getByRole('button', { name: 'Cancel' }).click();

        await page.keyboard.press('Control+k');
        await page.getByRole('combobox', { name: 'Search or run a command' }).fill('12');
        await check('the palette');
        await page.keyboard.press('Escape');

        // Something that goes wrong and has to be told, with a name of theirs in it.
        await page.evaluate('document.querySelector(".source-chip")?.click()');
        await page.getByRole('alert').getByRole('button', { name: 'Close' }).waitFor();
        await check('a notice');
        await page.getByRole('alert').getByRole('button', { name: 'Close' }).click();

        await page.keyboard.press('p');
        await page.getByRole('main', { name: 'Presentation' }).waitFor();
        await check('the presentation');
        await page.keyboard.press('Escape');

        // All of it has been seen, and the page does as it is told.
        await page.getByRole('button', { name: 'Re-run failed (8)' }).click();
        await dialog.getByText('Re-runs', { exact: true }).waitFor();
        await dialog.getByRole('button', { name: 'Cancel' }).click();
        expect(defects).toEqual([]);
        await page.context().close();
      },
      180_000,
    );
  },
);

/** What is wrong with the page as it stands; runs in it. */
async function faults(page: Page): Promise<string[]> {
  return await page.evaluate<string[]>(`(() => {
    const found = [];
    if ('__pwned' in window) found.push('a script of theirs has run');
    if (document.title.length > 260 || /[\\u0000-\\u001f\\u007f-\\u009f\\u202a-\\u202e\\u200e\\u200f]/.test(document.title)) found.push('the window is called ' + document.title);
    for (const made of document.querySelectorAll('img:not(.cm-widgetBuffer), iframe, object, embed, body script, body style:not(:empty), form:not(.modal-form), a[href^="javascript"], [onload], [onerror], [onclick], [onmouseover]')) found.push('an element was made: ' + made.outerHTML.slice(0, 200));
    const { scrollWidth, scrollHeight } = document.documentElement;
    if (scrollWidth > innerWidth || scrollHeight > innerHeight) found.push('the page scrolls: ' + scrollWidth + ' x ' + scrollHeight);
    for (const part of document.querySelectorAll('header.header > *, .panel, .run-summary, .run-summary > *, .modal, .modal > *, .palette, .inspector-head, .inspector-body, .inspector-actions > *, .drawer-head, .notice, .notice > *, main')) {
      const { left, right, top, bottom, width } = part.getBoundingClientRect();
      if (width > 0 && (left < -1 || right > innerWidth + 1 || top < -1 || bottom > innerHeight + 1)) found.push('out of the window: ' + part.className + ' ' + [left, right, top, bottom].map(Math.round));
    }
    for (const part of document.querySelectorAll('.panel, .centre, .modal, .palette, .present-card, .compare-attempt')) {
      const { left, right } = part.getBoundingClientRect();
      for (const inside of part.querySelectorAll('button, input, select, textarea, canvas, h1, h2, h3, p, .code-view')) {
        const { left: from, right: to, width } = inside.getBoundingClientRect();
        if (width > 0 && (from < left - 1 || to > right + 1) && !inside.closest('.react-flow, .cm-editor, .compare-scroll')) found.push('out of its panel: ' + inside.tagName + ' ' + inside.className + ' ' + inside.textContent.slice(0, 40) + ' ' + [left, right, from, to].map(Math.round));
      }
    }
    const marks = /[\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066\\u2067]/;
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
    for (let node = texts.nextNode(); node; node = texts.nextNode()) {
      for (const text of node.nodeType === 3 ? [node.data] : [node.getAttribute('aria-label'), node.getAttribute('title')]) {
        if (text === null || (node.nodeType === 1 && node.closest('svg [aria-hidden="true"]'))) continue;
        const where = (node.nodeType === 3 ? node.parentElement : node).className + ': ' + JSON.stringify(text.slice(0, 80));
        if (marks.test(text)) found.push('marks that move text, in ' + where);
        if (!text.isWellFormed()) found.push('half a character, in ' + where);
        if (text.split('\\u2068').length !== text.split('\\u2069').length) found.push('set apart by halves, in ' + where);
        if (/[\\u0590-\\u05ff]/.test(text.replace(/\\u2068[^]*?\\u2069/g, '')) && !node.parentElement.closest('.cm-editor, textarea, pre')) found.push('not set apart: ' + where);
      }
    }
    return [...new Set(found)].slice(0, 10);
  })()`);
}
