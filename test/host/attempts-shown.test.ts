import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { BatchStatus } from '../../common/status.ts';
import { encode, UNDEFINED_TEXT } from '../../engine/store/codec.ts';
import { getBatch, getOverlay } from '../../host/store/batches.ts';
import { StoreConnection } from '../../host/store/store-connection.ts';
import { failing } from '../support/failing-steps.ts';
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

test('the times of a node have those of attempts that are over, with what they came to', async () => {
  const bench = new TimedBench();
  const definition = workflow(flow =>
    flow.forEach('each', ['good', 'bad'], (item, inner) => {
      inner.step('do', async ctx => {
        await bench.clock.sleep(1_000);
        return item === 'bad' ? failing(1)(ctx) : item;
      });
    }),
  );
  const { run } = await bench.run(definition);
  await bench.clock.advance(60_000);
  await bench.rerun(definition, run);
  const node = bench.db.prepare<[], number>(`select node from nodes where path = 'each'`).pluck().get() ?? 0;
  expect(getOverlay(opened(bench), { run, node, by: 'times' })).toMatchObject({
    starts: Float32Array.of(0, 62_000),
    ends: Float32Array.of(1_000, 63_000),
    earlier: {
      indices: Uint32Array.of(1),
      statuses: Uint8Array.of(BatchStatus.failed),
      starts: Float32Array.of(1_000),
      ends: Float32Array.of(2_000),
    },
  });
});
