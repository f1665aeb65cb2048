import { onTestFinished, expect, test } from 'vitest';
import { StoreConnection } from '../../host/store/store-connection.ts';
import { getState, getStateHistory } from '../../host/store/values.ts';
import { range } from '../support/outside.ts';
import { Bench, workflow } from '../support/runs.ts';
import path from 'node:path';

test('of the state a page gets what it shows: the beginning of each value, however large they are', async () => {
  const bench = new Bench();
  const { run } = await bench.run(
    workflow(flow =>
      flow
        .step('fill', async ctx => {
          for (const key of range(200)) await ctx.state.set(`middle ${key}`, { text: 'x'.repeat(10_000) });
          await ctx.state.set('large', 'y'.repeat(2_000_000));
          await ctx.state.set('small', { a: [1, 2] });
          await ctx.state.set('gone', 1);
        })
        .step('delete', ctx => ctx.state.delete('gone')),
    ),
  );
  const store = new StoreConnection(bench.file, path.dirname(bench.file));
  onTestFinished(() => store.close());
  const { entries, total } = getState(store, { run });
  expect(total).toBe(202);
  const shown = new Map(entries.map(({ key, value }) => [key, value]));
  expect(shown.get('small')).toEqual({ json: '{"a": [1, 2]}', truncated: false, size: expect.any(Number) });
  expect(shown.get('middle 7')).toMatchObject({ json: expect.stringMatching(/^\{"text": "x{200}/), truncated: true });
  expect(shown.get('large')).toEqual({ json: '"A value of 2,000,002 characters"', truncated: true, size: 2_000_002 });
  // What a page shows of a value is 300 characters.
  expect(JSON.stringify(entries).length).toBeLessThan(entries.length * 600);
  const history = (key: string) => getStateHistory(store, { run, key, limit: 10 }).map(({ op, value }) => [op, value]);
  expect(history('gone')).toEqual([
    ['delete', undefined],
    ['set', '1'],
  ]);
  expect(history('large')).toEqual([['set', '"A value of 2,000,002 characters"']]);
});
