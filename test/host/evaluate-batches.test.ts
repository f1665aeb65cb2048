import { expect, test } from 'vitest';
import { Store } from '../../host/store/store.ts';
import { Bench, workflow } from '../support/runs.ts';
import { inThisThread } from './store-thread.ts';

const readings = Array.from({ length: 30 }, (_, at) => ({ station: at % 3 === 0 ? 'K' : 'M', at }));

/** A run of ten batches of three readings, of which the last one fails. */
async function ran() {
  const bench = new Bench();
  const definition = workflow(start =>
    start.batch({ id: 'import', title: 'Import' }, { items: () => readings, size: 3 }, (batch, flow) => {
      flow
        .step({ id: 'tidy', title: 'Tidy' }, () => ({ first: batch[0]?.at }))
        .step('save', () => {
          if (batch[0]?.at === 27) throw new Error('the last one');
          return { total: batch.length };
        });
    }),
  );
  const { run } = await bench.run(definition);
  const store = new Store(bench.file, '/', inThisThread);
  const { progress } = await store.do('runSnapshot', run);
  const node = progress.nodes.find(({ path }) => path === 'import')?.node ?? 0;
  return {
    of: async (expression: string, from = 0) => {
      const { values, ids, ...rest } = await store.do('evaluateBatches', { run, node, expression, from });
      return { ...rest, ids, got: Array.from(ids, id => (id === 0 ? undefined : values[id - 1])) };
    },
  };
}

test('each batch has the most common value among its items, and a mixed one is told', async () => {
  const { of } = await ran();
  const { got, mixed, next } = await of('item.station');
  expect(got).toEqual(Array.from({ length: 10 }, () => 'M'));
  expect([...mixed]).toEqual(Array.from({ length: 10 }, () => 1));
  expect(next).toBeNull();
});

test('a condition matches if any item does; outputs of the batch and of its steps are there where they were put out', async () => {
  const { of } = await ran();
  expect((await of('item.at == 4')).got).toEqual([false, true, ...Array.from({ length: 8 }, () => false)]);
  expect((await of('all(item.at >= 27)')).got.at(-1)).toBe(true);
  expect((await of('output.total')).got).toEqual([...Array.from({ length: 9 }, () => 3), undefined]);
  expect((await of('step("Tidy").output.first')).got).toEqual(Array.from({ length: 10 }, (_, at) => at * 3));
  expect((await of('step("tidy").output.first', 8)).got).toEqual([24, 27]);
});

test('what cannot be understood is refused with a sentence for people', async () => {
  const { of } = await ran();
  await expect(of('item.at =')).rejects.toThrow('To compare, write ==');
  await expect(of('step("Tidyy").output')).rejects.toThrow(
    'No step of this batch that has begun is called “Tidyy”. There is: Tidy, save.',
  );
});
