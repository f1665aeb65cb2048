import path from 'node:path';
import { expect, test } from 'vitest';
import { OPERATIONS } from '../../host/store/operations.ts';
import { StoreConnection } from '../../host/store/store-connection.ts';
import { Bench, workflow } from '../support/runs.ts';

test('what is new in one store is told of that store, whoever looks at another one meanwhile', async () => {
  const [one, other] = [new Bench(), new Bench()].map(bench => ({
    bench,
    store: new StoreConnection(bench.file, path.dirname(bench.file)),
  })) as [{ bench: Bench; store: StoreConnection }, { bench: Bench; store: StoreConnection }];
  const flow = () => workflow(start => start.step('a', () => 1));
  const look = ({ store }: { store: StoreConnection }) => {
    const { items, replaced } = OPERATIONS.changes(store, []);
    return { runs: items.map(({ run }) => run), replaced };
  };
  await one.bench.run(flow());
  await other.bench.run(flow());
  look(one);
  look(other);
  await one.bench.run(flow());
  expect([look(other), look(one), look(other)]).toEqual([
    { runs: [], replaced: false },
    { runs: [2], replaced: false },
    { runs: [], replaced: false },
  ]);
  one.store.close();
  other.store.close();
});
