import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { encode, UNDEFINED_TEXT } from '../../engine/store/codec.ts';
import { getBatch } from '../../host/store/batches.ts';
import { StoreConnection } from '../../host/store/store-connection.ts';
import { workflow } from '../support/runs.ts';
import { TimedBench } from '../support/timed-bench.ts';

function opened(bench: TimedBench): StoreConnection {
  const store = new StoreConnection(bench.file, path.dirname(bench.file));
  onTestFinished(() => store.close());
  return store;
}

test('an output of any length is one to show, and only a step that returned nothing has none', async () => {
  const bench = new TimedBench();
  const values = [undefined, null, 0, -1, true, '', 'ab', [], {}];
  const { run } = await bench.run(
    workflow(flow =>
      flow.forEach('each', [1], (_item, inner) => {
        for (const [index, value] of values.entries()) inner.step(`step ${index}`, () => value);
      }),
    ),
  );
  const { attempts } = getBatch(opened(bench), { run, scope: 1 });
  expect(attempts.map(({ outputSize }) => outputSize !== undefined)).toEqual(values.map(value => value !== undefined));
  expect(encode(undefined, 'output')).toBe(UNDEFINED_TEXT);
});
