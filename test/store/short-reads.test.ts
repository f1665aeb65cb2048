import Database from 'better-sqlite3';
import { statSync } from 'node:fs';
import { expect, test } from 'vitest';
import { listBatches } from '../../engine/store/queries.ts';
import { openStore } from '../../engine/store/open.ts';
import { WalWatch } from '../../engine/store/wal-watch.ts';
import { range } from '../support/outside.ts';
import { Bench, workflow } from '../support/runs.ts';

/** A run of a few more batches than one read takes. */
async function manyBatches() {
  const bench = new Bench();
  const { run } = await bench.run(
    workflow(flow =>
      flow.forEach('each', range(1_203), (_item, flow) => {
        flow.step('one', () => 1);
      }),
    ),
  );
  return { bench, run };
}

test('whoever takes batches slowly does not hold a read open: the log can be shortened meanwhile', async () => {
  const { bench, run } = await manyBatches();
  const reader = openStore(bench.file, { mode: 'read' });
  const indices: number[] = [];
  for (const { index } of listBatches(reader, run, {}, false)) {
    indices.push(index);
    if (index !== 700) continue;
    bench.db.exec(`update runs set reason = 'changed'`);
    // Its first column says whether a reader was in the way.
    expect(bench.db.pragma('wal_checkpoint(TRUNCATE)')).toMatchObject([{ busy: 0 }]);
  }
  expect(indices).toEqual(range(1_203));
  reader.close();
});

test('a log that grows because somebody reads for long is told of once, and becomes short again afterwards', async () => {
  const { bench } = await manyBatches();
  const watch = new WalWatch(bench.db, bench.file, 66_000_000);
  const foreign = new Database(bench.file, { readonly: true });
  foreign.exec('begin');
  foreign.prepare('select count(*) from runs').get();
  bench.db.exec('create table filler (text)');
  const add = bench.db.prepare('insert into filler select zeroblob(9000000)');
  const size = () => statSync(`${bench.file}-wal`).size;
  expect(watch.check()).toBeUndefined();
  while (size() < 70_000_000) add.run();
  expect(watch.check()).toMatch(/runs\.db-wal has grown to \d+ MB, because some program has been reading/);
  expect(watch.check()).toBeUndefined();
  foreign.exec('commit');
  foreign.close();
  bench.db.pragma('wal_checkpoint(PASSIVE)');
  bench.db.exec(`update runs set reason = 'changed'`);
  expect(size()).toBeLessThan(66_000_000 + 2_000_000);
  expect(watch.check()).toBeUndefined();
}, 60_000);
