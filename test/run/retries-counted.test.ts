import { describe, expect, test } from 'vitest';
import { batchStatusName, type BatchStatusName } from '../../common/status.ts';
import { batchPage } from '../../engine/store/batch-queries.ts';
import { statusBytes } from '../../engine/store/map-queries.ts';
import { storedStepCounts } from '../../engine/store/progress-queries.ts';
import { triedOf } from '../../engine/store/tried-again.ts';
import { failing } from '../support/failing-steps.ts';
import { workflow } from '../support/runs.ts';
import { TimedBench } from '../support/timed-bench.ts';

const SECOND = 1_000;

/** A bench that tells each status of each outermost batch. */
function tellingBench() {
  const told: (readonly [index: number, status: BatchStatusName])[] = [];
  const bench: TimedBench = new TimedBench({
    onBatch: (_node, parent, index, status) => {
      if (parent === 0) told.push([index, batchStatusName(status)]);
    },
  });
  return { bench, told };
}

/** Two towns at a time, of which the first `of` fail once before they answer. */
const towns = (of: number, backoff = 3 * SECOND) => {
  const left = new Map<unknown, number>();
  return workflow(flow =>
    flow.forEach(
      'towns',
      ['a', 'b', 'c'],
      (town, inner) => {
        inner
          .step('ask', () => {
            const tries = (left.get(town) ?? 0) + 1;
            left.set(town, tries);
            if ('abc'.indexOf(town) < of && tries === 1) throw new Error('503');
            return town;
          })
          .retry({ attempts: 3, backoff: { delay: backoff } });
      },
      { concurrency: 3 },
    ),
  );
};

/** What a reader in another process knows of a step. */
const stored = ({ db, clock }: TimedBench, run: number, path: string) =>
  storedStepCounts(db, run, { live: true, now: clock.now() }).find(count => count.path === path);

describe('while steps wait for their next attempt', () => {
  test('they count as retrying, with the time of the next attempt, live and stored alike', async () => {
    const { bench } = tellingBench();
    const inProgress = await bench.start(towns(2));
    const began = bench.clock.now();
    await bench.clock.advance(SECOND);
    const expected = {
      path: 'towns/ask',
      running: 0,
      succeeded: 1,
      failed: 0,
      retrying: 2,
      retries: 0,
      waited: 2 * SECOND,
    };
    const live = inProgress.run.progress.steps.all(bench.clock.now()).find(({ path }) => path === 'towns/ask');
    expect(live).toEqual({ ...expected, nextAt: began + 3 * SECOND });
    expect(stored(bench, inProgress.id, 'towns/ask')).toMatchObject(live ?? {});
    await bench.clock.settle(inProgress.done);
    const after = {
      path: 'towns/ask',
      running: 0,
      succeeded: 3,
      failed: 0,
      retrying: 0,
      retries: 2,
      waited: 6 * SECOND,
    };
    expect(inProgress.run.progress.steps.all(bench.clock.now())).toContainEqual(after);
    expect(stored(bench, inProgress.id, 'towns/ask')).toMatchObject(after);
  });

  test('their batches are retrying, on the map and in the store', async () => {
    const { bench, told } = tellingBench();
    const inProgress = await bench.start(towns(1));
    await bench.clock.advance(SECOND);
    const node = inProgress.run.numbering.node('towns', 'forEach');
    expect([...statusBytes(bench.db, inProgress.id, node, 0)].map(batchStatusName)).toEqual([
      'retrying',
      'succeeded',
      'succeeded',
    ]);
    await bench.clock.settle(inProgress.done);
    expect(told.filter(([index]) => index === 0).map(([, status]) => status)).toEqual([
      'running',
      'retrying',
      'running',
      'succeeded',
    ]);
    expect([...statusBytes(bench.db, inProgress.id, node, 0)].map(batchStatusName)).toEqual([
      'succeeded',
      'succeeded',
      'succeeded',
    ]);
  });

  test('a wait that nobody could see is counted, and not shown', async () => {
    const { bench, told } = tellingBench();
    const summary = await bench.run(towns(2, 10));
    expect(told.map(([, status]) => status)).not.toContain('retrying');
    expect(stored(bench, summary.run, 'towns/ask')).toMatchObject({ retries: 2 });
  });

  test('a run that was stopped meanwhile has none that retry, and goes on with what is left', async () => {
    const { bench } = tellingBench();
    const definition = towns(2);
    const inProgress = await bench.start(definition);
    await bench.clock.advance(SECOND);
    inProgress.run.stopping.request({ as: 'interrupted', reason: 'test' });
    await bench.clock.settle(inProgress.done);
    expect(storedStepCounts(bench.db, inProgress.id).find(({ path }) => path === 'towns/ask')).toMatchObject({
      failed: 2,
      retrying: 0,
      retries: 0,
    });
    const node = inProgress.run.numbering.node('towns', 'forEach');
    expect([...statusBytes(bench.db, inProgress.id, node, 0)].map(batchStatusName)).not.toContain('retrying');
    await bench.resume(definition, inProgress.id);
    expect(stored(bench, inProgress.id, 'towns/ask')).toMatchObject({ succeeded: 3, failed: 0, retries: 2 });
  });
});

test('a batch whose time is over while a step of it waits is shown as failed', async () => {
  const { bench, told } = tellingBench();
  const { run } = await bench.run(
    workflow(flow =>
      flow.forEach(
        'each',
        [1],
        (_item, inner) => {
          inner.step('ask', failing(1)).retry({ attempts: 2, backoff: { delay: 9 * SECOND } });
        },
        { timeout: 2 * SECOND },
      ),
    ),
  );
  expect(told.map(([, status]) => status)).toEqual(['running', 'retrying', 'running', 'failed']);
  expect(stored(bench, run, 'each/ask')).toMatchObject({ failed: 1, retrying: 0, retries: 0 });
});

describe('retries are told by batch', () => {
  test('with those of the batches inside it', async () => {
    const { bench } = tellingBench();
    const { run } = await bench.run(
      workflow(flow =>
        flow.forEach('outer', [1, 2], (item, outer) => {
          outer.forEach('inner', ['x', 'y'], (_inner, inner) => {
            inner.step('ask', failing(item === 1 ? 1 : 0)).retry({ attempts: 2, backoff: { delay: SECOND } });
          });
        }),
      ),
    );
    const node = storedStepCounts(bench.db, run).find(({ path }) => path === 'outer')?.node ?? 0;
    const [first = 0] = batchPage(bench.db, {
      run,
      node,
      parent: 0,
      where: {},
      sort: 'attempts',
      descending: true,
      offset: 0,
      limit: 1,
      live: false,
      now: 0,
    }).lines.map(({ scope }) => scope);
    const atRest = { live: false, now: bench.clock.now() };
    const expected = { attempts: 2, retries: 2, waited: 2 * SECOND };
    expect([...triedOf(bench.db, run, [first, first + 1], true, atRest)]).toEqual([[first, expected]]);
    expect(triedOf(bench.db, run, [first], false, atRest).size).toBe(0);
  });

  test('what a re-run or an onError executes is none', async () => {
    const { bench } = tellingBench();
    const definition = workflow(flow =>
      flow.forEach('each', [1], (_item, inner) => {
        inner
          .step('ask', failing(9))
          .retry({ attempts: 2, backoff: { delay: SECOND } })
          .onError(() => {
            throw new Error('not this either');
          });
      }),
    );
    const { run } = await bench.run(definition);
    expect(stored(bench, run, 'each/ask')).toMatchObject({ failed: 1, retries: 1 });
    await bench.rerun(definition, run);
    expect(stored(bench, run, 'each/ask')).toMatchObject({ failed: 1, retries: 2 });
  });

  test('those of a whole batch count for its node, and not what a re-run begins', async () => {
    const { bench } = tellingBench();
    const definition = workflow(flow =>
      flow.forEach(
        'each',
        [1],
        (_item, inner) => {
          inner.step('ask', failing(9));
        },
        { retry: { attempts: 3, backoff: { delay: SECOND } } },
      ),
    );
    const inProgress = await bench.start(definition);
    const began = bench.clock.now();
    await bench.clock.advance(SECOND / 2);
    const live = inProgress.run.progress.steps.all(bench.clock.now()).find(({ path }) => path === 'each');
    const waits = { failed: 0, retrying: 1, retries: 0, waited: SECOND / 2, nextAt: began + SECOND };
    expect(live).toMatchObject(waits);
    expect(stored(bench, inProgress.id, 'each')).toMatchObject(waits);
    await bench.clock.settle(inProgress.done);
    expect(stored(bench, inProgress.id, 'each')).toMatchObject({ retries: 2 });
    await bench.rerun(definition, inProgress.id);
    expect(stored(bench, inProgress.id, 'each')).toMatchObject({ retries: 4 });
  });
});
