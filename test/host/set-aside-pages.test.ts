import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Context } from '../../engine/index.ts';
import type { Args } from '../../host/api/api.ts';
import { StoreConnection } from '../../host/store/store-connection.ts';
import { exportSetAside, getSetAside } from '../../host/store/set-aside.ts';
import { range } from '../support/outside.ts';
import { Bench, workflow } from '../support/runs.ts';

const sending = () =>
  workflow(flow =>
    flow.batch('send', { items: range(40), size: 10 }, (items, inner) => {
      inner.step('try', (ctx: Context) => ctx.each(items, () => undefined));
    }),
  );

/** A run of which some items are set aside, by their places in the source; and the store as a host has it open. */
async function aside(...positions: number[]) {
  const bench = new Bench();
  await bench.run(sending());
  const move = async (which: 'setAside' | 'takeBack', places: readonly number[]) => {
    const items = places.map(place => ({ batch: Math.floor(place / 10), item: place % 10 }));
    const request = which === 'setAside' ? { setAside: { items, at: 1 } } : { takeBack: items };
    await bench.rerun(sending(), 1, { batches: [], ...request });
  };
  await move('setAside', positions);
  const store = new StoreConnection(bench.file, path.dirname(bench.file));
  onTestFinished(() => store.close());
  return { store, move };
}

test('items that are taken back or set aside between two pages are neither lost nor shown twice', async () => {
  const { store, move } = await aside(0, 1, 2, 10, 11, 12, 20, 21);
  const seen: number[] = [];
  const next = (after?: Args<'getSetAside'>['after']) => {
    const { items } = getSetAside(store, { run: 1, after, limit: 3 });
    seen.push(...items.map(({ position }) => position));
    const last = items.at(-1);
    return last && { scope: last.scope, item: last.item };
  };
  const third = next();
  expect(seen).toEqual([0, 1, 2]);
  // Two that were shown go, also the one that the next page goes on from; one comes before it, and one after it.
  await move('takeBack', [1, 2]);
  await move('setAside', [5, 13]);
  next(next(next(third)));
  expect(seen).toEqual([0, 1, 2, 5, 10, 11, 12, 13, 20, 21]);
  expect(getSetAside(store, { run: 1, limit: 3 }).total).toBe(8);
});

test('so it is where they are saved as JSON lines', async () => {
  const { store, move } = await aside(0, 1, 2, 10, 11, 12);
  const first = exportSetAside(store, { run: 1, limit: 3 });
  await move('takeBack', [0, 2]);
  const second = exportSetAside(store, { run: 1, after: first.last, limit: 3 });
  expect(exportSetAside(store, { run: 1, after: second.last, limit: 3 })).toEqual({ lines: [] });
  const positions = [...first.lines, ...second.lines].map(line => (JSON.parse(line) as { position: number }).position);
  expect(positions).toEqual([0, 1, 2, 10, 11, 12]);
});
