import { afterAll, afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import Database from 'better-sqlite3';
import { attachToPoints } from '../../engine/failpoints.ts';
import { resumeRun, startRun, type RunInProgress } from '../../engine/run/execute.ts';
import type { Run } from '../../engine/run/run.ts';
import { cancelAtRest } from '../../engine/store/cancel.ts';
import { statusGroups } from '../../engine/store/progress-queries.ts';
import { groupsOfRows, succeededStepsOfRows } from '../../engine/store/tally-from-rows.ts';
import { endCountsNow } from '../../engine/store/tally-now.ts';
import { readTally } from '../../engine/store/tally.ts';
import { BatchStatus, StepStatus } from '../../common/status.ts';
import type { Definition } from '../../engine/workflow/nodes.ts';
import { range } from '../support/outside.ts';
import { Bench, workflow } from '../support/runs.ts';

/*
 * What a tally, and what changed since, add up to is what the rows say: after every commit, because after each of them the
 * process may be killed, and others look at the run.
 */

// The rows are counted after hundreds of commits.
vi.setConfig({ testTimeout: 60_000 });
afterAll(() => vi.resetConfig());
afterEach(() => attachToPoints(() => {}));

/** Batches by node, where those that are in flight may wait just as well: the rows show them as running late, or not at all. */
function batches(groups: ReturnType<typeof groupsOfRows>): string[] {
  const sums = new Map<string, [number, number]>();
  for (const { node, status, batches: n, items } of groups) {
    if (status === BatchStatus.superseded) continue;
    const key = `${node} ${status === BatchStatus.retrying ? BatchStatus.waiting : status}`;
    const [batchesBefore, itemsBefore] = sums.get(key) ?? [0, 0];
    sums.set(key, [batchesBefore + n, itemsBefore + items]);
  }
  return [...sums]
    .filter(([, [n]]) => n > 0)
    .map(([key, [n, items]]) => `${key}: ${n} of ${items} items`)
    .toSorted();
}

function steps(counts: ReadonlyMap<number, number>): string[] {
  return Array.from(counts, ([node, n]) => (n > 0 ? `${node}: ${n}` : ''))
    .filter(Boolean)
    .toSorted();
}

function whiles(db: Database.Database): Set<number> {
  return new Set(db.prepare<[], number>("select node from nodes where kind = 'while'").pluck().all());
}

interface Seen {
  checks: number;
  /** Commits at which what the tally says was not what the rows said. */
  readonly wrong: string[];
  readonly tallies: Set<string>;
}

/** Compares at each commit of this process, the last of which is `killAt` where that is given. */
function comparing(bench: Bench, killAt = Infinity): Seen {
  const seen: Seen = { checks: 0, wrong: [], tallies: new Set() };
  const db = new Database(bench.file, { readonly: true });
  onTestFinished(() => {
    db.close();
  });
  let commits = 0;
  attachToPoints(point => {
    if (point !== 'after-commit' && point !== 'rerun-page-written') return;
    compare(db, seen);
    commits += 1;
    if (commits >= killAt) throw new Error('killed');
  });
  return seen;
}

function compare(db: Database.Database, seen: Seen): void {
  const run = db.prepare<[], number>('select max(id) from runs').pluck().get() ?? 0;
  const tally = readTally(db, run);
  const now = endCountsNow(db, run);
  if (!tally || !now) return;
  seen.checks += 1;
  seen.tallies.add(JSON.stringify([tally.position, tally.open]));
  const rounds = whiles(db);
  const rows = groupsOfRows(db, run).filter(({ node }) => !rounds.has(node));
  const told = [...batches(statusGroups(db, run)), ...steps(now.steps)].join('; ');
  const counted = [...batches(rows), ...steps(succeededStepsOfRows(db, run))].join('; ');
  if (told !== counted) seen.wrong.push(`${seen.checks}: ${told}, but the rows say ${counted}`);
}

const failsOnce = (failed: Set<string>, key: string) => {
  if (failed.has(key)) return;
  failed.add(key);
  throw new Error(`not yet: ${key}`);
};

/** Workflows of many shapes. What is in the set has failed before, and succeeds. */
const SHAPES: Record<string, (failed: Set<string>) => Definition> = {
  'an array of many batches': failed =>
    workflow(flow =>
      flow.batch('work', { items: range(240), size: 2, concurrency: 7, tolerateFailures: 'all' }, (batch, inner) => {
        inner
          .step('one', async () => batch.length)
          .step('two', async () => {
            if ((batch[0] ?? 0) % 20 === 0) failsOnce(failed, `two ${batch[0]}`);
          });
      }),
    ),
  'a stream': failed =>
    workflow(flow =>
      flow.batch(
        'work',
        {
          async *items() {
            for (const n of range(600)) yield n;
          },
          size: 3,
          concurrency: 4,
          tolerateFailures: 'all',
        },
        (batch, inner) => {
          inner.step('one', async () => {
            if ((batch[0] ?? 0) % 120 === 0) failsOnce(failed, `one ${batch[0]}`);
          });
        },
      ),
    ),
  'batches in batches, which are tried again': failed =>
    workflow(flow =>
      flow.batch(
        'outer',
        {
          items: range(60),
          size: 6,
          concurrency: 3,
          retry: { attempts: 3, backoff: { delay: 1 } },
          tolerateFailures: 'all',
        },
        (batch, body) => {
          body
            .step('before', async () => 1)
            .forEach(
              'inner',
              batch,
              (item, most) => {
                most.step('deep', async () => {
                  if (item % 7 === 0) failsOnce(failed, `deep ${item}`);
                  if (item === 59) throw new Error('never');
                  return item;
                });
              },
              { concurrency: 2, retry: { attempts: 2, backoff: { delay: 1 } } },
            );
        },
      ),
    ),
  'rounds of a while with batches in them, in batches': failed =>
    workflow(flow =>
      flow.batch('outer', { items: range(12), size: 2, concurrency: 2, tolerateFailures: 'all' }, (batch, body) => {
        body.while(
          'rounds',
          async (ctx: { state: { incr: (key: string) => Promise<number> } }) =>
            (await ctx.state.incr(`rounds of ${batch[0]}`)) < 4,
          round => {
            round.forEach('each', batch, (item, most) => {
              most.step('deep', async () => {
                if (item % 5 === 0) failsOnce(failed, `deep ${item}`);
              });
            });
          },
        );
      }),
    ),
};

describe.each(Object.keys(SHAPES))('%s', name => {
  const shapeOf = (failed: Set<string>) => {
    const shape = SHAPES[name];
    if (!shape) throw new Error(name);
    return shape(failed);
  };

  test('are counted after each commit of a run, of its resumes, and of its re-runs', async () => {
    const bench = new Bench({ tallyLimits: { begun: 5, created: 9 } });
    const seen = comparing(bench);
    const failed = new Set<string>();
    const started = await bench.start(shapeOf(failed));
    const run = started.id;
    stopAfter(started.run, 40);
    await started.done;
    for (const commits of [3, 25]) {
      const resumed = await resumeRun(bench.worker(shapeOf(failed)), run).catch(() => undefined);
      if (!resumed) break;
      stopAfter(resumed.run, commits);
      await resumed.done;
    }
    await bench.resume(shapeOf(failed), run).catch(() => undefined);
    await bench.rerun(shapeOf(failed), run).catch(() => undefined);
    await bench.rerun(shapeOf(failed), run, { batches: [1, 3] });
    await bench.rerun(shapeOf(failed), run, { batches: 'all' });
    expect(bench.db.prepare('select status from runs').pluck().get()).toBe('completed');
    expect(seen.wrong).toEqual([]);
    expect(seen.checks).toBeGreaterThan(30);
    expect(seen.tallies.size).toBeGreaterThan(3);
    expect(
      bench.db.prepare(`select count(*) from steps where status = ${StepStatus.superseded}`).pluck().get(),
    ).toBeGreaterThan(0);
  });

  test('are counted after kills, and when what is left is cancelled', async () => {
    const bench = new Bench({ tallyLimits: { begun: 5, created: 9 } });
    const failed = new Set<string>();
    const wrong: string[] = [];
    let run: number | undefined;
    for (const commits of [9, 5, 4]) {
      const seen = comparing(bench, commits);
      const worker = bench.worker(shapeOf(failed));
      const begun: RunInProgress =
        run === undefined ? await startRun(worker, '/test.ts', undefined) : await resumeRun(worker, run);
      run = begun.id;
      await expect(begun.done).rejects.toThrow('killed');
      attachToPoints(() => {});
      // The lease of a process that is gone.
      bench.db.prepare('delete from leases').run();
      wrong.push(...seen.wrong);
    }
    const seen: Seen = { checks: 0, wrong, tallies: new Set() };
    cancelAtRest(bench.db, run ?? 0, 'test', Date.now());
    compare(bench.db, seen);
    await bench.rerun(shapeOf(failed), run ?? 0);
    compare(bench.db, seen);
    expect(seen).toMatchObject({ checks: 2, wrong: [] });
  });
});

/** Stops a run after this many turns of the event loop. */
function stopAfter({ stopping }: Run, turns: number): void {
  let left = turns;
  const next = () => {
    left -= 1;
    if (left <= 0) stopping.request({ as: 'interrupted', reason: 'test' });
    else setImmediate(next);
  };
  setImmediate(next);
}
