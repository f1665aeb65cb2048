import { describe, expect, test } from 'vitest';
import { askToCancelBatch } from '../../engine/store/batch-cancels.ts';
import type { Run } from '../../engine/run/run.ts';
import { SimulatedClock } from '../support/clock.ts';
import { Bench, workflow } from '../support/runs.ts';

/* One batch is cancelled, and its run goes on. */

const never = () => new Promise<never>(() => undefined);

interface Row {
  readonly idx: number;
  readonly status: number;
  readonly error: string | null;
}

const rows = (bench: Bench) => bench.db.prepare<[], Row>('select idx, status, error from batches order by idx').all();
const statuses = (bench: Bench) => rows(bench).map(({ status }) => status);
const [SUCCEEDED, CANCELLED] = [2, 4];

/** A run whose item 2 hangs in its first step; `hung` resolves when it does. */
function hanging(concurrency = 2) {
  const hung = Promise.withResolvers<void>();
  const executed: string[] = [];
  let hangs = true;
  const definition = workflow(start =>
    start
      .forEach(
        'each',
        [0, 1, 2, 3, 4],
        (item, flow) => {
          flow
            .step('call', async () => {
              executed.push(`call ${item}`);
              if (item === 2 && hangs) {
                hung.resolve();
                await never();
              }
            })
            .retry({ attempts: 3 })
            .onError(() => 'instead');
          flow.step('keep', () => void executed.push(`keep ${item}`));
        },
        { concurrency },
      )
      .step('report', ctx => ctx.last),
  );
  return { definition, hung: hung.promise, executed, heal: () => (hangs = false) };
}

describe('a batch that is cancelled', () => {
  test('ends as cancelled at once, and the run goes on to its end', async () => {
    const bench = new Bench();
    const { definition, hung, executed } = hanging();
    const { run, done } = await bench.start(definition);
    await hung;
    run.batchCancels.ask(3, 'cancelled by hand');
    const summary = await done;
    expect([summary.status, summary.batches]).toMatchObject([
      'completed',
      { total: 5, succeeded: 4, failed: 0, cancelled: 1, waiting: 0, running: 0 },
    ]);
    expect(summary.output).toEqual({
      items: { total: 5, succeeded: 4, failed: 0, setAside: 0, cancelled: 1 },
      batches: { total: 5, succeeded: 4, failed: 0, setAside: 0, cancelled: 1 },
    });
    expect(statuses(bench)).toEqual([SUCCEEDED, SUCCEEDED, CANCELLED, SUCCEEDED, SUCCEEDED]);
    expect(rows(bench)[2]?.error).toContain('cancelled by hand');
    // Neither its retries nor its onError are for that; nothing after it is executed.
    expect(executed.filter(text => text.endsWith('2'))).toEqual(['call 2']);
    const step = 'select s.status from steps s join nodes n using (run, node) where s.scope = 3';
    expect(bench.db.prepare(step).all()).toEqual([{ status: CANCELLED }]);
  });

  test('is run again by a re-run of what failed, which then succeeds', async () => {
    const bench = new Bench();
    const { definition, hung, heal } = hanging();
    const { run, id, done } = await bench.start(definition);
    await hung;
    run.batchCancels.ask(3, 'no');
    await done;
    heal();
    const again = await bench.rerun(definition, id);
    expect([again.status, again.batches.succeeded, again.batches.cancelled]).toEqual(['completed', 5, 0]);
  });

  test('waits for nothing: its own next attempt, a delay, and one that has not begun', async () => {
    const clock = new SimulatedClock(0);
    const ask = (run: Run) => clock.after(50, () => [1, 2, 3].forEach(scope => run.batchCancels.ask(scope, 'no')));
    const bench = new Bench({ clock, onBegin: ask });
    const definition = workflow(start =>
      start.batch(
        'each',
        { items: [0, 1, 2], size: 1, concurrency: 2, retry: { attempts: 3, backoff: { delay: 100_000 } } },
        (items, flow) => {
          if (items[0] === 0)
            flow.step('fail', () => {
              throw new Error('no');
            });
          else flow.step('late', () => 'done').delay(200_000);
        },
      ),
    );
    const summary = await clock.settle(bench.run(definition));
    expect([clock.elapsed() < 1_000, summary?.status]).toEqual([true, 'completed']);
    expect(statuses(bench)).toEqual([CANCELLED, CANCELLED, CANCELLED]);
  });

  test('takes the batches inside it along', async () => {
    const bench = new Bench();
    const hung = Promise.withResolvers<void>();
    const definition = workflow(start =>
      start.forEach('outer', [0], (_item, flow) => {
        flow.forEach('inner', [0, 1], (_inner, flow) => {
          flow.step('call', () => {
            hung.resolve();
            return never();
          });
        });
      }),
    );
    const { run, done } = await bench.start(definition);
    await hung.promise;
    run.batchCancels.ask(1, 'no');
    expect((await done).status).toBe('completed');
    const inner = bench.db.prepare('select status, count(*) as n from batches where parent = 1 group by status').all();
    expect(inner).toContainEqual({ status: CANCELLED, n: 1 });
    const running = bench.db.prepare('select count(*) as n from steps where status not in (2, 4)').get();
    expect(running).toEqual({ n: 0 });
  });
});

test('what another process asks is read from the store, over a kill, and is over with the run', async () => {
  const bench = new Bench();
  const { definition, hung } = hanging();
  const { id, done } = await bench.start(definition);
  await hung;
  askToCancelBatch(bench.db, id, 3, 'cancelled elsewhere');
  expect((await done).status).toBe('completed');
  expect(statuses(bench)[2]).toBe(CANCELLED);
  expect(bench.db.prepare('select * from batch_cancels').all()).toEqual([]);
});
