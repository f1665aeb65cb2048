import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser, Page } from 'playwright';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { temporaryFolder } from '../support/runs.ts';
import { launchBrowser, openPage, serveStudio, workspaceWith, type ServedStudio } from './studio.ts';

/* The code around the line that failed, in an inspector that is as narrow as it may be. */

const LONG = `import { cronflow } from 'cronflow';
cronflow.define({ id: 'long', name: 'A long line' })
  .forEach('rows', [1], (row, flow) => {
    flow.step('check', () => {
      const theRowThatIsChecked = { value: row, name: undefined as unknown as string }; return theRowThatIsChecked.name.trim();
    });
  });
`;

let browser: Browser;
let studio: ServedStudio;
let page: Page;

beforeEach(async () => {
  browser = await launchBrowser();
  const folder = temporaryFolder();
  const workspace = workspaceWith(folder, []);
  writeFileSync(path.join(workspace, 'long.ts'), LONG);
  studio = await serveStudio(workspace, path.join(folder, 'data'));
  ({ page } = await openPage(browser, studio.url));
});
afterEach(async () => {
  await studio?.stop();
  await browser?.close();
});

test('a long line wraps in a narrow inspector, so that its start and what failed are both in view', async () => {
  await page.getByRole('button', { name: 'Run', exact: true }).first().click();
  await page.getByRole('dialog').getByRole('button', { name: 'Start' }).click();
  await page.getByRole('heading', { name: /failed/, level: 1 }).waitFor();
  const id = await page.evaluate('location.hash').then(hash => /run\/(\d+)/.exec(String(hash))?.[1]);
  await page.goto(new URL(`#/run/${id}/batches?node=rows&batch=0&tab=error`, page.url()).href);
  const frame = page.locator('.error-card .code-view');
  await frame.locator('.hot-column').waitFor();

  /** Whether the start of the line, and what failed in it, are inside the frame. */
  const inView = async (part: '.hot-line' | '.hot-column') => {
    const [inner, outer] = await Promise.all([frame.locator(part).boundingBox(), frame.boundingBox()]);
    if (!inner || !outer) throw new Error('The frame is not on the page.');
    return inner.x >= outer.x && (part === '.hot-line' || inner.x + inner.width <= outer.x + outer.width);
  };
  const separator = page.getByRole('separator', { name: 'Width of the inspector' });
  const handle = await separator.boundingBox();
  if (!handle) throw new Error('The inspector has no separator.');
  await page.mouse.move(handle.x + handle.width / 2, 400);
  await page.mouse.down();
  await page.mouse.move(1_440 - 270, 400, { steps: 5 });
  await page.mouse.up();
  await expect.poll(async () => (await frame.boundingBox())?.width).toBeLessThan(340);
  await expect.poll(() => inView('.hot-line')).toBe(true);
  await expect.poll(() => inView('.hot-column')).toBe(true);
});
