import fc from 'fast-check';
import { expect, test } from 'vitest';
import { searchRun } from '../../engine/runner/probe/search-run.ts';
import { currentFindings } from '../../engine/store/findings.ts';
import { currentSearches, failedToSearch, storeSearch } from '../../engine/store/searches.ts';
import type { Definition } from '../../engine/workflow/nodes.ts';
import { probesInMemory } from '../support/memory-probes.ts';
import { itemsOf, PLANTED, refusePlanted, type Kept, type Planted } from '../support/planted-items.ts';
import { Bench, workflow } from '../support/runs.ts';
import { dearSearch, timeout } from './runs.ts';

/*
 * The search for items at fault through the engine: a real run that fails, a real store, and all of the search but the
 * processes. What is planted is found exactly where that is possible, and elsewhere the search says that it is not complete.
 */

type Item = { readonly id: number };

/** As a process loads it: with nothing kept. */
function load(planted: Planted): Definition {
  const kept: Kept = { seen: new Set(), calls: 0 };
  return workflow(flow =>
    flow
      .step('factor', () => 2)
      .batch('work', { items: itemsOf(planted), size: planted.size, tolerateFailures: 'all' }, ((
        items: readonly Item[],
        inner: Inner,
      ) => {
        inner.step('count', async ctx => void (await ctx.state.incr('n', items.length)));
        inner.step('try', () => refusePlanted(planted, kept, items));
      }) as never),
  );
}

interface Inner {
  step(id: string, handler: (ctx: { state: { incr(key: string, by: number): Promise<number> } }) => unknown): Inner;
}

/** What the search says of the batch with what is planted; undefined where the run did not fail. */
async function find(planted: Planted) {
  const bench = new Bench();
  const { run } = await bench.run(load(planted));
  const before = bench.db.prepare('select count(*) from steps').pluck().get();
  const batches = failedToSearch(bench.db, run, { batches: 'failed' });
  await searchRun({
    ...{ store: bench.file, run, batches, budget: { probes: 5_000, ms: 1e9 } },
    start: probesInMemory(bench.db, () => load(planted)),
    signal: new AbortController().signal,
    mayExecute: () => Promise.resolve(true),
    onEnd: (batch, end) => {
      if (end.kind !== 'searched') throw new Error(`the search has ended: ${end.kind}`);
      storeSearch(bench.db, run, batch, end.search, 1);
    },
  });
  expect(bench.db.prepare('select count(*) from steps').pluck().get(), 'nothing of a probe is stored').toBe(before);
  const findings = currentFindings(bench.db, run, { limit: 1_000 });
  const ids = (...how: readonly string[]) =>
    findings.filter(({ found }) => how.includes(found)).map(({ item }) => item);
  const [searched, ...others] = currentSearches(bench.db, run, 10);
  expect(others).toEqual([]);
  bench.db.close();
  return searched && { ...searched, findings, ids };
}

const sorted = (ids: readonly number[]) => ids.toSorted((a, b) => a - b);

test(
  'items that fail alone are found exactly, each with its cause, and with as few probes as was measured',
  async () => {
    await fc.assert(
      fc.asyncProperty(PLANTED.alone, async planted => {
        const { size, broken, causes, style } = planted;
        const found = await find(planted);
        expect(found).toMatchObject({ isComplete: true, why: undefined, limit: undefined });
        expect(found?.ids('probed')).toEqual(sorted(broken));
        for (const { item, error } of found?.findings ?? [])
          expect(error.message).toBe(`broken by ${'abc'[item % causes]}`);
        const count = broken.length;
        // The last word of a fresh process takes one for each and one for the rest, and a good item is tried twice.
        const lastWord = count + 3;
        const halving = count * Math.log2(size / count) + count;
        const most = style === 'in order' ? 3 * count + 2 : 2.5 * halving + 12;
        expect(found?.probes).toBeLessThanOrEqual(most + lastWord);
      }),
      dearSearch(20),
    );
  },
  timeout,
);

test(
  'so are many of them, where groups no longer help',
  async () => {
    await fc.assert(
      fc.asyncProperty(PLANTED.dense, async planted => {
        const found = await find(planted);
        expect(found).toMatchObject({ isComplete: true, why: undefined, limit: undefined });
        expect(found?.ids('probed')).toEqual(sorted(planted.broken));
      }),
      dearSearch(20),
    );
  },
  timeout,
);

test(
  'items that fail only together are found as that set',
  async () => {
    await fc.assert(
      fc.asyncProperty(PLANTED.together, async planted => {
        const { size, together } = planted;
        const found = await find(planted);
        if (together.length === 1) expect(found?.ids('probed')).toEqual(together);
        else expect(found?.ids('together')).toEqual(sorted(together));
        expect(found?.findings).toHaveLength(together.length);
        expect(found).toMatchObject({ isComplete: true, why: undefined, limit: undefined });
        expect(found?.probes).toBeLessThanOrEqual(together.length * (Math.log2(size) + 3) + 20);
      }),
      dearSearch(20),
    );
  },
  timeout,
);

test(
  'a limit on how many there may be is no fault of any, and hides none that fails alone',
  async () => {
    await fc.assert(
      fc.asyncProperty(PLANTED.limit, async planted => {
        const found = await find(planted);
        expect(found?.ids('probed')).toEqual(sorted(planted.broken));
        expect(found?.ids('together', 'flaky')).toEqual([]);
        expect(found?.isComplete).toBe(true);
        if (found?.limit) expect(found.limit.items).toBeLessThanOrEqual(planted.most);
        else expect(planted.size - planted.broken.length).toBeLessThanOrEqual(planted.most);
      }),
      dearSearch(20),
    );
  },
  timeout,
);

test(
  'an item that fails now and then is called flaky, and no other one is at fault with it',
  async () => {
    await fc.assert(
      fc.asyncProperty(PLANTED.flaky, async planted => {
        const found = await find(planted);
        const may = new Set([...planted.broken, ...planted.flaky]);
        expect(found?.ids('probed', 'flaky', 'together').filter(id => !may.has(id))).toEqual([]);
        if (found?.isComplete)
          expect(found.ids('probed', 'flaky')).toEqual(expect.arrayContaining([...planted.broken]));
      }),
      dearSearch(5),
    );
  },
  timeout,
);

test.each(['remembers', 'leaks'] as const)(
  'what a step keeps from one call to the next (%s) makes no innocent item guilty: found in processes of their own, or not complete',
  async kind => {
    await fc.assert(
      fc.asyncProperty(PLANTED[kind], async planted => {
        const found = await find(planted);
        if (found?.isComplete) expect(found.ids('probed')).toEqual(sorted(planted.broken));
        else expect(found?.why).toBe('keeps-state');
        expect(found?.findings.filter(({ item }) => !planted.broken.includes(item))).toEqual([]);
        if (kind === 'remembers') expect(found?.isComplete).toBe(true);
      }),
      dearSearch(20),
    );
  },
  timeout,
);

test(
  'a step that needs its whole batch names nobody, and the search is not complete',
  async () => {
    await fc.assert(
      fc.asyncProperty(PLANTED.needsAll, async planted => {
        expect(await find(planted)).toMatchObject({ isComplete: false, why: 'whole-batch', findings: [] });
      }),
      dearSearch(10),
    );
  },
  timeout,
);
