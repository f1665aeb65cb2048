import { describe, expect, test } from 'vitest';
import { Gate, Ledger, range, turns } from '../support/outside.ts';
import { batchesOf } from '../support/recorded.ts';
import { Bench, workflow } from '../support/runs.ts';

/** A workflow of one batch node, one item a batch, of which the listed ones fail; and a step after it. */
function failing(items: number, broken: readonly number[], options: object, ledger = new Ledger()) {
  return workflow(flow =>
    flow
      .batch('work', { items: range(items), size: 1, ...options }, ([item = 0], flow) => {
        flow.step('try', async () => {
          ledger.note(`try ${item}`);
          if (broken.includes(item)) throw new Error(`item ${item} is broken`);
          return item;
        });
      })
      .step('after', async () => ledger.note('after')),
  );
}

describe('a failing batch', () => {
  test('leaves the others alone, and later steps do not run', async () => {
    const ledger = new Ledger();
    const bench = new Bench();
    const summary = await bench.run(failing(5, [1, 2], {}, ledger));
    expect(ledger.entries).toEqual(range(5).map(item => `try ${item}`));
    expect(summary).toMatchObject({
      status: 'failed',
      batches: { total: 5, succeeded: 3, failed: 2, running: 0, waiting: 0, cancelled: 0, setAside: 0 },
      error: {
        name: 'BatchesFailed',
        step: 'work',
        message: '2 of 5 batches of "work" failed. The first: item 1 is broken',
      },
    });
    expect(
      batchesOf(bench, summary.run, 'work').map(({ status, error }) => [status, error?.message, error?.step]),
    ).toEqual([
      ['succeeded', undefined, undefined],
      ['failed', 'item 1 is broken', 'work/try'],
      ['failed', 'item 2 is broken', 'work/try'],
      ['succeeded', undefined, undefined],
      ['succeeded', undefined, undefined],
    ]);
  });

  test('counts all its items as failed', async () => {
    const summary = await new Bench().run(
      workflow(flow =>
        flow.batch('work', { items: range(10), size: 4 }, (batch, flow) => {
          flow.step('try', async () => {
            if (batch.includes(9)) throw new Error('no');
          });
        }),
      ),
    );
    expect(summary.items).toMatchObject({ total: 10, succeeded: 8, failed: 2 });
  });

  test('whose body throws is like one whose step throws', async () => {
    const bench = new Bench();
    const summary = await bench.run(
      workflow(flow =>
        flow.forEach('each', range(3), (item, flow) => {
          if (item === 1) throw new Error('this item has no shape');
          flow.step('one', async () => item);
        }),
      ),
    );
    expect(summary).toMatchObject({ status: 'failed', batches: { succeeded: 2, failed: 1 } });
    expect(batchesOf(bench, summary.run, 'each')[1]).toMatchObject({
      status: 'failed',
      error: { message: 'this item has no shape' },
    });
  });

  test.each([
    { tolerateFailures: undefined, items: 4, broken: 1, status: 'failed' },
    { tolerateFailures: 0, items: 4, broken: 1, status: 'failed' },
    { tolerateFailures: 2, items: 6, broken: 2, status: 'completed' },
    { tolerateFailures: 2, items: 6, broken: 3, status: 'failed' },
    { tolerateFailures: '25%', items: 8, broken: 2, status: 'completed' },
    { tolerateFailures: '25%', items: 8, broken: 3, status: 'failed' },
    { tolerateFailures: '33%', items: 3, broken: 1, status: 'failed' },
    { tolerateFailures: '34%', items: 3, broken: 1, status: 'completed' },
    { tolerateFailures: '0%', items: 3, broken: 1, status: 'failed' },
    { tolerateFailures: '100%', items: 3, broken: 3, status: 'completed' },
    { tolerateFailures: 'all', items: 3, broken: 3, status: 'completed' },
  ])(
    '$broken of $items: tolerateFailures $tolerateFailures makes the run $status',
    async ({ items, broken, status, ...options }) => {
      const ledger = new Ledger();
      const summary = await new Bench().run(failing(items, range(broken), { ...options, concurrency: 2 }, ledger));
      expect(summary).toMatchObject({ status, batches: { total: items, failed: broken, succeeded: items - broken } });
      expect(ledger.times('after')).toBe(status === 'completed' ? 1 : 0);
    },
  );

  test('is counted against the limit over all batches, wherever in the order it comes and whatever runs beside it', async () => {
    // 4 of 8 in each half: a limit that was counted per concurrent group would bear them.
    for (const broken of [
      [0, 1, 2, 3],
      [4, 5, 6, 7],
      [0, 2, 4, 6],
    ]) {
      expect((await new Bench().run(failing(8, broken, { tolerateFailures: 3, concurrency: 2 }))).status).toBe(
        'failed',
      );
      expect((await new Bench().run(failing(8, broken, { tolerateFailures: 4, concurrency: 2 }))).status).toBe(
        'completed',
      );
    }
  });

  test('that is tolerated stays on record', async () => {
    const bench = new Bench();
    const summary = await bench.run(failing(4, [2], { tolerateFailures: 'all' }));
    expect(summary.nodes).toMatchObject([{ path: 'work', batches: { total: 4, succeeded: 3, failed: 1 } }]);
    expect(batchesOf(bench, summary.run, 'work')[2]).toMatchObject({
      status: 'failed',
      error: { message: 'item 2 is broken' },
    });
  });

  test("with onBatchError 'stop' lets none begin after it; those that have begun go on to their end", async () => {
    const ledger = new Ledger();
    const beside = new Gate();
    const run = await new Bench().start(
      workflow(flow =>
        flow.batch('work', { items: range(10), size: 1, concurrency: 2, onBatchError: 'stop' }, ([item], flow) => {
          flow
            .step('one', async () => {
              if (item === 0) await beside.pass();
              if (item === 1) throw new Error('stop here');
              ledger.note(`one ${item}`);
            })
            .step('two', async () => ledger.note(`two ${item}`));
        }),
      ),
    );
    await beside.reached();
    await turns(20);
    beside.open();
    expect(await run.done).toMatchObject({
      status: 'failed',
      batches: { total: 10, succeeded: 1, failed: 1, waiting: 8 },
    });
    expect(ledger.entries).toEqual(['one 0', 'two 0']);
  });

  test("with onBatchError 'stop' stops only once there are more failures than are tolerated", async () => {
    const summary = await new Bench().run(failing(10, [1, 3, 5], { onBatchError: 'stop', tolerateFailures: 1 }));
    expect(summary).toMatchObject({ status: 'failed', batches: { succeeded: 2, failed: 2, waiting: 6 } });
  });
});
