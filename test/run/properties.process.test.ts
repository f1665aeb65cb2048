import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rerunRun, resumeRun, type RunInProgress } from '../../engine/run/execute.ts';
import { noCounts, type NodeProgress } from '../../common/counts.ts';
import { RerunError } from '../../engine/run/rerun/request.ts';
import type { RunSummary } from '../../common/run-summary.ts';
import { batchStatusName } from '../../common/status.ts';
import { isBalanced } from '../support/balance.ts';
import { outcomeOf } from '../support/outcome.ts';
import { interruptions, planned, plans, Trial, type Interruption, type Plan } from '../support/random-workflow.ts';
import { Bench } from '../support/runs.ts';

/*
 * Each property holds for random workflows: steps that add to the state, are flaky or broken, and batches, forEach, branches
 * and whiles in each other. A failure prints the plan, made as small as it can be, and its seed: SEED=… repeats it.
 * RUNS=… looks longer.
 */
const { SEED, RUNS } = process.env;
const search = { numRuns: Number(RUNS ?? 70), ...(SEED !== undefined && { seed: Number(SEED) }) };
const timeout = RUNS === undefined ? 60_000 : 0;

/** What the store says of a run's batch nodes, to be compared with what was counted. */
function storedCounts({ db }: Bench, run: number): Pick<NodeProgress, 'path' | 'items' | 'batches'>[] {
  const nodes = db
    .prepare<[number], { node: number; path: string }>(
      `select node, path from nodes where run = ? and kind in ('batch', 'forEach') order by path`,
    )
    .all(run);
  return nodes
    .map(({ node, path }) => {
      const counts = { path, items: noCounts(), batches: noCounts() };
      for (const row of db
        .prepare<[number, number], { status: number; items: number }>(
          'select status, items from batches where run = ? and node = ?',
        )
        .iterate(run, node)) {
        const status = batchStatusName(row.status);
        if (status === 'superseded' || status === 'retrying') continue;
        for (const [of, by] of [
          [counts.batches, 1],
          [counts.items, row.items],
        ] as const) {
          of[status] += by;
          of.total += by;
        }
      }
      return counts;
    })
    .filter(({ batches }) => batches.total > 0);
}

function counted(summary: RunSummary): Pick<NodeProgress, 'path' | 'items' | 'batches'>[] {
  return summary.nodes
    .map(({ path, items, batches }) => ({ path, items, batches }))
    .filter(({ batches }) => batches.total > 0)
    .toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

/** Runs a plan to its end over as many processes as there are interruptions, and one more. */
async function runThrough(bench: Bench, plan: Plan, trial: Trial, stops: readonly Interruption[]): Promise<RunSummary> {
  let run: RunInProgress | undefined;
  for (const stop of [...stops, undefined]) {
    run = trial.follow(
      run ? await resumeRun(bench.worker(planned(plan, trial)), run.id) : await bench.start(planned(plan, trial)),
      stop,
    );
    const summary = await run.done;
    if (summary.status !== 'interrupted') return summary;
    // An interruption is no end: see whether the counts bear it.
    expect(counted(summary)).toEqual(storedCounts(bench, run.id));
  }
  throw new Error('the run was interrupted where nothing interrupts it');
}

/** Begins a re-run; undefined where there is nothing to re-run. */
async function rerunOf(
  bench: Bench,
  plan: Plan,
  trial: Trial,
  run: number,
  batches: 'failed' | 'all' = 'failed',
): Promise<RunInProgress | undefined> {
  try {
    return await rerunRun(bench.worker(planned(plan, trial)), run, { batches });
  } catch (error) {
    if (error instanceof RerunError) return undefined;
    throw error;
  }
}

/** Runs again what is asked for, over a process that is interrupted and one that is not. */
async function rerunThrough(
  bench: Bench,
  plan: Plan,
  trial: Trial,
  run: number,
  batches: 'failed' | 'all',
  stop?: Interruption,
): Promise<void> {
  const rerun = await rerunOf(bench, plan, trial, run, batches);
  if (!rerun || (await trial.follow(rerun, stop).done).status !== 'interrupted') return;
  await trial.follow(await resumeRun(bench.worker(planned(plan, trial)), run)).done;
}

test(
  'conservation: at every moment each item is in exactly one place, and in the end the store says the same',
  async () => {
    const bench = new Bench();
    let observations = 0;
    await fc.assert(
      fc.asyncProperty(plans, interruptions, fc.boolean(), async (plan, stops, cancels) => {
        const trial = new Trial();
        trial.observe = ({ run }) => {
          observations += 1;
          expect([...run.progress.values()].filter(node => !isBalanced(node))).toEqual([]);
        };
        const [last, ...others] = stops;
        let summary = await runThrough(bench, plan, trial, others);
        expect(counted(summary)).toEqual(storedCounts(bench, summary.run));
        for (const [session, stop] of [cancels ? last : undefined, undefined].entries()) {
          trial.broken = session === 0;
          const run = await rerunOf(bench, plan, trial, summary.run);
          if (!run) continue;
          summary = await trial.follow(run, stop, 'cancelled').done;
          expect(counted(summary)).toEqual(storedCounts(bench, summary.run));
        }
        expect(summary.nodes.every(isBalanced)).toBe(true);
      }),
      search,
    );
    expect(observations).toBeGreaterThan(search.numRuns);
  },
  timeout,
);

test(
  'a run that was interrupted and resumed, however often, comes out as one that never was, and does nothing twice',
  async () => {
    const bench = new Bench();
    await fc.assert(
      fc.asyncProperty(plans, interruptions, async (plan, stops) => {
        const never = new Trial();
        const uninterrupted = await runThrough(bench, plan, never, []);
        const trial = new Trial();
        const interrupted = await runThrough(bench, plan, trial, stops);
        expect(outcomeOf(bench, interrupted.run)).toEqual(outcomeOf(bench, uninterrupted.run));
        expect(interrupted.error?.message).toEqual(uninterrupted.error?.message);
        expect(inOrder(trial.done)).toEqual(inOrder(never.done));
        expect([...trial.done].filter(([, times]) => times !== 1)).toEqual([]);
      }),
      search,
    );
  },
  timeout,
);

test(
  'a run whose failures are mended and run again comes out as one that never failed',
  async () => {
    const bench = new Bench();
    await fc.assert(
      fc.asyncProperty(plans, interruptions, async (plan, stops) => {
        const sound = new Trial();
        sound.broken = false;
        const never = await runThrough(bench, plan, sound, []);
        const trial = new Trial();
        const failed = await runThrough(bench, plan, trial, []);
        // A second try while nothing is mended changes nothing; nor does one that is interrupted.
        await rerunThrough(bench, plan, trial, failed.run, 'failed');
        trial.broken = false;
        await rerunThrough(bench, plan, trial, failed.run, 'failed', stops[0]);
        expect(outcomeOf(bench, failed.run)).toEqual(outcomeOf(bench, never.run));
        expect([...trial.done.keys()].toSorted()).toEqual([...sound.done.keys()].toSorted());
      }),
      search,
    );
  },
  timeout,
);

test(
  'a run of which all batches are run again comes out as it was',
  async () => {
    const bench = new Bench();
    await fc.assert(
      fc.asyncProperty(plans, interruptions, async (plan, stops) => {
        const trial = new Trial();
        trial.broken = false;
        const { run } = await runThrough(bench, plan, trial, []);
        const before = outcomeOf(bench, run);
        for (const stop of [undefined, ...stops.slice(0, 1)]) await rerunThrough(bench, plan, trial, run, 'all', stop);
        expect(outcomeOf(bench, run)).toEqual(before);
      }),
      search,
    );
  },
  timeout,
);

function inOrder(done: ReadonlyMap<string, number>): [string, number][] {
  return [...done].toSorted(([a], [b]) => (a < b ? -1 : 1));
}
