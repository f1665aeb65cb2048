import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { BatchStatus, isInFlight } from '../../common/status.ts';
import type { PartHistory } from '../../common/history.ts';
import type { RunHistory } from '../../host/api/api.ts';
import { cancelAtRest } from '../../engine/store/cancel.ts';
import { getHistory } from '../../host/store/history.ts';
import { runSnapshot, stepCounts } from '../../host/store/runs.ts';
import { StoreConnection } from '../../host/store/store-connection.ts';
import { causesAt, statusesAt } from '../../renderer/model/playback/part-at.ts';
import { progressAt } from '../../renderer/model/playback/progress-at.ts';
import { failing } from '../support/failing-steps.ts';
import { workflow } from '../support/runs.ts';
import { TimedBench } from '../support/timed-bench.ts';

const { waiting, running, succeeded, failed, retrying, cancelled } = BatchStatus;

function opened(bench: TimedBench): StoreConnection {
  const store = new StoreConnection(bench.file, path.dirname(bench.file));
  onTestFinished(() => store.close());
  return store;
}

function partOf(history: RunHistory, wanted: string): PartHistory {
  const part = history.parts.find(other => other.path === wanted);
  if (!part) throw new Error(`There is no history of ${wanted}.`);
  return part;
}

/** What the Studio was told while the run went on: [time, index, status]. */
class Recorder {
  readonly told: [number, number, number][] = [];

  bench(): TimedBench {
    const bench: TimedBench = new TimedBench({
      onBatch: (_node, parent, index, status) => {
        if (parent === 0) this.told.push([bench.clock.now(), index, status]);
      },
    });
    return bench;
  }

  /** Nobody works on the run: what was in flight waits. */
  rests(at: number): void {
    for (const [index, status] of this.at(Infinity)) if (isInFlight(status)) this.told.push([at, index, waiting]);
  }

  at(time: number): Map<number, number> {
    return new Map(this.told.filter(([at]) => at <= time).map(([, index, status]) => [index, status]));
  }
}

describe('a history says at every moment what the Studio showed then', () => {
  test('of a run with retries, that is interrupted, resumed and re-run', async () => {
    const recorder = new Recorder();
    const bench = recorder.bench();
    const build = () =>
      workflow(flow =>
        flow.batch(
          'each',
          { items: [0, 1, 2, 3, 4, 5, 6, 7], size: 1, concurrency: 2, retry: { attempts: 2, backoff: { delay: 700 } } },
          (batch, inner) => {
            const item = batch[0] ?? 0;
            inner
              .step('fetch', async ctx => {
                await bench.clock.sleep(300 + 40 * item);
                if (item % 3 === 1) failing(1)(ctx);
              })
              .retry({ attempts: 2, backoff: { delay: 250 } });
            inner.step('write', async ctx => {
              await bench.clock.sleep(200);
              if (item % 3 === 2) failing(item === 2 ? 1 : 3)(ctx);
            });
          },
        ),
      );
    const began = bench.clock.now();
    const inProgress = await bench.start(build());
    await bench.clock.advance(1_900);
    inProgress.run.stopping.request({ as: 'interrupted', reason: 'test' });
    await bench.clock.settle(inProgress.done);
    const stopped = bench.clock.now();
    recorder.rests(stopped);
    await bench.clock.advance(60_000);
    await bench.resume(build(), inProgress.id);
    const ended = bench.clock.now();
    await bench.clock.advance(90_000);
    const asked = bench.clock.now();
    for (const [index, status] of recorder.at(Infinity))
      if (status === failed) recorder.told.push([asked, index, waiting]);
    expect((await bench.rerun(build(), inProgress.id)).status).toBe('completed');

    const history = getHistory(opened(bench), { run: inProgress.id });
    const part = partOf(history, 'each');
    const moments = [...new Set(recorder.told.flatMap(([at]) => [at - began - 1, at - began]))].filter(at => at >= 0);
    const differences = moments.flatMap(at => {
      const then = recorder.at(began + at);
      const shown = statusesAt(part, at);
      return [...shown].flatMap((status, index) =>
        status === (then.get(index) ?? waiting) ? [] : [{ at, index, shown: status, told: then.get(index) }],
      );
    });
    expect(differences).toEqual([]);
    expect(moments.length).toBeGreaterThan(40);
    expect(new Set(recorder.told.map(([, , status]) => status))).toEqual(
      new Set([waiting, running, retrying, failed, succeeded]),
    );
    expect(history.sessions).toMatchObject([
      { kind: 'start', from: 0, to: stopped - began, outcome: 'interrupted' },
      { kind: 'resume', from: stopped - began + 60_000, to: ended - began, outcome: 'failed' },
      { kind: 'rerun', from: asked - began, outcome: 'completed' },
    ]);
    expect(history.causes.map(({ message }) => message)).toEqual(['failure …']);
  });

  test('of what was cancelled while nobody worked on it', async () => {
    const bench = new TimedBench();
    const definition = workflow(flow =>
      flow.batch('each', { items: [0, 1, 2], size: 1, concurrency: 1 }, (_batch, inner) => {
        inner.step('work', () => bench.clock.sleep(1_000));
      }),
    );
    const inProgress = await bench.start(definition);
    await bench.clock.advance(1_500);
    inProgress.run.stopping.request({ as: 'interrupted', reason: 'test' });
    await bench.clock.settle(inProgress.done);
    const stopped = bench.clock.now();
    await bench.clock.advance(60_000);
    cancelAtRest(bench.db, inProgress.id, 'no longer needed', bench.clock.now());
    const history = getHistory(opened(bench), { run: inProgress.id });
    const part = partOf(history, 'each');
    const [from, to] = [history.sessions[0]?.to ?? 0, history.to];
    expect([from, to, history.status]).toEqual([stopped - history.from, stopped - history.from + 60_000, 'cancelled']);
    expect([...statusesAt(part, 1_200)]).toEqual([succeeded, running, waiting]);
    expect([...statusesAt(part, from + 1)].slice(1)).not.toContain(cancelled);
    expect([...statusesAt(part, from + 1)].slice(1)).not.toContain(running);
    expect([...statusesAt(part, to)].at(-1)).toBe(cancelled);
  });

  test('of what was cancelled before it began', async () => {
    const bench = new TimedBench();
    const definition = workflow(flow =>
      flow.batch('each', { items: [0, 1, 2], size: 1, concurrency: 1 }, (_batch, inner) => {
        inner.step('work', async ctx => {
          await bench.clock.sleep(1_000);
          ctx.signal.throwIfAborted();
        });
      }),
    );
    const inProgress = await bench.start(definition);
    await bench.clock.advance(1_500);
    inProgress.run.stopping.request({ as: 'cancelled', reason: 'test' });
    await bench.clock.settle(inProgress.done);
    const part = partOf(getHistory(opened(bench), { run: inProgress.id }), 'each');
    expect([...statusesAt(part, 1_200)]).toEqual([succeeded, running, waiting]);
    expect([...statusesAt(part, 10_000)]).toEqual([succeeded, cancelled, cancelled]);
  });
});

/** Runs in which nearly everything has happened. */
const RUNS: readonly [what: string, make: (bench: TimedBench) => Promise<number>][] = [
  [
    'with batches inside batches, which fail and are tolerated',
    async bench => {
      const definition = workflow(flow =>
        flow.batch('outer', { items: [...Array(10).keys()], size: 3, tolerateFailures: 9 }, (batch, inner) => {
          inner.batch('inner', { items: batch, size: 1, tolerateFailures: 9 }, (items, deep) => {
            deep.step('deep', ctx => (items[0] === 7 ? failing(9)(ctx) : items[0]));
          });
          inner.step('after', ctx => failing(batch.includes(3) ? 9 : 0)(ctx));
        }),
      );
      const { run } = await bench.run(definition);
      await bench.rerun(definition, run);
      return run;
    },
  ],
  [
    'whose batches are executed anew with those inside them',
    async bench => {
      const definition = workflow(flow =>
        flow.batch('outer', { items: [...Array(6).keys()], size: 3 }, (batch, inner) => {
          inner.batch('inner', { items: batch, size: 1 }, (items, deep) => {
            deep.step('deep', () => items[0]);
          });
        }),
      );
      const { run } = await bench.run(definition);
      await bench.clock.advance(1_000);
      await bench.rerun(definition, run, { batches: 'all' });
      return run;
    },
  ],
  [
    'with batches in the rounds of a while',
    async bench => {
      const definition = workflow(flow =>
        flow
          .step('start', () => 1)
          .while(
            'again',
            ctx => ctx.last < 20,
            inner => {
              inner
                .batch('each', { items: [1, 2, 3], size: 1, tolerateFailures: 9 }, (items, deep) => {
                  deep.step('deep', ctx => (items[0] === 2 ? failing(1)(ctx) : items[0]));
                })
                .step('more', ctx => (ctx.steps['start']?.output ?? 0) + 20);
            },
          ),
      );
      return (await bench.run(definition)).run;
    },
  ],
  [
    'of whose items some are set aside, and some of these are taken back',
    async bench => {
      const definition = workflow(flow =>
        flow.batch('send', { items: [...Array(12).keys()], size: 4 }, (items, inner) => {
          inner.step('try', ctx => ctx.each(items, item => item));
        }),
      );
      const { run } = await bench.run(definition);
      const aside = [0, 1, 2, 3].map(item => ({ batch: 1, item }));
      await bench.clock.advance(1_000);
      await bench.rerun(definition, run, {
        batches: [],
        setAside: { items: [{ batch: 0, item: 1 }, { batch: 0, item: 2 }, ...aside], at: bench.clock.now() },
      });
      await bench.clock.advance(1_000);
      await bench.rerun(definition, run, { batches: [], takeBack: [{ batch: 0, item: 2 }] });
      return run;
    },
  ],
];

test.each(RUNS)('at its end it shows the run as it is, in batches, items and steps: a run %s', async (_what, make) => {
  const bench = new TimedBench();
  const run = await make(bench);
  const store = opened(bench);
  const history = getHistory(store, { run });
  const now = { ...runSnapshot(store, run).progress, steps: stepCounts(store, run) };
  const { status, items, batches, failedBatches, nodes, steps } = progressAt(history, now, history.to);
  const byPath = (all: typeof steps) => all.toSorted((a, b) => a.path.localeCompare(b.path));
  expect(now.nodes.length).toBeGreaterThan(0);
  expect(now.steps.length).toBeGreaterThan(0);
  expect({ ...now, status, items, batches, failedBatches, nodes }).toEqual(now);
  expect(byPath(steps.filter(step => now.steps.some(({ path: of }) => of === step.path)))).toEqual(byPath(now.steps));
});

test('why a batch failed is told of attempts that are over, too', async () => {
  const bench = new TimedBench();
  const definition = workflow(flow =>
    flow.forEach('each', [0, 1], (item, inner) => {
      inner.step('do', async ctx => {
        await bench.clock.sleep(1_000);
        if (item === 1 && ctx.attempt < 3) throw new TypeError(ctx.attempt === 1 ? 'no title' : 'no year');
      });
    }),
  );
  const { run } = await bench.run(definition);
  await bench.clock.advance(60_000);
  await bench.rerun(definition, run);
  await bench.clock.advance(60_000);
  await bench.rerun(definition, run);
  const { causes, parts, unit } = getHistory(opened(bench), { run });
  expect(unit).toBe(1);
  const part = parts.find(({ path: node }) => node === 'each');
  const messages = [2_500, 62_500, 63_500, 130_000].map(at => {
    const place = part ? (causesAt(part, at)[1] ?? 0) : 0;
    return causes[place - 1]?.message;
  });
  expect(messages).toEqual(['no title', undefined, 'no year', undefined]);
});
