import { readFileSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { rerunRun } from '../../engine/run/execute.ts';
import { planRerun, prepareRerun } from '../../engine/run/rerun/rerun.ts';
import { openStore, type StoreDatabase } from '../../engine/store/open.ts';
import { PlanBasis } from '../../engine/store/plan-basis.ts';
import { range } from '../support/outside.ts';
import { Bench, workflow } from '../support/runs.ts';

/* A plan only reads: it neither waits for others nor makes them wait, and the store is the same to the byte. */

function counting(broken: () => boolean) {
  return workflow(flow =>
    flow
      .forEach(
        'outer',
        range(3),
        (outer, inner) => {
          inner.step('add', async (ctx: { state: { incr: (key: string) => Promise<unknown> } }) => ctx.state.incr('n'));
          inner.forEach('inner', range(2), (item, most) => {
            most.step('act', async () => {
              if (broken() && outer === 1 && item === 1) throw new Error('broken');
              return item;
            });
          });
        },
        { tolerateFailures: 'all' },
      )
      .step('after', async () => 'done'),
  );
}

async function afterRun(): Promise<{ bench: Bench; run: number; other: StoreDatabase }> {
  const bench = new Bench();
  const { run } = await bench.run(counting(() => true));
  const other = openStore(bench.file, { mode: 'write' });
  onTestFinished(() => {
    other.close();
  });
  return { bench, run, other };
}

const REQUESTS = [{ batches: 'failed' }, { batches: 'all' }, { node: 'outer', batches: [0, 2] }] as const;

test.each(REQUESTS)(
  'a plan of %j changes no byte of the store, also while another program writes to it',
  async request => {
    const { bench, run, other } = await afterRun();
    const bytes = () => ['', '-wal'].map(end => readFileSync(`${bench.file}${end}`));
    const before = bytes();
    bench.db.pragma('busy_timeout = 0');
    other.prepare('begin immediate').run();
    const plan = planRerun(bench.db, run, request);
    other.prepare('rollback').run();
    expect(bytes()).toEqual(before);
    const rerun = await rerunRun(bench.worker(counting(() => false)), run, request);
    expect(rerun.report).toEqual(plan);
    expect(await rerun.done).toMatchObject({ status: 'completed', state: { n: 3 } });
  },
);

test('a plan reads in pieces: others can put away what they have written meanwhile', async () => {
  const { bench, run, other } = await afterRun();
  prepareRerun(bench.db, run, { batches: 'all' });
  expect(bench.db.inTransaction).toBe(false);
  other.prepare(`update runs set name = 'other'`).run();
  // The log begins anew only where nobody reads an older state of the store.
  expect(other.pragma('wal_checkpoint(TRUNCATE)')).toEqual([expect.objectContaining({ busy: 0, log: 0 })]);
});

test('a plan that another process has overtaken is known to be void', async () => {
  const { bench, run, other } = await afterRun();
  const stale = prepareRerun(bench.db, run, { batches: 'failed' });
  const elsewhere = { ...bench.worker(counting(() => false)), db: other };
  await (
    await rerunRun(elsewhere, run, { batches: 'failed' })
  ).done;
  expect(stale.basis.isValid()).toBe(false);
  expect(() => planRerun(bench.db, run, { batches: 'failed' })).toThrow('has no failed batches');
});

test('a plan is still good after others have written to other runs, and not after its own was written to', async () => {
  const { bench, run, other } = await afterRun();
  const basis = new PlanBasis(bench.db, run);
  expect(basis.isValid()).toBe(true);
  other
    .prepare(`insert into runs (uid, workflow, name, file, status, payload, graph, started_at)
    values ('u', 'other', 'other', '/', 'completed', '', '{}', 1)`)
    .run();
  expect(basis.isValid()).toBe(true);
  other.prepare(`update runs set status = 'cancelled' where id = ?`).run(run);
  expect(basis.isValid()).toBe(false);
});

test('a plan is not trusted when an owner that was silent may have woken and written', async () => {
  const { bench, run, other } = await afterRun();
  other
    .prepare(`insert into leases (run, owner, pid, born, host, heartbeat) values (?, 'silent', 7, null, 'h', 1)`)
    .run(run);
  const basis = new PlanBasis(bench.db, run);
  expect(basis.isValid()).toBe(true);
  other.prepare(`update batches set items = items + 1 where run = ?`).run(run);
  expect(basis.isValid()).toBe(false);
});
