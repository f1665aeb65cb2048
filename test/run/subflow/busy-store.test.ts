import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { LogPosition } from '../../../engine/store/log-position.ts';
import { workflow } from '../../support/runs.ts';
import { SubflowBench } from '../../support/subflow-bench.ts';

/* Several runs share a store. While one writes, another that is to begin a part of it waits, as it does with its checkpoints. */

function benchWithOther() {
  const bench = new SubflowBench();
  bench.define('child', flow => flow.step('say', () => 'said'));
  const other = new Database(bench.file);
  onTestFinished(() => void other.close());
  return { bench, other };
}

test('a part begins when the other program has written', async () => {
  const { bench, other } = benchWithOther();
  const summary = await bench.run(
    workflow(flow =>
      flow.subflow('call', 'child', () => {
        other.exec('begin immediate');
        // Longer than the connection of a run waits at a time.
        setTimeout(() => other.exec('commit'), 200);
        return {};
      }),
    ),
  );
  expect(summary).toMatchObject({ status: 'completed', output: 'said' });
});

test('a part that failed is re-run when the other program has written', async () => {
  const { bench, other } = benchWithOther();
  let fails = true;
  bench.define('child', flow =>
    flow.step('say', () => {
      if (fails) throw new Error('no');
      return 'said';
    }),
  );
  const build = () =>
    workflow(flow =>
      flow.subflow('call', 'child', () => {
        if (fails) return {};
        other.exec('begin immediate');
        setTimeout(() => other.exec('commit'), 200);
        return {};
      }),
    );
  const first = await bench.run(build());
  expect(first.status).toBe('failed');
  fails = false;
  expect(await bench.rerun(build(), first.run)).toMatchObject({ status: 'completed', output: 'said' });
});

test('a part begins where another program has written since this one has read', async () => {
  const { bench, other } = benchWithOther();
  const summary = await bench.run(
    workflow(flow =>
      flow.subflow('call', 'child', async () => {
        // As the journal keeps it between two transactions of one turn of the event loop.
        const position = new LogPosition(bench.db);
        position.keep();
        other.exec('begin immediate; update runs set name = name; commit');
        setTimeout(() => position.release(), 100);
        return {};
      }),
    ),
  );
  expect(summary).toMatchObject({ status: 'completed', output: 'said' });
});
