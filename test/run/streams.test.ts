import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { resumeRun, type RunInProgress } from '../../engine/run/execute.ts';
import type { Definition } from '../../engine/workflow/nodes.ts';
import { isBalanced } from '../support/balance.ts';
import { Gate, Ledger, range, turns } from '../support/outside.ts';
import { Bench, workflow } from '../support/runs.ts';

interface Asked {
  readonly resume: { readonly offset: number };
}
type Source = (
  ctx: Asked,
) => Iterable<number> | AsyncIterable<number> | Promise<Iterable<number> | AsyncIterable<number>>;

/** A workflow of one batch node over a stream; `work` is its only step. */
function streaming(source: Source, options: object, work: (batch: readonly number[]) => unknown): Definition {
  return workflow(flow =>
    flow.batch('work', { items: source as () => Iterable<number>, size: 1, ...options }, (batch, flow) => {
      flow.step('one', async () => work([...batch]));
    }),
  );
}

const interrupted = { as: 'interrupted', reason: 'test' } as const;

describe('look-ahead', () => {
  test.each([
    { concurrency: 1, size: 1 },
    { concurrency: 1, size: 10 },
    { concurrency: 4, size: 3 },
  ])(
    'with concurrency $concurrency and batches of $size a generator is asked for at most $concurrency batches more',
    async ({ concurrency, size }) => {
      const gate = new Gate();
      let started = 0;
      let finished = 0;
      let pulled = 0;
      let ahead = 0;
      const run = await new Bench().start(
        streaming(
          function* () {
            for (; pulled < 20 * size;) {
              pulled += 1;
              ahead = Math.max(ahead, Math.ceil(pulled / size) - finished);
              yield pulled;
            }
          },
          { concurrency, size },
          async () => {
            started += 1;
            await gate.pass();
            await turns();
            finished += 1;
          },
        ),
      );
      await gate.reached(concurrency);
      await turns(20);
      // All that may begin has begun; and as many again wait to begin, so that no batch waits for the stream.
      expect({ started, pulled }).toEqual({ started: concurrency, pulled: 2 * concurrency * size });
      gate.open();
      expect(await run.done).toMatchObject({ status: 'completed', items: { total: 20 * size, succeeded: 20 * size } });
      expect(ahead).toBeLessThanOrEqual(2 * concurrency + 1);
    },
  );

  test('leaves a stream that is slow to run its batches as they come', async () => {
    const ledger = new Ledger();
    await new Bench().run(
      streaming(
        async function* () {
          for (const item of range(3)) {
            ledger.note(`ask ${item}`);
            yield item;
            await sleep(5);
          }
        },
        {},
        ([item]) => ledger.note(`run ${item}`),
      ),
    );
    expect(ledger.entries.indexOf('run 0')).toBeLessThan(ledger.entries.indexOf('ask 2'));
  });

  test('goes through 5,000 batches of a stream, and keeps none of their items', async () => {
    const weakly: WeakRef<object>[] = [];
    let alive = 0;
    const summary = await new Bench().run(
      workflow(flow =>
        flow.batch(
          'work',
          {
            items: function* () {
              for (const id of range(5_000)) {
                const item = { id };
                weakly.push(new WeakRef(item));
                yield item;
              }
            },
            size: 1,
            concurrency: 50,
          },
          ([item], flow) => {
            if (item?.id === 4_999)
              flow.step('look', async () => {
                await turns();
                globalThis.gc?.();
                alive = weakly.filter(ref => ref.deref()).length;
              });
          },
        ),
      ),
    );
    expect(summary.items).toMatchObject({ total: 5_000, succeeded: 5_000 });
    expect(alive).toBeLessThan(200);
  });
});

describe('counts of a stream that has not ended', () => {
  test('are those of what has been cut so far, and say that they are not complete', async () => {
    const gate = new Gate();
    const run = await new Bench().start(
      streaming(
        () => range(7).values(),
        { size: 2 },
        () => gate.pass(),
      ),
    );
    await gate.reached();
    await turns(20);
    const [node] = run.run.progress.values();
    expect(node).toMatchObject({ complete: false, items: { total: 4, running: 2, waiting: 2 }, batches: { total: 2 } });
    gate.open();
    expect(await run.done).toMatchObject({
      nodes: [{ complete: true, items: { total: 7, succeeded: 7 }, batches: { total: 4 } }],
    });
  });

  test('those of an array are all that there are, from the start', async () => {
    const gate = new Gate();
    const run = await new Bench().start(
      streaming(
        () => range(2_001),
        { size: 2 },
        () => gate.pass(),
      ),
    );
    const nodes = () => [...run.run.progress.values()];
    while (nodes().length === 0) await turns(1);
    const first = nodes()[0];
    expect(first).toMatchObject({ complete: true, items: { total: 2_001 }, batches: { total: 1_001 } });
    for (let turn = 0; turn < 20; turn++) {
      await turns(1);
      expect(nodes().every(isBalanced)).toBe(true);
      expect(nodes()[0]?.items.total).toBe(2_001);
    }
    gate.open();
    expect((await run.done).nodes).toMatchObject([{ items: { total: 2_001, succeeded: 2_001 } }]);
  });
});

test('an array that is emptied while it is being cut gives what had been cut, and the counts say so', async () => {
  const list = range(2_000);
  const seen: number[] = [];
  const summary = await new Bench().run(
    streaming(
      () => list,
      { concurrency: 50 },
      batch => {
        seen.push(...batch);
        list.length = 0;
      },
    ),
  );
  expect(summary.status).toBe('completed');
  expect(seen.length).toBeLessThan(2_000);
  expect(summary.nodes).toMatchObject([{ items: { total: seen.length, succeeded: seen.length, waiting: 0 } }]);
});

describe("a generator's finally runs", () => {
  const ways: Record<string, (ledger: Ledger) => Source> = {
    'of a generator': ledger =>
      function* () {
        try {
          yield* range(100);
        } finally {
          ledger.note('closed');
        }
      },
    'of an async generator': ledger =>
      async function* () {
        try {
          for (const item of range(100)) {
            await turns(1);
            yield item;
          }
        } finally {
          ledger.note('closed');
        }
      },
    'of a stream': ledger => () =>
      Readable.from(range(100), { highWaterMark: 1 }).on('close', () => ledger.note('closed')),
  };

  describe.each(Object.entries(ways))('%s', (_what, source) => {
    test.each<[string, object, (batch: readonly number[], run: () => RunInProgress | undefined) => void, string]>([
      ['at its end', { concurrency: 20 }, () => {}, 'completed'],
      [
        "when a batch fails and onBatchError is 'stop'",
        { onBatchError: 'stop' },
        ([item]) => {
          if (item === 3) throw new Error('no');
        },
        'failed',
      ],
      [
        'when the run is interrupted',
        {},
        ([item], run) => {
          if (item === 3) run()?.run.stopping.request(interrupted);
        },
        'interrupted',
      ],
      [
        'when the run is cancelled',
        {},
        ([item], run) => {
          if (item === 3) run()?.run.stopping.request({ as: 'cancelled', reason: 'test' });
        },
        'cancelled',
      ],
    ])('%s', async (_when, options, work, status) => {
      const ledger = new Ledger();
      const run: RunInProgress = await new Bench().start(
        streaming(source(ledger), options, batch => work(batch, () => run)),
      );
      expect((await run.done).status).toBe(status);
      await turns();
      expect(ledger.entries).toEqual(['closed']);
    });
  });
});

describe('a stream that throws in the middle', () => {
  /** Gives 0 to 9, and throws before `at`. */
  const tearing = (at: () => number, asked: number[]): Source =>
    async function* ({ resume }) {
      asked.push(resume.offset);
      for (const item of range(10).slice(resume.offset)) {
        if (item === at()) throw new Error('the connection is gone');
        yield item;
      }
    };

  test('has the batches cut so far done, fails the node, and is asked from there by a re-run', async () => {
    const done: number[] = [];
    const asked: number[] = [];
    let at = 5;
    const build = () =>
      streaming(
        tearing(() => at, asked),
        { size: 2 },
        batch => done.push(...batch),
      );
    const bench = new Bench();
    const first = await bench.run(build());
    expect(first).toMatchObject({
      status: 'failed',
      error: { message: 'the connection is gone', step: 'work' },
      items: { total: 4, succeeded: 4 },
      nodes: [{ complete: false }],
    });
    expect(done).toEqual([0, 1, 2, 3]);
    at = 8;
    expect(await bench.rerun(build(), first.run)).toMatchObject({
      status: 'failed',
      items: { total: 8, succeeded: 8 },
    });
    at = -1;
    expect(await bench.rerun(build(), first.run)).toMatchObject({
      status: 'completed',
      items: { total: 10, succeeded: 10 },
      nodes: [{ complete: true }],
    });
    expect(done).toEqual(range(10));
    expect(asked).toEqual([0, 4, 8]);
  });

  test('and whose batches have failed too: the re-run takes up both', async () => {
    const done: number[] = [];
    let broken = true;
    const build = () =>
      streaming(
        tearing(() => (broken ? 5 : -1), []),
        { size: 2 },
        batch => {
          if (broken && batch.includes(2)) throw new Error('no');
          done.push(...batch);
        },
      );
    const bench = new Bench();
    const first = await bench.run(build());
    expect(first).toMatchObject({ status: 'failed', batches: { succeeded: 1, failed: 1 } });
    broken = false;
    expect(await bench.rerun(build(), first.run)).toMatchObject({
      status: 'completed',
      items: { total: 10, succeeded: 10 },
    });
    expect(done.toSorted((a, b) => a - b)).toEqual(range(10));
  });
});

describe('after an interruption no item is lost or seen twice', () => {
  const count = 41;
  const sources: Record<string, Source> = {
    'a generator that begins at ctx.resume.offset': function* ({ resume }) {
      yield* range(count).slice(resume.offset);
    },
    'a generator that ignores it': function* () {
      yield* range(count);
    },
    'an async generator that begins there': async function* ({ resume }) {
      await turns(1);
      for (const item of range(count).slice(resume.offset)) {
        await turns(1);
        yield item;
      }
    },
    'an async generator that ignores it': async function* () {
      for (const item of range(count)) {
        await turns(1);
        yield item;
      }
    },
    'a stream opened there': ({ resume }) => Readable.from(range(count).slice(resume.offset)),
    'a stream opened at its beginning': () => Readable.from(range(count)),
    'an array cut off there': ({ resume }) => range(count).slice(resume.offset),
    'an array given whole': () => range(count),
    'a promise of a generator that begins there': async ({ resume }) => range(count).slice(resume.offset).values(),
  };

  test.each(Object.entries(sources))('of %s', async (_what, source) => {
    const bench = new Bench();
    for (const { size, concurrency } of [
      { size: 1, concurrency: 1 },
      { size: 4, concurrency: 3 },
    ]) {
      const seen: number[] = [];
      let run: RunInProgress | undefined;
      const build = (stopAt: number) =>
        streaming(source, { size, concurrency }, async batch => {
          await turns(1);
          seen.push(...batch);
          if (batch.includes(stopAt)) run?.run.stopping.request(interrupted);
        });
      run = await bench.start(build(2));
      expect((await run.done).status).toBe('interrupted');
      expect(seen.length).toBeLessThan(count);
      // Once more, in the middle of what the second process does.
      run = await resumeRun(bench.worker(build(13)), run.id);
      expect((await run.done).status).toBe('interrupted');
      expect(seen.length).toBeLessThan(count);
      const summary = await bench.resume(build(-1), run.id);
      expect(summary).toMatchObject({ status: 'completed', items: { total: count, succeeded: count } });
      expect(seen.toSorted((a, b) => a - b)).toEqual(range(count));
    }
  });

  test.each<[string, Source]>([
    ['given whole', () => range(700)],
    ['cut off at ctx.resume.offset', ({ resume }) => range(700).slice(resume.offset)],
  ])('of a long array that is still being cut, %s', async (_what, source) => {
    const bench = new Bench();
    const seen: number[] = [];
    const run: RunInProgress = await bench.start(
      streaming(source, { concurrency: 20 }, batch => {
        seen.push(...batch);
        run.run.stopping.request(interrupted);
      }),
    );
    expect((await run.done).items).toMatchObject({ total: 700 });
    expect(bench.db.prepare('select items < known_items as partly from splits').get()).toEqual({ partly: 1 });
    expect(
      await bench.resume(
        streaming(source, { concurrency: 20 }, batch => {
          seen.push(...batch);
        }),
        run.id,
      ),
    ).toMatchObject({ status: 'completed', items: { total: 700, succeeded: 700 } });
    expect(seen.toSorted((a, b) => a - b)).toEqual(range(700));
  });

  test('items that were cut before are not asked for again', async () => {
    const asked: number[] = [];
    const source: Source = function* ({ resume }) {
      for (const item of range(12).slice(resume.offset)) {
        asked.push(item);
        yield item;
      }
    };
    const bench = new Bench();
    const run: RunInProgress = await bench.start(
      streaming(source, { size: 2 }, batch => {
        if (batch.includes(2)) run.run.stopping.request(interrupted);
      }),
    );
    await run.done;
    const before = asked.length;
    await bench.resume(
      streaming(source, { size: 2 }, () => {}),
      run.id,
    );
    expect(asked.slice(before)).toEqual(range(12).slice(asked[before]));
    expect(asked[before]).toBeGreaterThanOrEqual(4);
  });

  test('also in a stream that has become shorter: the run ends with what had been cut', async () => {
    const seen: number[] = [];
    const bench = new Bench();
    const run: RunInProgress = await bench.start(
      streaming(
        () => range(10).values(),
        { size: 2 },
        batch => {
          seen.push(...batch);
          if (batch.includes(2)) run.run.stopping.request(interrupted);
        },
      ),
    );
    await run.done;
    const summary = await bench.resume(
      streaming(
        () => range(1).values(),
        { size: 2 },
        batch => {
          seen.push(...batch);
        },
      ),
      run.id,
    );
    expect(summary).toMatchObject({ status: 'completed', items: { total: 6, succeeded: 6 } });
    expect(seen).toEqual(range(6));
  });
});
