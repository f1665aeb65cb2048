import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Browser, Page } from 'playwright';
import { temporaryFolder } from '../support/runs.ts';
import { bringAxe, violations } from './axe.ts';
import { launchBrowser, openPage, serveStudio, workspaceWith, type ServedStudio } from './studio.ts';
import { takePicture } from './pictures.ts';

/* An error with a chain of causes, through a library; and causes whose messages differ in values. */

const LIBRARY = `export const retrying = work => inner(work);
const inner = work => [1].map(() => work())[0];
`;
const FLOW = `import { cronflow } from 'cronflow';
// @ts-ignore
import { retrying } from 'retrying';
cronflow.define({ id: 'films', name: 'Films' })
  .forEach({ id: 'films', explain: error => error.name === 'StoreError' ? 'The list of films could not be read.' : '' }, [1, 2, 3, 4], (film, flow) => {
    flow.step('read', () => {
      if (film === 1) {
                                                                                                      return serve();
      }
      throw new Error("film '" + film + "' has no title");
    });
  }, { tolerateFailures: '100%' });

function serve() {
  try {
    return retrying(() => { throw Object.assign(new Error('disk quota exceeded'), { code: 'EDQUOT' }); });
  } catch (cause) {
    const error = new Error('the store cannot be read', { cause });
    error.name = 'StoreError';
    throw error;
  }
}
`;
let browser: Browser;
let studio: ServedStudio;
let page: Page;
let complaints: string[];

beforeEach(async () => {
  browser = await launchBrowser();
  const folder = temporaryFolder();
  const workspace = workspaceWith(folder, []);
  const library = path.join(workspace, 'node_modules', 'retrying');
  mkdirSync(library, { recursive: true });
  writeFileSync(path.join(library, 'package.json'), '{"name":"retrying","type":"module","exports":"./index.js"}');
  writeFileSync(path.join(library, 'index.js'), LIBRARY);
  writeFileSync(path.join(workspace, 'films.ts'), FLOW);
  studio = await serveStudio(workspace, path.join(folder, 'data'));
  ({ page, complaints } = await openPage(browser, studio.url));
});
afterEach(async () => {
  await studio?.stop();
  await browser?.close();
});

test('an error says each of its causes with its own lines, and a cause says in what its messages differ', async () => {
  await page.getByRole('button', { name: 'Run', exact: true }).first().click();
  await page.getByRole('dialog').getByRole('button', { name: 'Start' }).click();
  await page.getByRole('heading', { name: /4 failed batches tolerated/, level: 1 }).waitFor();

  const problems = page.getByRole('region', { name: 'Problems' });
  const varies = problems.locator('.varies');
  await varies.waitFor();
  // One of the values stands for all, and the others are told.
  expect(await varies.evaluate(mark => [mark.firstChild?.textContent, mark.getAttribute('title')])).toEqual([
    '2',
    'Differs from batch to batch, such as 2, 3, 4',
  ]);
  expect(await page.evaluate<string>("getComputedStyle(document.querySelector('.varies')).borderBottomStyle")).toBe(
    'dashed',
  );

  const id = await page.evaluate<string>('location.hash').then(hash => /run\/(\d+)/.exec(hash)?.[1]);
  await page.goto(new URL(`#/run/${id}/graph?node=films&batch=0&tab=error`, page.url()).href);
  const view = page.locator('.error-view');
  await view.locator('.hot-column').waitFor();
  const [explain] = await view.evaluate(element => [element.firstElementChild?.textContent]);
  expect(explain).toBe('The list of films could not be read.');
  // Without what all lines are indented by, and with what failed in view.
  const frame = view.locator('.error-card .code-view');
  const [inner, outer] = await Promise.all([frame.locator('.hot-column').boundingBox(), frame.boundingBox()]);
  expect(inner && outer && inner.x >= outer.x && inner.x + inner.width <= outer.x + outer.width).toBe(true);

  const cause = view.locator('.error-reason');
  await cause.getByText('Error: disk quota exceeded').waitFor();
  expect(await cause.getByText('EDQUOT').count()).toBe(1);
  const frames = cause.getByRole('list', { name: 'Frames' });
  expect(await frames.getByRole('button').first().innerText()).toMatch(/films\.ts:\d+/);
  const folded = frames.getByText(/^\d+ library frames? folded$/);
  await folded.waitFor();
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await takePicture(page, `error-card-${colorScheme}`);
  }
  await folded.click();
  await frames.getByText(/node_modules\/retrying\/index\.js:2/).waitFor();
  await bringAxe(page);
  expect(await violations(page, '.error-view')).toEqual([]);
  expect(await violations(page, '.problems')).toEqual([]);
  expect(complaints).toEqual([]);
});
