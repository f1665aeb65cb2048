import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright';
import { openStore } from '../engine/store/open.ts';
import { ensureBuilt } from '../test/support/built.ts';
import { launchBrowser, whyNoBrowser } from '../test/support/browser.ts';
import { openPage, serveStudio, workspaceWith } from '../test/studio/studio.ts';
import { median, percent, perSecond, rounded, type Figure } from './support.ts';

/*
 * What it costs a run to be looked at, and how the page fares meanwhile: 100,000 batches at full speed, from the command
 * line and from the page that shows their map, in turns. On a machine of two cores the run, the host and the browser share
 * them: how many were there is printed above.
 */

const BATCHES = 100_000;
const ITEMS_A_BATCH = 10;
const ROUNDS = 5;
const EVERY_MS = 500;
const WITHIN_MS = 300_000;

const WORKFLOW = `import { cronflow } from 'cronflow';
function* numbers() { for (let number = 0; number < ${BATCHES * ITEMS_A_BATCH}; number++) yield number; }
cronflow.define({ id: 'many', name: 'Many batches' })
  .batch({ id: 'sums', title: 'Sum them' }, { items: numbers, size: ${ITEMS_A_BATCH}, concurrency: 50 }, (batch, flow) => {
    flow.step('sum', () => batch.reduce((sum, number) => sum + number, 0));
  });
`;

/** In the page: from now on it notes its long tasks, and of each click when the inspector had another batch on the screen. */
const WATCH = `{
  globalThis.longTasks = [];
  globalThis.clicks = [];
  new PerformanceObserver(list => longTasks.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: 'longtask' });
  let clickedAt;
  addEventListener('pointerdown', event => { clickedAt = event.timeStamp; }, { capture: true });
  const titleOf = () => document.querySelector('[aria-label="Inspector"] h2')?.textContent ?? '';
  let title = titleOf();
  new MutationObserver(() => {
    if (titleOf() === title) return;
    title = titleOf();
    const at = clickedAt;
    if (at === undefined || !/Batch \\d/.test(title)) return;
    clickedAt = undefined;
    // What is painted next is what a person sees.
    requestAnimationFrame(() => clicks.push(performance.now() - at));
  }).observe(document.body, { subtree: true, childList: true, characterData: true });
}`;

interface Looked {
  readonly seconds: number;
  /** Of tasks of the page that took longer than 50 ms: a browser tells no others. */
  readonly longTasks: readonly number[];
  /** From a click on the map to the batch in the inspector. */
  readonly clicks: readonly number[];
}

export async function benchStudio(): Promise<Figure[]> {
  if (whyNoBrowser !== undefined) return [{ what: 'skipped', value: whyNoBrowser }];
  await ensureBuilt();
  const browser = await launchBrowser();
  const folder = mkdtempSync(path.join(tmpdir(), 'cronflow-bench-'));
  const workspace = workspaceWith(folder, []);
  writeFileSync(path.join(workspace, 'many.ts'), WORKFLOW);
  const alone: number[] = [];
  const looked: Looked[] = [];
  let clicked: Looked;
  try {
    for (let round = 0; round < ROUNDS; round++) {
      runAlone(workspace);
      alone.push(takeSeconds(workspace));
      const seen = await runLookedAt(browser, workspace, folder, 'watch');
      looked.push({ ...seen, seconds: takeSeconds(workspace) });
    }
    // Whoever clicks has the store asked, twice a second: how long that takes is measured by itself.
    const seen = await runLookedAt(browser, workspace, folder, 'click');
    clicked = { ...seen, seconds: takeSeconds(workspace) };
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  }
  return figures(alone, looked, clicked);
}

function figures(
  alone: readonly number[],
  looked: readonly Looked[],
  { clicks, longTasks: whileClicked }: Looked,
): Figure[] {
  const kept = median(alone.map((seconds, round) => seconds / (looked[round]?.seconds ?? NaN)));
  const longTasks = looked.flatMap(seen => seen.longTasks);
  const longest = Math.max(0, ...longTasks, ...whileClicked);
  return [
    { what: 'batches, from the command line', value: perSecond(BATCHES, median(alone)) },
    {
      what: 'batches, with the page open on their map',
      value: perSecond(BATCHES, median(looked.map(({ seconds }) => seconds))),
    },
    { what: 'with / without the page', value: percent(kept), aim: '>= 85 %', met: kept >= 0.85 },
    {
      what: 'longest task of the page while it ran',
      value: longest === 0 ? 'under 50 ms' : `${rounded(longest)} ms`,
      aim: '< 100 ms',
      met: longest < 100,
    },
    {
      what: 'tasks of the page over 50 ms, a run',
      value: rounded((longTasks.length + whileClicked.length) / (looked.length + 1)),
    },
    {
      what: `click to inspector while it ran, median of ${clicks.length}`,
      value: `${rounded(median(clicks))} ms`,
      aim: '< 200 ms',
      met: median(clicks) < 200,
    },
    { what: 'click to inspector while it ran, slowest', value: `${rounded(Math.max(...clicks))} ms` },
  ];
}

function runAlone(workspace: string): void {
  const { status, stderr } = spawnSync(
    process.execPath,
    [path.resolve(import.meta.dirname, '../bin/cronflow.mjs'), 'run', path.join(workspace, 'many.ts'), '--json'],
    { cwd: workspace, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  if (status !== 0) throw new Error(`the run ended with ${status}: ${String(stderr)}`);
}

/**
 * For how many seconds the one run of the store went on, by its own account. The store is gone afterwards: each run
 * begins with a new one.
 */
function takeSeconds(workspace: string): number {
  const db = openStore(path.join(workspace, '.cronflow', 'runs.db'), { mode: 'read' });
  const { ms, status } = db
    .prepare<[], { ms: number; status: string }>('select active_ms as ms, status from runs')
    .get() ?? { ms: NaN, status: 'not there' };
  db.close();
  if (status !== 'completed') throw new Error(`the run is ${status}`);
  rmSync(path.join(workspace, '.cronflow'), { recursive: true, force: true });
  return ms / 1000;
}

async function runLookedAt(
  browser: Browser,
  workspace: string,
  folder: string,
  how: 'watch' | 'click',
): Promise<Omit<Looked, 'seconds'>> {
  const studio = await serveStudio(workspace, path.join(folder, 'data'));
  const { page, complaints } = await openPage(browser, studio.url);
  try {
    await page
      .getByRole('region', { name: 'Workflows' })
      .getByRole('button', { name: /Many batches/ })
      .click();
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await page.getByRole('button', { name: 'Start' }).click();
    await page.getByRole('button', { name: 'Pause', exact: true }).waitFor();
    await page.getByRole('tab', { name: 'Batches' }).click();
    await page.evaluate(WATCH);
    const clicks = await stayUntilEnded(page, how);
    const longTasks = await page.evaluate(() => (globalThis as unknown as { longTasks: number[] }).longTasks);
    if (complaints.length > 0) throw new Error(`the page complained: ${complaints.join('; ')}`);
    return { longTasks, clicks };
  } finally {
    await page.context().close();
    await studio.stop();
  }
}

/**
 * Looks on until the run has ended, or clicks here and there on the map meanwhile, as a person would. Gives how long
 * each click took.
 */
async function stayUntilEnded(page: Page, how: 'watch' | 'click'): Promise<number[]> {
  const map = page.getByRole('region', { name: 'Batches' }).locator('canvas').first();
  const ended = page.getByRole('heading', { name: 'Completed', level: 1 });
  const clicks = () => page.evaluate(() => (globalThis as unknown as { clicks: number[] }).clicks);
  for (let deadline = Date.now() + WITHIN_MS, turn = 1; Date.now() < deadline; turn++) {
    if (await ended.isVisible()) return await clicks();
    const box = how === 'click' ? await map.boundingBox() : undefined;
    // Never the same place twice in a row; near the top, where batches are early.
    if (box) await page.mouse.click(box.x + 10 + ((turn * 37) % (box.width / 2)), box.y + 6 + ((turn * 11) % 40));
    await page.waitForTimeout(EVERY_MS);
  }
  throw new Error(`the run did not end within ${WITHIN_MS / 1000} s`);
}
