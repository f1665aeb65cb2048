import { afterEach, describe, expect, onTestFinished, test } from 'vitest';
import Database from 'better-sqlite3';
import { amountsText } from '../../common/amounts.ts';
import type { Context } from '../../engine/index.ts';
import { attachToPoints, type Point } from '../../engine/failpoints.ts';
import { rerunRun } from '../../engine/run/execute.ts';
import type { RerunRequest } from '../../engine/run/rerun/request.ts';
import { planRerun } from '../../engine/run/rerun/rerun.ts';
import { nodeAmounts } from '../../engine/store/amount-queries.ts';
import { cancelAtRest } from '../../engine/store/cancel.ts';
import { decode } from '../../engine/store/codec.ts';
import { currentFindings } from '../../engine/store/findings.ts';
import { storedProgress } from '../../engine/store/progress-queries.ts';
import { storedSummary } from '../../engine/store/stored-summary.ts';
import { requireRun } from '../../engine/store/runs.ts';
import { isBalanced } from '../support/balance.ts';
import { Bench, workflow } from '../support/runs.ts';
import { range } from '../support/outside.ts';

const AT = 1_764_000_000_000;

/** Twenty items in batches of five; those that are broken fail, and `ctx.each` marks them. Counts what it does in the state. */
function sending(broken: ReadonlySet<number>, options: object = {}, tried: string[] = []) {
  return workflow(flow =>
    flow
      .batch('send', { items: range(20), size: 5, concurrency: 2, ...options }, (items: number[], inner) => {
        inner
          .step('count', async (ctx: Context) => {
            await ctx.state.incr('counted', items.length);
          })
          .step('try', (ctx: Context) => {
            tried.push(items.join());
            return ctx.each(items, item => {
              if (broken.has(item)) throw new Error(`item ${item} is broken`);
              return item;
            });
          });
      })
      .step('sum', (ctx: { steps: Record<string, { output: unknown }> }) => ctx.steps.send?.output),
  );
}

const aside = (items: NonNullable<RerunRequest['setAside']>['items']): RerunRequest => ({
  batches: items === 'found' ? 'failed' : [],
  setAside: { items, who: 'ada', reason: 'asked the shop', at: AT },
});

interface Row {
  readonly scope: number;
  readonly item: number;
  readonly since_attempt: number;
  readonly until_attempt: number | null;
  readonly position: number;
  readonly label: string | null;
  readonly value: string;
  readonly who: string | null;
  readonly error: string | null;
}

const rows = (bench: Bench): Row[] =>
  bench.db.prepare<[], Row>('select * from set_aside order by scope, item, since_attempt').all();

/** Items that are set aside now, as they are stored. */
const gone = (bench: Bench): unknown[] =>
  rows(bench)
    .filter(row => row.until_attempt === null)
    .map(row => decode(row.value));

const itemsOf = (bench: Bench, batch: number): unknown =>
  decode(
    bench.db
      .prepare<[number], string>(
        'select i.items from batch_items i join batches b using (run, scope) where b.idx = ? order by i.attempt desc',
      )
      .pluck()
      .get(batch) ?? '',
  );

const progress = (bench: Bench) => storedProgress(bench.db, 1, () => undefined);

describe('items set aside', () => {
  test('their batches run without them, the run goes on, and they stay on record', async () => {
    const bench = new Bench();
    const tried: string[] = [];
    const build = () => sending(new Set([3, 7, 8]), {}, tried);
    expect(await bench.run(build())).toMatchObject({ status: 'failed', items: { succeeded: 10, failed: 10 } });
    tried.length = 0;
    const { report, done } = await rerunRun(bench.worker(build()), 1, aside('found'));
    expect(report).toMatchObject({
      nodes: [{ path: 'send', batches: 2, indices: [0, 1] }],
      setAside: [{ path: 'send', items: 3, batches: 2, names: ['0:3', '1:2', '1:3'] }],
      takenBack: [{ key: 'counted', by: 10 }],
    });
    const summary = await done;
    expect(tried).toEqual(['0,1,2,4', '5,6,9']);
    expect(summary).toMatchObject({
      status: 'completed',
      items: { total: 20, succeeded: 17, failed: 0, setAside: 3, waiting: 0 },
      batches: { total: 4, succeeded: 4, setAside: 0 },
      state: { counted: 17 },
      output: {
        items: { total: 20, succeeded: 17, failed: 0, setAside: 3 },
        batches: { total: 4, succeeded: 4, failed: 0, setAside: 0 },
      },
    });
    expect(rows(bench)).toMatchObject([
      { item: 3, position: 3, since_attempt: 2, until_attempt: null, value: '3', who: 'ada' },
      { item: 2, position: 7, since_attempt: 2, until_attempt: null, value: '7', who: 'ada' },
      { item: 3, position: 8, since_attempt: 2, until_attempt: null, value: '8', who: 'ada' },
    ]);
    expect(JSON.parse(rows(bench)[0]?.error ?? '')).toMatchObject({ message: 'item 3 is broken' });
    expect(storedSummary(bench.db, requireRun(bench.db, 1), AT).items).toEqual(summary.items);
  });

  test('are named by their places, which stay the same whatever is set aside', async () => {
    const bench = new Bench();
    const broken = new Set([6, 8, 9]);
    await bench.run(sending(broken));
    // Of the second batch: 6, and in the shorter batch that is left 8 and 9 are in other places.
    await bench.rerun(sending(broken), 1, aside([{ batch: 1, item: 1 }]));
    expect(currentFindings(bench.db, 1, { limit: 9 })).toMatchObject([
      { batch: 1, item: 3, position: 8 },
      { batch: 1, item: 4, position: 9 },
    ]);
    await bench.rerun(sending(broken), 1, aside([{ batch: 1, item: 3 }]));
    expect(itemsOf(bench, 1)).toEqual([5, 7, 9]);
    expect(await bench.rerun(sending(broken), 1, aside('found'))).toMatchObject({
      status: 'completed',
      items: { total: 20, succeeded: 17, setAside: 3 },
    });
    expect(itemsOf(bench, 1)).toEqual([5, 7]);
    expect(gone(bench)).toEqual([6, 8, 9]);
  });

  test('come back into their places, edited or not, and their batches run again', async () => {
    const bench = new Bench();
    const broken = new Set([6, 8, 9]);
    await bench.run(sending(broken));
    await bench.rerun(sending(broken), 1, aside('found'));
    const tried: string[] = [];
    broken.delete(8);
    const back = [
      { batch: 1, item: 3 },
      { batch: 1, item: 1, value: '60' },
    ];
    expect(await bench.rerun(sending(broken, {}, tried), 1, { batches: [], takeBack: back })).toMatchObject({
      status: 'completed',
      items: { total: 20, succeeded: 19, setAside: 1 },
      state: { counted: 19 },
    });
    expect(tried).toEqual(['5,60,7,8']);
    expect(gone(bench)).toEqual([9]);
    // One that still fails fails its batch, and can be set aside again.
    expect(await bench.rerun(sending(broken, {}, tried), 1, { batches: [], takeBack: 'all' })).toMatchObject({
      status: 'failed',
      items: { failed: 5, setAside: 0 },
    });
    expect(tried.at(-1)).toBe('5,60,7,8,9');
    await bench.rerun(sending(broken), 1, aside('found'));
    expect(rows(bench).map(({ item, since_attempt: from, until_attempt: to }) => [item, from, to])).toEqual([
      [1, 2, 3],
      [3, 2, 3],
      [4, 2, 4],
      [4, 5, null],
    ]);
  });

  test('what is done outside for the others is not done again', async () => {
    const bench = new Bench();
    const sent: number[] = [];
    const build = () =>
      workflow(flow =>
        flow.batch('mail', { items: range(4), size: 4 }, (items: number[], inner) => {
          inner.step('send', (ctx: Context) =>
            ctx.each(items, async item => {
              await ctx.effect(`mail ${item}`, () => sent.push(item));
              if (item === 2) throw new Error('bounced');
            }),
          );
        }),
      );
    await bench.run(build());
    expect(sent).toEqual([0, 1, 2, 3]);
    expect(await bench.rerun(build(), 1, aside('found'))).toMatchObject({ items: { succeeded: 3, setAside: 1 } });
    expect(sent).toEqual([0, 1, 2, 3]);
  });

  test('a batch of which all are set aside is not executed, and counts as set aside', async () => {
    const bench = new Bench();
    const calls: number[] = [];
    const build = () =>
      workflow(flow =>
        flow
          .forEach('each', range(4), (item: number, inner) => {
            inner.step('try', (ctx: Context) => {
              calls.push(item);
              ctx.item(0);
              if (item === 2) throw new Error('no');
            });
          })
          .step('after', () => calls.push(-1)),
      );
    await bench.run(build());
    calls.length = 0;
    const summary = await bench.rerun(build(), 1, aside('found'));
    expect(calls).toEqual([-1]);
    expect(summary).toMatchObject({
      status: 'completed',
      items: { total: 4, succeeded: 3, setAside: 1 },
      batches: { total: 4, succeeded: 3, setAside: 1 },
    });
    // A re-run of the failed ones leaves it alone.
    await expect(bench.rerun(build(), 1)).rejects.toThrow('no failed batches');
    expect(await bench.rerun(build(), 1, { batches: 'all' })).toMatchObject({ batches: { succeeded: 3, setAside: 1 } });
    calls.length = 0;
    await bench.rerun(build(), 1, { batches: [], takeBack: [{ batch: 2, item: 0 }] });
    expect(calls).toEqual([2]);
  });

  test('of items that fail only together the first stays in its batch', async () => {
    const bench = new Bench();
    const build = () =>
      workflow(flow =>
        flow.batch('work', { items: range(5), size: 5 }, (items: number[], inner) => {
          inner.step('try', () => {
            if (items.includes(1) && items.includes(3)) throw new Error('twice');
          });
        }),
      );
    await bench.run(build());
    const insert = bench.db.prepare(
      `insert into findings (run, scope, batch_attempt, item, position, found, error, others) values (1, 1, 1, ?, ?, 'together', ?, ?)`,
    );
    const error = JSON.stringify({ name: 'Error', message: 'twice', fingerprint: 'twice' });
    insert.run(1, 1, error, '[3]');
    insert.run(3, 3, error, '[1]');
    expect(await bench.rerun(build(), 1, aside('found'))).toMatchObject({
      status: 'completed',
      items: { setAside: 1 },
    });
    expect(gone(bench)).toEqual([3]);
  });

  test('are tried again where an earlier step is repeated: the items of the node are read anew', async () => {
    const bench = new Bench();
    const broken = new Set([1]);
    const build = () =>
      workflow(flow =>
        flow
          .step('load', () => range(4))
          .batch('send', { items: (ctx: Context) => ctx.last as number[], size: 2 }, (items: number[], inner) => {
            inner.step('try', (ctx: Context) =>
              ctx.each(items, item => {
                if (broken.has(item)) throw new Error('broken');
              }),
            );
          }),
      );
    await bench.run(build());
    await bench.rerun(build(), 1, aside('found'));
    expect(progress(bench)[0]?.items).toMatchObject({ total: 4, succeeded: 3, setAside: 1 });
    expect(await bench.rerun(build(), 1, { node: 'load', batches: 'all' })).toMatchObject({
      status: 'failed',
      items: { total: 4, succeeded: 2, failed: 2, setAside: 0 },
    });
    expect(gone(bench)).toEqual([]);
  });

  test('inside other batches: the outer batch goes on', async () => {
    const bench = new Bench();
    const build = () =>
      workflow(flow =>
        flow.forEach('floor', range(2), (floor: number, body) => {
          body
            .batch('rooms', { items: range(4), size: 2 }, (rooms: number[], inner) => {
              inner.step('clean', (ctx: Context) =>
                ctx.each(rooms, room => {
                  if (floor === 1 && room === 2) throw new Error('locked');
                }),
              );
            })
            .step('report', (ctx: { steps: Record<string, { output: unknown }> }) => ctx.steps.rooms?.output);
        }),
      );
    await bench.run(build());
    const summary = await bench.rerun(build(), 1, aside('found'));
    expect(summary).toMatchObject({
      status: 'completed',
      nodes: [
        { path: 'floor', items: { succeeded: 2, setAside: 0 } },
        { path: 'floor/rooms', items: { total: 8, succeeded: 7, setAside: 1 } },
      ],
    });
    expect(summary.nodes.every(isBalanced)).toBe(true);
    await expect(bench.rerun(build(), 1, { ...aside([{ batch: 0, item: 0 }]), node: 'floor/rooms' })).rejects.toThrow(
      'has 2 batches 0',
    );
    // By its scope it is one.
    const scope = rows(bench)[0]?.scope ?? 0;
    await bench.rerun(build(), 1, { batches: [], takeBack: [{ scope, item: 0 }] });
    expect(gone(bench)).toEqual([]);
  });

  test.each([
    ['an item that there is not', aside([{ batch: 1, item: 5 }]), 'Batch 1 has 5 items'],
    ['a batch that there is not', aside([{ batch: 9, item: 0 }]), 'send has no batch 9'],
    ['an item that is set aside', aside([{ batch: 0, item: 3 }]), 'Item 3 of batch 0 is set aside already'],
    ['nothing found', aside('found'), 'cronflow find 1'],
    ['an item that is not', { batches: [], takeBack: [{ batch: 0, item: 1 }] }, 'Item 1 of batch 0 is not set aside'],
  ] satisfies [string, RerunRequest, string][])('refuses %s', async (_what, request, message) => {
    const bench = new Bench();
    const build = () => sending(new Set([3]));
    await bench.run(build());
    await bench.rerun(build(), 1, aside('found'));
    expect(() => planRerun(bench.db, 1, request)).toThrow(message);
  });
});

test('a run that is cancelled with items set aside adds up', async () => {
  const bench = new Bench();
  const build = () =>
    workflow(flow =>
      flow.batch('send', { items: range(20), size: 5, onBatchError: 'stop' }, (items: number[], inner) => {
        inner.step('try', (ctx: Context) =>
          ctx.each(items, item => {
            if (item === 3 || item === 7) throw new Error('broken');
          }),
        );
      }),
    );
  await bench.run(build());
  await bench.rerun(build(), 1, aside('found'));
  // The second batch has failed, two wait, and one item of the first is set aside.
  bench.db.prepare("update runs set status = 'interrupted', counts = null").run();
  cancelAtRest(bench.db, 1, 'no longer needed', AT);
  const counts = storedSummary(bench.db, requireRun(bench.db, 1), AT);
  expect(counts.items).toMatchObject({ total: 20, succeeded: 4, failed: 5, setAside: 1, cancelled: 10, waiting: 0 });
  expect(counts.nodes.every(isBalanced)).toBe(true);
});

describe('amounts of items set aside', () => {
  const build = (fails: ReadonlySet<number>, conserve: (item: number) => unknown = item => item * 10) =>
    workflow(flow =>
      flow.batch(
        'pay',
        { items: range(6), size: 3, conserve, conserveUnit: '€', label: (item: number) => `no. ${item}` } as never,
        (items: number[], inner) => {
          inner.step('try', (ctx: Context) =>
            ctx.each(items, item => {
              if (fails.has(item)) throw new Error('no');
            }),
          );
        },
      ),
    );
  const text = (bench: Bench) => nodeAmounts(bench.db, 1, false).map(amountsText);

  test('are a part of their own, and go back with them', async () => {
    const bench = new Bench();
    await bench.run(build(new Set([1, 4])));
    expect(text(bench)).toEqual(['€ 150 = € 150 failed']);
    await bench.rerun(build(new Set([1, 4])), 1, aside('found'));
    expect(text(bench)).toEqual(['€ 150 = € 100 done + € 50 set aside']);
    await bench.rerun(build(new Set()), 1, { batches: [], takeBack: [{ batch: 1, item: 1 }] });
    expect(text(bench)).toEqual(['€ 150 = € 140 done + € 10 set aside']);
    await bench.rerun(build(new Set()), 1, { batches: [], takeBack: [{ batch: 0, item: 1, value: '5' }] });
    expect(text(bench)).toEqual(['€ 190 = € 190 done']);
  });

  test('are named by `label`, also where a person has named them by their places', async () => {
    const bench = new Bench();
    await bench.run(build(new Set()));
    await bench.rerun(build(new Set()), 1, aside([{ batch: 0, item: 2 }]));
    expect(rows(bench)).toMatchObject([{ label: 'no. 2', position: 2 }]);
  });

  test('that nobody knows leave the sum without them, and it says so', async () => {
    const bench = new Bench();
    const conserve = (item: number) => (item === 4 ? Number.NaN : item * 10);
    await bench.run(build(new Set(), conserve));
    expect(text(bench)).toEqual(['€ 30 = € 30 done, without 1 batch of unknown amount']);
    const summary = await bench.rerun(build(new Set(), conserve), 1, aside([{ batch: 1, item: 1 }]));
    expect(summary.status).toBe('completed');
    expect(text(bench)).toEqual(['€ 110 = € 110 done, without 1 item of unknown amount']);
  });
});

describe('a kill while items are set aside', () => {
  afterEach(() => attachToPoints(() => {}));

  /** Whatever has been committed adds up. */
  function watch(bench: Bench): string[] {
    const wrong: string[] = [];
    const db = new Database(bench.file, { readonly: true });
    onTestFinished(() => {
      db.close();
    });
    attachToPoints(point => {
      if (point !== 'after-commit' && point !== 'after-rerun') return;
      for (const node of storedProgress(db, 1, () => undefined))
        if (!isBalanced(node) || node.items.total !== 20) wrong.push(JSON.stringify(node));
    });
    return wrong;
  }

  test('never loses or doubles one: after every commit all twenty are in their places', async () => {
    const bench = new Bench();
    const broken = new Set([3, 7, 8]);
    await bench.run(sending(broken));
    const wrong = watch(bench);
    await bench.rerun(sending(broken), 1, aside('found'));
    await bench.rerun(sending(broken), 1, { batches: [], takeBack: 'all' });
    await bench.rerun(sending(broken), 1, aside([{ batch: 0, item: 3 }]));
    await bench.rerun(sending(broken), 1, aside('found'));
    expect(wrong).toEqual([]);
  });

  test.each(['before-rerun', 'after-rerun', 'taking-up', 'taken-up', 'before-commit', 'after-commit'] as const)(
    'at %s: a resume or the same re-run goes on, and they are set aside once',
    async point => {
      const bench = new Bench();
      const broken = new Set([3, 7, 8]);
      await bench.run(sending(broken));
      await killedAt(point, bench, sending(broken));
      const hasBegun = bench.db.prepare('select max(session) from sessions').pluck().get() === 2;
      const summary = hasBegun
        ? await bench.resume(sending(broken), 1)
        : await bench.rerun(sending(broken), 1, aside('found'));
      expect(summary).toMatchObject({
        status: 'completed',
        items: { total: 20, succeeded: 17, setAside: 3 },
        state: { counted: 17 },
      });
      expect(gone(bench)).toEqual([3, 7, 8]);
    },
  );

  async function killedAt(point: Point, bench: Bench, definition: ReturnType<typeof sending>): Promise<void> {
    attachToPoints(name => {
      if (name === point) throw new Error('killed');
    });
    await rerunRun(bench.worker(definition), 1, aside('found'))
      .then(({ done }) => done)
      .catch(() => undefined);
    attachToPoints(() => {});
    bench.db.prepare('delete from leases').run();
  }
});
