import { describe, expect, test } from 'vitest';
import type { State } from '../../engine/workflow/types.ts';
import { Gate, range, turns } from '../support/outside.ts';
import { Bench, workflow } from '../support/runs.ts';

/** The updates of a run that were lost: the key, and which batch overwrote which. */
function lostUpdates({ db }: Bench, run: number): { key: string; by: string; of: string }[] {
  return db
    .prepare<[number], { key: string; by: string; of: string }>(
      `select w.key, coalesce(n.path || '[' || b.idx || ']', 'the workflow') as "by", coalesce(m.path || '[' || l.idx || ']', 'the workflow') as "of"
     from state_writes w
     left join batches b on b.run = w.run and b.scope = w.scope left join nodes n on n.run = b.run and n.node = b.node
     left join batches l on l.run = w.run and l.scope = w.lost_scope left join nodes m on m.run = l.run and m.node = l.node
     where w.run = ? and w.lost_scope is not null order by w.seq`,
    )
    .all(run);
}

describe('with many batches at a time', () => {
  test('incr and update are exact, and lose nothing', async () => {
    const bench = new Bench();
    const summary = await bench.run(
      workflow(flow =>
        flow.forEach(
          'each',
          range(500),
          (item, flow) => {
            flow.step('count', async ctx => {
              await ctx.state.incr('sum', item);
              await turns(item % 3);
              await ctx.state.update('updates', (n = 0) => n + 1);
              await turns(item % 2);
              await ctx.state.incr('count');
            });
          },
          { concurrency: 50 },
        ),
      ),
    );
    expect(summary.state).toEqual({ sum: 124_750, updates: 500, count: 500 });
    expect(lostUpdates(bench, summary.run)).toEqual([]);
  });

  /** Two batches: the first reads, then the second does all it has to do, then the first goes on. */
  async function interleaved(
    first: { read(state: State): unknown; write(state: State): unknown },
    second: (state: State) => unknown,
  ) {
    const bench = new Bench();
    const gate = new Gate();
    const run = await bench.start(
      workflow(flow =>
        flow
          .step('init', ctx => ctx.state.set('n', 0))
          .forEach(
            'each',
            range(2),
            (item, flow) => {
              flow
                .step('one', async ctx => {
                  if (item === 0) {
                    await first.read(ctx.state);
                    await gate.pass();
                    await first.write(ctx.state);
                  } else {
                    await gate.reached();
                    await second(ctx.state);
                  }
                })
                .action('then', async () => {
                  if (item === 1) gate.open();
                });
            },
            { concurrency: 2 },
          ),
      ),
    );
    const { state } = await run.done;
    return { state, lost: lostUpdates(bench, run.id) };
  }
  const increase = async (state: State) => state.set('n', state.get('n', 0) + 1);

  test('a get followed by a set that overwrites what another batch has set meanwhile is recorded as a lost update', async () => {
    let read = 0;
    const { state, lost } = await interleaved(
      {
        read: state => {
          read = state.get('n', 0);
        },
        write: state => state.set('n', read + 1),
      },
      increase,
    );
    expect(state).toEqual({ n: 1 });
    expect(lost).toEqual([{ key: 'n', by: 'each[0]', of: 'each[1]' }]);
  });

  test.each<[string, Parameters<typeof interleaved>[0], Parameters<typeof interleaved>[1]]>([
    [
      'what it overwrote was an incr',
      { read: state => state.get('n'), write: state => state.set('n', 1) },
      state => state.incr('n'),
    ],
    [
      'what it overwrote was an update',
      { read: state => state.get('n'), write: state => state.set('n', 1) },
      state => state.update('n', n => n + 1),
    ],
  ])('also where %s', async (_what, first, second) => {
    expect((await interleaved(first, second)).lost).toEqual([{ key: 'n', by: 'each[0]', of: 'each[1]' }]);
  });

  test.each<[string, Parameters<typeof interleaved>[0], Parameters<typeof interleaved>[1], number]>([
    [
      'incr, which does not build on what was read',
      { read: state => state.get('n'), write: state => state.incr('n') },
      increase,
      2,
    ],
    ['update', { read: state => state.get('n'), write: state => state.update('n', n => n + 1) }, increase, 2],
    ['a set that has read nothing', { read: () => {}, write: state => state.set('n', 5) }, increase, 5],
    ['a set that has read again', { read: state => state.get('n'), write: increase }, increase, 2],
    ['a set of another key', { read: state => state.get('n'), write: state => state.set('m', 1) }, increase, 1],
  ])('nothing is lost by %s', async (_what, first, second, n) => {
    const { state, lost } = await interleaved(first, second);
    expect(state).toMatchObject({ n });
    expect(lost).toEqual([]);
  });

  test('what was read in one step and set in a later one of the same batch can be lost too', async () => {
    const bench = new Bench();
    const gate = new Gate();
    const run = await bench.start(
      workflow(flow =>
        flow.forEach(
          'each',
          range(2),
          (item, flow) => {
            flow
              .step('read', async ctx => {
                if (item === 1) await gate.reached();
                return ctx.state.get('n', 0);
              })
              .step('write', async ctx => {
                if (item === 0) await gate.pass();
                await ctx.state.set('n', ctx.last + 1);
              })
              .action('then', async () => {
                if (item === 1) gate.open();
              });
          },
          { concurrency: 2 },
        ),
      ),
    );
    expect((await run.done).state).toEqual({ n: 1 });
    expect(lostUpdates(bench, run.id)).toEqual([{ key: 'n', by: 'each[0]', of: 'each[1]' }]);
  });

  test('nothing is lost where batches only say where they are', async () => {
    const bench = new Bench();
    const summary = await bench.run(
      workflow(flow =>
        flow
          .step('init', ctx => ctx.state.set('phase', 'begun'))
          .forEach(
            'each',
            range(6),
            (item, flow) => {
              flow
                .step('a', async ctx => {
                  await turns(item % 3);
                  await ctx.state.set('phase', `a of ${item}`);
                })
                .step('b', async ctx => {
                  await turns(item % 2);
                  await ctx.state.set('phase', `b of ${item}`);
                });
            },
            { concurrency: 3 },
          )
          .step('end', ctx => ctx.state.set('phase', 'over')),
      ),
    );
    expect(summary.state).toEqual({ phase: 'over' });
    expect(lostUpdates(bench, summary.run)).toEqual([]);
  });
});

describe('one after the other', () => {
  test("the guide's counters are right, and nothing is recorded as lost", async () => {
    const bench = new Bench();
    const summary = await bench.run(
      workflow(flow =>
        flow
          .step('init', async ctx => {
            await ctx.state.set('processed', 0);
            await ctx.state.set('last', -1);
          })
          .batch('work', { items: range(10), size: 3 }, (batch, flow) => {
            flow
              .step('process', async () => {
                const processed = await flow.state.get('processed', 0);
                await flow.state.set('processed', processed + batch.length);
                await flow.state.set('last', flow.state.get('last', -1) + batch.length);
              })
              .action('count', async () => {
                await flow.state.set('batches', (await flow.state.get('batches', 0)) + 1);
              });
          }),
      ),
    );
    expect(summary.state).toEqual({ processed: 10, last: 9, batches: 4 });
    expect(lostUpdates(bench, summary.run)).toEqual([]);
  });

  test('a workflow that reads, lets batches write, and then sets, has lost nothing', async () => {
    const bench = new Bench();
    const summary = await bench.run(
      workflow(flow =>
        flow
          .step('init', ctx => ctx.state.set('n', 0))
          .step('look', async ctx => ctx.state.get('n'))
          .forEach('each', range(3), (_item, flow) => {
            flow.step('one', ctx => ctx.state.incr('n'));
          })
          .step('reset', ctx => ctx.state.set('n', 100)),
      ),
    );
    expect(summary.state).toEqual({ n: 100 });
    expect(lostUpdates(bench, summary.run)).toEqual([]);
  });
});
