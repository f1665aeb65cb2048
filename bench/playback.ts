import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright';
import { BatchStatus } from '../common/status.ts';
import { openStore } from '../engine/store/open.ts';
import { ensureBuilt } from '../test/support/built.ts';
import { launchBrowser, whyNoBrowser } from '../test/support/browser.ts';
import { openPage, serveStudio, workspaceWith } from '../test/studio/studio.ts';
import { addBefore } from './large-runs.ts';
import { median, rounded, type Figure } from './support.ts';

/*
 * Dragging the moment of a run of a million batches, of which every twentieth had failed and was re-run: how long the page works on each
 * move, with what the browser lays out and paints.
 */

const BATCHES = 1_000_000;
const RERUN_EVERY = 20;
const FRAMES = 300;
const FRAME_MS = 1000 / 60;

const WORKFLOW = `import { cronflow } from 'cronflow';
cronflow.define({ id: 'many', name: 'Many batches' })
  .forEach('each', [1, 2, 3, 4], (item, flow) => {
    flow.step('work', () => item);
  });
`;

export async function benchPlayback(): Promise<Figure[]> {
  if (whyNoBrowser !== undefined) return [{ what: 'skipped', value: whyNoBrowser }];
  await ensureBuilt();
  const folder = mkdtempSync(path.join(tmpdir(), 'cronflow-bench-'));
  const workspace = workspaceWith(folder, []);
  writeFileSync(path.join(workspace, 'many.ts'), WORKFLOW);
  makeRun(workspace);
  const browser = await launchBrowser();
  const studio = await serveStudio(workspace, path.join(folder, 'data'));
  try {
    const { page, complaints } = await openPage(browser, studio.url);
    const figures: Figure[] = [];
    for (const view of ['batches', 'graph']) {
      await page.goto('about:blank');
      await page.goto(`${new URL(studio.url).origin}/#/run/1/${view}`);
      await page.getByRole('heading', { level: 1, name: /Completed/ }).waitFor();
      const from = performance.now();
      await page.getByRole('tab', { name: 'Playback' }).click();
      await page.getByRole('slider', { name: 'Time in the run' }).waitFor({ timeout: 120_000 });
      const loaded = performance.now() - from;
      const frames = await drag(page);
      const work = frames.toSorted((a, b) => a - b);
      const at = (share: number) => work[Math.floor((work.length - 1) * share)] ?? NaN;
      figures.push(
        { what: `${view}: from the tab to the scrubber`, value: `${rounded(loaded)} ms` },
        {
          what: `${view}: work on a move, median of ${work.length}`,
          value: `${rounded(median(work))} ms`,
          aim: '< 16 ms',
          met: median(work) < FRAME_MS,
        },
        { what: `${view}: work on a move, 95 of 100 are below`, value: `${rounded(at(0.95))} ms` },
        { what: `${view}: work on a move, longest`, value: `${rounded(at(1))} ms` },
      );
    }
    if (complaints.length > 0) throw new Error(`the page complained: ${complaints.join('; ')}`);
    return figures;
  } finally {
    await browser.close();
    await studio.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Begins 200 batches a second, and puts a failed attempt before every twentieth. */
function makeRun(workspace: string): void {
  const { status } = spawnSync(
    process.execPath,
    [path.resolve(import.meta.dirname, '../bin/cronflow.mjs'), 'run', 'many.ts'],
    {
      cwd: workspace,
      stdio: 'ignore',
    },
  );
  if (status !== 0) throw new Error(`the run ended with ${status}`);
  const db = openStore(path.join(workspace, '.cronflow', 'runs.db'), { mode: 'write' });
  try {
    addBefore(db, 1, BATCHES - 4);
    const last = BATCHES * 5;
    db.prepare(
      `update batches set started_at = r.started_at + idx * 5 + (idx * 7919 % 400), ended_at = r.started_at + idx * 5 + 900
       from runs r where r.id = batches.run and run = 1`,
    ).run();
    db.prepare(
      `insert into batch_attempts (run, scope, attempt, status, session, started_at, ended_at, error)
       select run, scope, 1, ${BatchStatus.failed}, 1, started_at, ended_at,
         '{"name":"Error","message":"failed","fingerprint":"Error failed"}' from batches where run = 1 and idx % ${RERUN_EVERY} = 0`,
    ).run();
    db.prepare(
      `update batches set attempt = 2, session = 2, started_at = started_at + :last, ended_at = ended_at + :last
       where run = 1 and idx % ${RERUN_EVERY} = 0`,
    ).run({ last });
    db.prepare('update sessions set ended_at = started_at + :last where run = 1').run({ last });
    db.prepare(
      `insert into sessions (run, session, kind, code_hash, pid, host, started_at, ended_at, outcome)
       select run, 2, 'rerun', code_hash, pid, host, ended_at + 1, ended_at + :last, 'completed' from sessions where run = 1`,
    ).run({ last });
    db.prepare('update runs set ended_at = (select max(ended_at) from sessions where run = 1) where id = 1').run();
  } finally {
    db.close();
  }
}

/** In the page: moves the scrubber, and comes back when two more frames were drawn: what was asked for in one comes in the next. */
const MOVE = `place => new Promise(resolve => {
  const slider = document.querySelector('.scrubber input');
  Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(slider, String(place));
  slider.dispatchEvent(new Event('input', { bubbles: true }));
  requestAnimationFrame(() => requestAnimationFrame(() => requestAnimationFrame(() => resolve())));
})`;

/**
 * A hand that drags the scrubber there and back, in long steps. Gives the milliseconds for which the page's thread worked on each:
 * of its processor, because others may use it meanwhile.
 */
async function drag(page: Page): Promise<number[]> {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const worked = async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    return 1000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? NaN);
  };
  const work: number[] = [];
  let before = await worked();
  for (let frame = 0; frame < FRAMES; frame++) {
    await page.evaluate(`(${MOVE})(${Math.round(500 + 490 * Math.sin(frame / 9))})`);
    const now = await worked();
    work.push(now - before);
    before = now;
  }
  await session.detach();
  return work;
}
