import { describe, expect, test } from 'vitest';
import { outcomeText } from '../../cli/view/outcome.ts';
import { summaryText } from '../../cli/view/summary.ts';
import { hasMoreToSay } from '../../engine/store/more-to-say.ts';
import { setNoticePolicy, setPrunePolicy } from '../../engine/store/store-policies.ts';
import { startRun } from '../../engine/run/execute.ts';
import { drawGraph } from '../../engine/workflow/graph.ts';
import type { Definition } from '../../engine/workflow/nodes.ts';
import { range } from '../support/outside.ts';
import { Bench, workflow } from '../support/runs.ts';
import { SubflowBench } from '../support/subflow-bench.ts';

/* Whoever has a run executed reads the same, whether its store was asked at the end or not. */

/** Runs a workflow to its end: whether the store has more to say of it, and what is read with the store and without it. */
async function ended(definition: Definition, bench = new Bench(), key?: string) {
  const summary = await (await startRun(bench.worker(definition), '/test/workflow.ts', undefined, key)).done;
  expect(summary.status).toBe('completed');
  const graph = drawGraph(definition);
  return {
    hasMore: hasMoreToSay(bench.db, summary.run),
    withStore: summaryText(bench.db, bench.file, graph, summary),
    without: outcomeText(graph, summary),
  };
}

const oneStep = () => workflow(flow => flow.step('one', () => 1));
const letters = () =>
  workflow(flow =>
    flow.batch('letters', { items: range(5), size: 2, unit: ['letter', 'letters'] }, (_items, inner) => {
      inner.forEach('each', ['a', 'b'], (_item, innermost) => innermost.step('write', ctx => ctx.state.incr('n')));
    }),
  );

describe('the store has no more to say', () => {
  test('of a step', async () => {
    const { hasMore, withStore, without } = await ended(oneStep());
    expect({ hasMore, text: without }).toEqual({ hasMore: false, text: withStore });
    expect(without).toMatch(/✓ test: completed \(run 1, /);
  });

  test('of batches in batches, whose counts balance', async () => {
    const { hasMore, withStore, without } = await ended(letters());
    expect({ hasMore, text: without }).toEqual({ hasMore: false, text: withStore });
    expect(without).toContain('5 letters = 5 done');
  });

  test('of a run with a key, and none of the runs beside it that failed', async () => {
    const bench = new Bench();
    await bench.run(
      workflow(flow => {
        flow.step('fail', () => {
          throw new Error('no');
        });
      }),
    );
    const { hasMore, withStore, without } = await ended(oneStep(), bench, 'films-2024');
    expect({ hasMore, text: without }).toEqual({ hasMore: false, text: withStore });
    expect(without).toContain('Key: films-2024');
  });
});

describe('the store has more to say', () => {
  test.each<[string, Definition]>([
    [
      'of failures that were tolerated',
      workflow(flow =>
        flow.forEach(
          'each',
          range(3),
          (item, inner) => {
            inner.step('try', () => {
              if (item === 1) throw new Error('bad');
            });
          },
          { tolerateFailures: 'all' },
        ),
      ),
    ],
    [
      'of items that are set aside',
      workflow(flow =>
        flow.batch(
          'send',
          { items: range(4), size: 2, onItemError: 'set-aside' } as never,
          (items: number[], inner) => {
            inner.step('try', ctx =>
              ctx.each(items, item => {
                if (item === 3) throw new Error('broken');
              }),
            );
          },
        ),
      ),
    ],
    [
      'of amounts that balance',
      workflow(flow =>
        flow.batch('pay', { items: range(4), size: 2, conserve: Number, conserveUnit: '€' }, (_items, inner) => {
          inner.step('send', () => 1);
        }),
      ),
    ],
  ])('%s', async (_what, definition) => {
    const { hasMore, withStore, without } = await ended(definition);
    expect(hasMore).toBe(true);
    expect(withStore).not.toBe(without);
  });

  test('of runs that are a part of it, and of those themselves', async () => {
    const bench = new SubflowBench();
    bench.define('child', flow => flow.step('work', () => 1));
    const { hasMore, withStore, without } = await ended(
      workflow(flow => flow.subflow('call', 'child')),
      bench,
    );
    expect({ hasMore, ofChild: hasMoreToSay(bench.db, 2) }).toEqual({ hasMore: true, ofChild: true });
    expect(withStore).toBe(`${without}\n\n  Runs that are a part of it: 1 completed`);
  });

  test('of state that was overwritten unread', async () => {
    let hasRead = (): void => undefined;
    let hasWritten = (): void => undefined;
    const read = new Promise<void>(resolve => (hasRead = resolve));
    const written = new Promise<void>(resolve => (hasWritten = resolve));
    const { hasMore, withStore, without } = await ended(
      workflow(flow =>
        flow.forEach(
          'each',
          [0, 1],
          (item, inner) => {
            inner
              .step('count', async ctx => {
                if (item === 1) await read;
                const n = ctx.state.get('n', 0);
                hasRead();
                if (item === 0) await written;
                await ctx.state.set('n', n + 1);
              })
              .action('then', () => {
                if (item === 1) hasWritten();
              });
          },
          { concurrency: 2 },
        ),
      ),
    );
    expect(hasMore).toBe(true);
    expect(withStore).toBe(
      `${without}\n\n  ↻ State "n": 1 update was overwritten by a batch that had not read it. Use state.incr or state.update.`,
    );
  });

  test.each<[string, (bench: Bench) => void]>([
    ['somebody is to be told', ({ db }) => setNoticePolicy(db, { onFinish: 'https://example.org/told' })],
    [
      'others are to be deleted',
      ({ db }) => setPrunePolicy(db, { keep: 5, olderThanMs: undefined, keepFailed: true, unfinished: false }),
    ],
  ])('where %s when a run ends', async (_what, set) => {
    const bench = new Bench();
    set(bench);
    expect((await ended(oneStep(), bench)).hasMore).toBe(true);
  });
});
