import { onTestFinished, expect, test } from 'vitest';
import { observedRun } from '../../engine/store/run-as-shown.ts';
import { lineOf } from '../../host/store/runs.ts';
import { StoreConnection } from '../../host/store/store-connection.ts';
import { getSharedState, getState, getStateHistory } from '../../host/store/values.ts';
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

test('of what runs share a page gets what its run sees now: of all and of its workflow, by whom, until when', async () => {
  const bench = new Bench();
  const { run } = await bench.run(workflow(flow => flow.step('read', () => 1)));
  const store = new StoreConnection(bench.file, path.dirname(bench.file));
  onTestFinished(() => store.close());
  const { db } = lineOf(store, run);
  const add = db.prepare(
    'insert into shared_state (workflow, key, value, expires_at, changed_at, run) values (?, ?, ?, ?, ?, ?)',
  );
  const { workflow: own } = observedRun(db, run) ?? { workflow: '' };
  const later = Date.now() + 3_600_000;
  add.run('', 'cursor', ' {"page": 42}', null, 1_000, 7);
  add.run('', 'token', ' "abc"', later, 2_000, null);
  add.run('', 'over', ' 1', 3_000, 2_000, null);
  add.run(own, 'runs', ' 3', null, 4_000, run);
  add.run('another', 'runs', ' 9', null, 4_000, run);
  add.run('', 'large', ` "${'x'.repeat(50_000)}"`, null, 5_000, run);
  const { entries, total } = getSharedState(store, { run });
  expect(total).toBe(4);
  expect(entries.map(({ value, ...rest }) => ({ ...rest, json: value.json }))).toEqual([
    { key: 'cursor', json: '{"page": 42}', scope: 'all', changedAt: 1_000, changedBy: 7 },
    { key: 'large', json: '"A value of 50,003 characters"', scope: 'all', changedAt: 5_000, changedBy: run },
    { key: 'token', json: '"abc"', scope: 'all', changedAt: 2_000, expiresAt: later },
    { key: 'runs', json: '3', scope: 'workflow', changedAt: 4_000, changedBy: run },
  ]);
});
