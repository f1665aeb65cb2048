import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../support/runs.ts';
import { SHELVES } from '../support/shelves.ts';
import { launchBrowser, openPage, serveStudio, workspaceWith, type ServedStudio } from './studio.ts';

/** Takes its time, until a file named `hurry` lies beside it: nobody has to wait for what is not looked at. */
const SLOW = `import { cronflow } from 'cronflow';
import { existsSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
cronflow.define({ id: 'slow', name: 'Slow and steady' })
  .batch({ id: 'each', title: 'Each in its turn' }, { items: Array.from({ length: 60 }, (_, i) => i), size: 1, concurrency: 2 }, (batch, flow) => {
    flow.step('work', async ctx => { await wait(existsSync(new URL('./hurry', import.meta.url)) ? 0 : 400, undefined, { signal: ctx.signal }); console.log('did ' + batch[0]); return batch[0]; });
  });
`;

/** Everything a page could be made to run, or a terminal to obey. */
const HOSTILE = '<img src=x onerror="document.title=1"><script>document.title=1</script>\u001b[31mred\u202eback';

let browser: Browser;
let studio: ServedStudio;
let workspace: string;
let page: Page;
let complaints: string[];

beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
});
beforeEach(async () => {
  const folder = temporaryFolder();
  workspace = workspaceWith(folder, []);
  writeFileSync(path.join(workspace, 'slow.ts'), SLOW);
  studio = await serveStudio(workspace, path.join(folder, 'data'));
  ({ page, complaints } = await openPage(browser, studio.url));
});
afterEach(async () => {
  await page?.context().close();
  await studio?.stop();
});

const region = (name: string) => page.getByRole('region', { name, exact: true });

async function start(): Promise<void> {
  await region('Workflows')
    .getByRole('button', { name: /Slow and steady/ })
    .click();
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.getByRole('button', { name: 'Start' }).click();
  await page.getByRole('button', { name: 'Pause', exact: true }).waitFor();
}

function hurry(): void {
  writeFileSync(path.join(workspace, 'hurry'), '');
}

describe('a run under control', () => {
  test('is paused and resumed to its end, and counts each batch once', async () => {
    await start();
    await page.getByRole('button', { name: 'Pause', exact: true }).click();
    await page.getByRole('heading', { name: 'Paused', level: 1 }).waitFor();
    hurry();
    await page.getByRole('button', { name: 'Resume', exact: true }).click();
    await page.getByRole('heading', { name: 'Completed', level: 1 }).waitFor();
    expect(await region('Run').innerText()).toContain('60 items = 60 done');
    expect(complaints).toEqual([]);
  });

  test('is cancelled, and the cancelled batches can be resumed', async () => {
    await start();
    // Before it has any batch, nothing is lost by a cancel, and nothing is asked.
    await expect.poll(() => region('Run').innerText()).toMatch(/[1-9]\d* (?:running|waiting)/);
    await page.getByRole('button', { name: 'Cancel', exact: true }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel the run' }).click();
    await page.getByRole('heading', { name: 'Cancelled', level: 1 }).waitFor();
    hurry();
    await page.getByRole('button', { name: 'Resume the cancelled batches' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Re-run', exact: true }).click();
    await page.getByRole('heading', { name: 'Completed', level: 1 }).waitFor();
  });

  test('goes on when its page is closed, and a page opened later shows it as it is', async () => {
    await start();
    await page.close();
    page = (await openPage(browser, studio.url)).page;
    await expect.poll(() => region('Run').innerText()).toMatch(/Running/);
    hurry();
    await page.getByRole('heading', { name: 'Completed', level: 1 }).waitFor();
    await page.getByRole('tab', { name: 'Logs', exact: true }).first().click();
    await expect.poll(() => region('Logs').innerText()).toContain('did 59');
  });
});

test('a run that the command line started appears live, without being asked for', async () => {
  const cli = path.resolve(import.meta.dirname, '../../bin/cronflow.mjs');
  const ended = new Promise<void>(resolve =>
    execFile(process.execPath, [cli, 'run', path.join(workspace, 'slow.ts')], () => resolve()),
  );
  await region('Runs').getByRole('button', { name: /Run 1/ }).click();
  await expect.poll(() => region('Run').innerText()).toMatch(/Running/);
  hurry();
  await ended;
  await page.getByRole('heading', { name: 'Completed', level: 1 }).waitFor();
});

test('a saved edit redraws the graph, and one that does not load is told with its line while the others stay', async () => {
  await region('Workflows')
    .getByRole('button', { name: /Slow and steady/ })
    .click();
  writeFileSync(path.join(workspace, 'slow.ts'), SLOW.replace('Each in its turn', 'One after the other'));
  await expect.poll(() => region('Graph').innerText(), { timeout: 15_000 }).toContain('One after the other');
  writeFileSync(path.join(workspace, 'slow.ts'), SLOW.replace('size: 1', 'size: 0'));
  await expect.poll(() => region('Graph').innerText(), { timeout: 15_000 }).toMatch(/size is 0[\s\S]*whole number/);
});

test('a failure that the batch around it bore is not green: it is counted, highlighted on the map, looked into and run again', async () => {
  writeFileSync(path.join(workspace, 'shelves.ts'), SHELVES);
  await region('Workflows')
    .getByRole('button', { name: /The store room/ })
    .click();
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.getByRole('button', { name: 'Start' }).click();
  await page.getByRole('heading', { name: 'Completed, 7 failed batches tolerated', level: 1 }).waitFor();
  expect(
    await region('Runs')
      .getByRole('button', { name: /The store room/ })
      .innerText(),
  ).toContain('7 failed');
  await page.getByRole('tab', { name: 'Batches', exact: true }).click();
  await region('Problems').getByRole('button', { name: 'Highlight the 5 batches: It is broken' }).click();
  await expect.poll(() => page.getByRole('row', { name: /^Batch \d/ }).allInnerTexts()).toHaveLength(5);
  await page.getByLabel('Colour by').selectOption('cause');
  await expect
    .poll(() => page.getByRole('list', { name: 'Colours' }).getByRole('listitem').allInnerTexts())
    .toEqual(['It is broken', 'It is locked']);
  await region('Problems').getByRole('button', { name: 'Show' }).nth(2).click();
  await expect.poll(() => region('Inspector').innerText()).toMatch(/Batch 2\s+of Boxes in Shelves #4/);
  expect(await region('Inspector').innerText()).toContain('It is locked');
  await region('Inspector').getByRole('button', { name: 'Shelves #4', exact: true }).click();
  await expect.poll(() => region('Inspector').innerText()).toMatch(/Batch 4\s+of 6/);

  writeFileSync(path.join(workspace, 'mended'), '');
  await page.getByRole('button', { name: 'Re-run failed (7)' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Re-run', exact: true }).click();
  await page.getByRole('heading', { name: 'Completed', level: 1, exact: true }).waitFor();
  await region('Problems').getByText('No failures in this run.').waitFor();
  expect(complaints).toEqual([]);
});

test('text of the workflow is shown as text, whatever is in it', async () => {
  writeFileSync(
    path.join(workspace, 'hostile.ts'),
    `import { cronflow } from 'cronflow';
const text = ${JSON.stringify(HOSTILE)};
cronflow.define({ id: 'hostile', name: 'Title ' + text, description: text })
  .step({ id: 'say', title: 'Step ' + text }, () => { console.log(text); return { text }; })
  .batch('each', { items: [text], size: 1 }, (batch, flow) => { flow.step('fail', () => { throw new Error(text); }); });
`,
  );
  await region('Workflows').getByRole('button', { name: /Title/ }).click();
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.getByRole('button', { name: 'Start' }).click();
  await page.getByRole('button', { name: 'Re-run failed (1)' }).waitFor();
  await region('Problems').getByRole('button', { name: 'Show' }).click();
  const inspector = region('Inspector');
  await expect.poll(() => inspector.innerText()).toMatch(/Batch 0\s+of 1/);
  for (const tab of ['Summary', 'Input', 'Error', 'Logs', 'Attempts', 'Source']) {
    await inspector.getByRole('tab', { name: tab, exact: true }).click();
    await page.waitForLoadState('networkidle');
  }
  await page.keyboard.press('p');
  await page.getByRole('main', { name: 'Presentation' }).waitFor();
  expect(await page.title()).toMatch(/^✕ 1 failed · Title <img /);
  expect(await page.locator('img').count()).toBe(0);
  expect(complaints).toEqual([]);
});
