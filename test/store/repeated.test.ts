import { describe, expect, test } from 'vitest';
import { isDoneOnce, repairedBatches } from '../../engine/store/repeated-queries.ts';
import { afterRun, checkAndSave } from '../support/rerun-flows.ts';
import { World } from '../support/outside.ts';
import { Bench, workflow } from '../support/runs.ts';
import { failing } from '../support/failing-steps.ts';

const nodeOf = (bench: Bench, path: string) =>
  bench.db.prepare<[string], number>('select node from nodes where path = ?').pluck().get(path) ?? 0;

describe('what was repaired, and whether anything was done twice', () => {
  test('is nothing of a run that was not tried again', async () => {
    const { bench, run } = await afterRun(new World(), () => checkAndSave(new World()));
    expect(repairedBatches(bench.db, run, nodeOf(bench, 'work'))).toEqual({ indices: new Uint32Array(0), items: 0 });
    expect(isDoneOnce(bench.db, run)).toBe(true);
  });

  test('is what failed, after a re-run of that: each succeeded step was executed once', async () => {
    const world = new World('save 0,1', 'check 4,5');
    const build = () => checkAndSave(world);
    const { bench, run } = await afterRun(world, build);
    expect(repairedBatches(bench.db, run, nodeOf(bench, 'work')).items).toBe(0);
    await bench.rerun(build(), run);
    expect(repairedBatches(bench.db, run, nodeOf(bench, 'work'))).toEqual({ indices: Uint32Array.of(0, 2), items: 4 });
    expect(isDoneOnce(bench.db, run)).toBe(true);
  });

  test('is not claimed once a step that had succeeded was executed again', async () => {
    const world = new World('save 0,1');
    const build = () => checkAndSave(world);
    const { bench, run } = await afterRun(world, build);
    await bench.rerun(build(), run, { batches: 'failed', fromStart: true });
    expect(repairedBatches(bench.db, run, nodeOf(bench, 'work')).indices).toEqual(Uint32Array.of(0));
    expect(isDoneOnce(bench.db, run)).toBe(false);
  });

  test('is not claimed once a step was cut off and begun anew', async () => {
    const { bench, run } = await afterRun(new World(), () => checkAndSave(new World()));
    bench.db.prepare(`update sessions set outcome = 'interrupted' where run = ?`).run(run);
    expect(isDoneOnce(bench.db, run)).toBe(true);
    // As a process that was killed leaves it, and the next one goes on.
    bench.db
      .prepare(
        `insert into steps (run, scope, node, attempt, batch_attempt, seq, session, status, started_at)
         select run, scope, node, 2, batch_attempt, seq + 1000, session, status, started_at from steps
         where run = ? and node = ? and scope = (select min(scope) from batches where run = steps.run)`,
      )
      .run(run, nodeOf(bench, 'work/save'));
    bench.db
      .prepare(`update steps set status = 5 where run = ? and node = ? and attempt = 1`)
      .run(run, nodeOf(bench, 'work/save'));
    expect(isDoneOnce(bench.db, run)).toBe(false);
  });

  test('is not a retry of the same session: nobody has repaired anything', async () => {
    const bench = new Bench();
    const { run } = await bench.run(
      workflow(flow =>
        flow.batch('work', { items: [1, 2], size: 1, retry: { attempts: 2 } }, (_, inner) => {
          inner.step('save', failing(1));
        }),
      ),
    );
    expect(repairedBatches(bench.db, run, nodeOf(bench, 'work')).indices).toHaveLength(0);
    expect(isDoneOnce(bench.db, run)).toBe(true);
  });
});
