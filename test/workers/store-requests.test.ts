import { describe, expect, test } from 'vitest';
import { FileOfSteps } from '../../engine/run/current-store.ts';
import { systemClock } from '../../engine/run/clock.ts';
import { AnswerCache } from '../../engine/run/workers/answer-cache.ts';
import { RemoteStore } from '../../engine/run/workers/remote-store.ts';
import { StoreServer } from '../../engine/run/workers/store-server.ts';
import type { StoreRequest } from '../../engine/run/workers/store-requests.ts';
import { EffectStore } from '../../engine/store/effect-store.ts';
import { RunReader } from '../../engine/store/run-reader.ts';
import { all, range } from '../support/outside.ts';
import { Bench, workflow } from '../support/runs.ts';

/** The store of a run as a worker on another machine sees it, and what it has asked. */
function remote(bench: Bench, run = 1) {
  const server = new StoreServer({ db: bench.db, run, clock: systemClock, steps: new FileOfSteps(bench.file) });
  const asked: StoreRequest[] = [];
  const now = (request: StoreRequest) => {
    asked.push(request);
    return server.answer(request);
  };
  return { store: new RemoteStore({ now, later: async request => now(request) }), server, asked };
}

/** A run in which everything is there that can be asked for. */
async function everything(): Promise<Bench> {
  const bench = new Bench();
  await bench.run(
    workflow(flow =>
      flow
        .batch('work', { items: range(4), size: 2, tolerateFailures: 'all' }, ([first], flow) => {
          flow
            .step('one', async ctx => {
              await ctx.state.incr('n', 1);
              await ctx.effect(`mail ${first}`, () => ({ sent: first }));
              return 'x'.repeat(200_000);
            })
            .step('two', ctx => {
              ctx.state.get('n');
              return 'y'.repeat(200_000);
            })
            .step('nothing', () => undefined)
            .while(
              'again',
              ctx => ctx.last !== 'third',
              flow => {
                flow.step('round', () => 'third');
              },
            )
            .batch('inner', { items: range(3), size: 1 }, ([item], flow) => {
              flow.step('deep', () => {
                if (item === 2 && first === 2) throw new Error('broken');
                return item;
              });
            });
        })
        .step('end', () => 1),
    ),
  );
  return bench;
}

describe('what a worker without the file is told', () => {
  test('is what is in the file, whatever it asks for', async () => {
    const bench = await everything();
    const file = new RunReader(bench.db, 1);
    const effects = new EffectStore(bench.db, 1, 0);
    const { store } = remote(bench);
    const nodes = bench.db.prepare('select node from nodes order by node').pluck().all() as number[];
    const scopes = [0, ...(bench.db.prepare('select scope from batches order by scope').pluck().all() as number[])];
    let rows = 0;
    const same = (there: unknown, here: unknown) => {
      expect(there).toEqual(here);
      rows += Array.isArray(here) ? here.length : Number(here !== undefined);
    };
    same(store.lastFreshSession, file.lastFreshSession);
    for (const scope of scopes) {
      same(store.seenIn(scope), file.seenIn(scope));
      same(store.batches.itemsGone(scope), file.batches.itemsGone(scope));
      same(store.batches.failedInside(scope), file.batches.failedInside(scope));
      same([...store.steps.attemptsIn(scope)], [...file.steps.attemptsIn(scope)]);
      same(store.steps.namedResultsIn(scope), file.steps.namedResultsIn(scope));
      same(await store.effects.isInUse(scope, 1), effects.isInUse(scope, 1));
      for (const node of nodes) {
        const of = [node, scope] as const;
        same(store.batches.undescribedItems(...of), file.batches.undescribedItems(...of));
        same(await all(store.batches.outputs(...of)), await all(file.batches.outputs(...of)));
        same(store.batches.counts(...of), file.batches.counts(...of));
        same(store.batches.firstFailure(...of), file.batches.firstFailure(...of));
        same(store.batches.lastRound(...of), file.batches.lastRound(...of));
        same(store.batches.retriesUsed(scope, 0, 0), file.batches.retriesUsed(scope, 0, 0));
        same(store.steps.lastOfRounds(...of), file.steps.lastOfRounds(...of));
        same(store.steps.valueOf(scope, { node, attempt: 1 }), file.steps.valueOf(scope, { node, attempt: 1 }));
        same(store.splits.progress(...of), file.splits.progress(...of));
        same(store.splits.countsByStatus(...of), file.splits.countsByStatus(...of));
        same([...store.splits.superseded(...of)], [...file.splits.superseded(...of)]);
        const page = { node, parent: scope, after: -1, onlyBegun: false, limit: 100 };
        same([...store.splits.waiting(page)], [...file.splits.waiting(page)]);
      }
    }
    same(await store.effects.find('mail 0'), effects.find('mail 0'));
    same(await store.effects.find('mail 1'), effects.find('mail 1'));
    expect(rows).toBeGreaterThan(100);
  });

  test('comes in pages where it is long, and each row once', async () => {
    const bench = await everything();
    const { store, asked } = remote(bench);
    const [scope] = bench.db.prepare('select min(scope) from batches').pluck().all() as number[];
    const attempts = [...store.steps.attemptsIn(scope ?? 0)];
    expect(attempts.map(({ output }) => output?.length)).toEqual(expect.arrayContaining([200_002, 200_002]));
    expect(new Set(attempts.map(({ seq }) => seq)).size).toBe(attempts.length);
    expect(asked.length).toBeGreaterThan(1);
  });

  test('ends with the limit of what it asked for, also where that is more than a page', async () => {
    const bench = new Bench();
    const run = await bench.start(
      workflow(flow =>
        flow.batch(
          'work',
          { items: range(8).map(item => `${item}${'z'.repeat(100_000)}`), size: 1, concurrency: 1 },
          (_items, flow) => {
            flow.step('one', () => run.run.stopping.request({ as: 'paused', reason: 'test' }));
          },
        ),
      ),
    );
    await run.done;
    const { store, asked } = remote(bench);
    const node = bench.db.prepare(`select node from nodes where path = 'work'`).pluck().get() as number;
    const page = { node, parent: 0, after: -1, onlyBegun: false, limit: 5 };
    const waiting = [...store.splits.waiting(page)];
    expect(waiting).toEqual([...new RunReader(bench.db, 1).splits.waiting(page)]);
    expect(waiting).toHaveLength(5);
    expect(asked.length).toBeGreaterThan(1);
  });

  test('is asked for once where it cannot change any more', async () => {
    const bench = await everything();
    const { store, asked } = remote(bench);
    const [scope = 0] = bench.db.prepare('select min(scope) from batches').pluck().all() as number[];
    expect(store.batches.itemsOf(scope, 1)).toBe(store.batches.itemsOf(scope, 1));
    expect(asked).toHaveLength(1);
  });

  test('says what the store says against it', () => {
    const { store } = remote(new Bench());
    expect(() => store.batches.itemsOf(77, 1)).toThrow('The items of batch 77 are not in the store.');
    expect(() => store.ofSteps.answerWait('nobody', { text: '1', by: 'ada', at: 0 })).toThrow(
      'Nothing in this store waits under the token nobody.',
    );
  });

  test('is nothing that is not on the list', () => {
    const { server } = remote(new Bench());
    for (const name of ['deleteRun', 'constructor', '__proto__', 'toString'])
      expect(server.answer([name] as never)).toMatchObject({ kind: 'error', message: expect.stringContaining(name) });
  });

  test('has the time of the runner where a step publishes something: another machine may have another one', () => {
    const bench = new Bench();
    const before = Date.now();
    remote(bench).store.ofSteps.publishEvent({ name: 'ready', payload: '1', by: 'ada', at: before - 86_400_000 });
    const [event] = bench.db.prepare('select name, payload, who, at from events').all() as { at: number }[];
    expect(event).toMatchObject({ name: 'ready', payload: '1', who: 'ada' });
    expect(event?.at).toBeGreaterThanOrEqual(before);
  });
});

test('the cache of answers has a size, and lets go of what was not asked for the longest', () => {
  const cache = new AnswerCache(1_000);
  cache.set('a', 'x'.repeat(200));
  cache.set('long', 'x'.repeat(400));
  for (const key of ['b', 'c', 'd', 'e']) {
    cache.get('a');
    cache.set(key, 'x'.repeat(200));
  }
  expect(cache.chars).toBeLessThanOrEqual(1_000);
  expect(['a', 'b', 'c', 'd', 'e', 'long'].map(key => cache.get(key) !== undefined)).toEqual([
    true,
    false,
    true,
    true,
    true,
    false,
  ]);
});

test('the state that runs share is read and changed by way of the runner', async () => {
  const bench = new Bench();
  await bench.run(workflow(flow => flow.step('one', () => 1)));
  const { store } = remote(bench);
  const { shared } = store.ofSteps;
  shared.set('', 'n', '1', undefined);
  expect([shared.increment('', 'n', 2), shared.read('', 'n'), store.shared('', 'n')]).toEqual([3, '3', '3']);
  shared.set('orders', 'gone', '1', 0);
  expect(shared.counts()).toEqual({
    file: bench.file,
    counts: [
      { workflow: '', keys: 1, expired: 0 },
      { workflow: 'orders', keys: 1, expired: 1 },
    ],
  });
  expect([shared.deleteExpired(), shared.remove('', 'n'), shared.remove('', 'n')]).toEqual([
    [{ workflow: 'orders', deleted: 1 }],
    true,
    false,
  ]);
  shared.set('', 'text', '"a"', undefined);
  expect(() => shared.increment('', 'text', 1)).toThrow('only to a number can something be added');
});
