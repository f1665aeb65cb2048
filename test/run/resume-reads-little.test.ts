import { expect, onTestFinished, test } from 'vitest';
import { resumeRun, rerunRun } from '../../engine/run/execute.ts';
import { planRerun } from '../../engine/run/rerun/rerun.ts';
import { showRun, observedRun } from '../../engine/store/run-as-shown.ts';
import { openStore, type StoreDatabase } from '../../engine/store/open.ts';
import { range } from '../support/outside.ts';
import { Bench, workflow } from '../support/runs.ts';

/*
 * To resume a run, to plan a re-run of a part of it, to do that, and to show how it stands is not to read what is finished.
 * SQLite tells for each statement how it looks for its rows.
 */

const FINISHED = 200;

/** Every twentieth batch fails. */
const work = (onStep: (item: number) => void = () => {}) =>
  workflow(flow =>
    flow.batch(
      'work',
      { items: range(FINISHED), size: 1, concurrency: 4, tolerateFailures: 'all' },
      ([item], inner) => {
        inner.step('step', async () => {
          onStep(item ?? 0);
          if ((item ?? 0) % 100 === 7) throw new Error('no');
        });
      },
    ),
  );

/** A connection that notes which statements read all batches, or all steps, of a run, of a node or of a scope. */
function watched(bench: Bench): { db: StoreDatabase; readAll: string[] } {
  const db = openStore(bench.file, { mode: 'write' });
  onTestFinished(() => {
    db.close();
  });
  const readAll: string[] = [];
  const prepare = db.prepare.bind(db);
  db.prepare = ((sql: string) => {
    // Of the highest scope, SQLite reads one row. At the end, the rows of few batches are counted once more (isToRecount).
    const isLooked = !/max\(scope\)|sessions s\b|select nodes\.path, count|as batches, coalesce\(sum\(items/.test(sql);
    if (isLooked && /^\s*(select|with|update|delete|insert)/i.test(sql))
      for (const { detail } of prepare<unknown[], { detail: string }>(`explain query plan ${sql}`).all(
        ...bindings(sql),
      ))
        if (/^(SCAN|SEARCH) (batches|steps|b|s|earlier|later) /.test(detail) && isOfAll(detail))
          readAll.push(`${detail}: ${sql.replaceAll(/\s+/g, ' ')}`);
    return prepare(sql);
  }) as typeof db.prepare;
  return { db, readAll };
}

/** Not all that is found by an index of few rows, nor one scope's. */
function isOfAll(detail: string): boolean {
  return (
    detail.startsWith('SCAN') ||
    /(PRIMARY KEY|batches_by_place) \(run=\?( AND parent=\?)?( AND node=\?)?\)$/.test(detail)
  );
}

function bindings(sql: string): unknown[] {
  const named = [...sql.matchAll(/[@:](\w+)/g)].map(([, name]) => [name, '[]'] as const);
  const positional = Array.from(sql.matchAll(/\?/g), () => '[]');
  return [...positional, ...(named.length > 0 ? [Object.fromEntries(named)] : [])];
}

test('a resume', async () => {
  const bench = new Bench();
  let begun = 0;
  const started = await bench.start(
    work(() => {
      begun += 1;
      if (begun === FINISHED - 5) started.run.stopping.request({ as: 'interrupted', reason: 'test' });
    }),
  );
  await started.done;
  const { db, readAll } = watched(bench);
  const done: number[] = [];
  const resumed = await resumeRun({ ...bench.worker(work(item => done.push(item))), db }, started.id);
  expect(await resumed.done).toMatchObject({ status: 'completed', batches: { total: FINISHED, failed: 2 } });
  expect(done.length).toBeLessThanOrEqual(10);
  expect(readAll).toEqual([]);
});

test('the plan of a re-run, the re-run, and the counts of the run when its process was killed', async () => {
  const bench = new Bench();
  const { run } = await bench.run(work());
  // As a kill leaves it.
  bench.db.prepare("update runs set counts = null, status = 'running', ended_at = null").run();
  const { db, readAll } = watched(bench);
  const plan = planRerun(db, run, { batches: 'failed' });
  expect(plan).toMatchObject({ nodes: [{ batches: 2 }], reused: { batches: FINISHED - 2 } });
  const line = observedRun(db, run);
  expect(line && showRun(db, line, Date.now())).toMatchObject({ batches: { succeeded: FINISHED - 2, failed: 2 } });
  const { done } = await rerunRun({ ...bench.worker(work()), db }, run, { batches: 'failed' });
  expect(await done).toMatchObject({ steps: { executed: 2 }, batches: { failed: 2 } });
  expect(readAll).toEqual([]);
});
