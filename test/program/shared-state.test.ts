import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { cronflow } from '../../engine/index.ts';
import { whileLoading } from '../../engine/workflow/registry.ts';
import { temporaryFolder } from '../support/runs.ts';

/* `cronflow.setGlobalState` and its like, as programs call them: at once, in the store of their project. */

let store = '';
beforeEach(async () => {
  store = path.join(temporaryFolder(), 'runs.db');
  await cronflow.start({ store });
});
afterEach(() => cronflow.stop());

test('values are set, read, added to and deleted', async () => {
  expect([await cronflow.getGlobalState('app'), await cronflow.getGlobalState('app', '0.0.0')]).toEqual([
    null,
    '0.0.0',
  ]);
  await cronflow.setGlobalState('app', { version: '1.0.0', at: new Date(0) });
  expect(await cronflow.getGlobalState('app')).toEqual({ version: '1.0.0', at: new Date(0) });
  expect([await cronflow.incrGlobalState('n'), await cronflow.incrGlobalState('n', 5)]).toEqual([1, 6]);
  expect(await cronflow.incrWorkflowState('orders', 'n', 2)).toBe(2);
  expect([await cronflow.deleteGlobalState('n'), await cronflow.deleteGlobalState('n')]).toEqual([true, false]);
  expect(await cronflow.getWorkflowState('orders', 'n')).toBe(2);
});

test('they outlast the program', async () => {
  await cronflow.setGlobalState('n', 1);
  await cronflow.stop();
  await cronflow.start({ store });
  expect(await cronflow.getGlobalState('n')).toBe(1);
});

test('statistics count what is there and whose time is over, and a cleanup deletes that', async () => {
  await cronflow.setGlobalState('a', 1);
  await cronflow.setGlobalState('b', 1, { ttl: 0 });
  await cronflow.setWorkflowState('orders', 'c', 1, { ttl: 0 });
  const of = { dbPath: store };
  expect(await cronflow.getStateStats()).toEqual({
    global: { totalKeys: 2, expiredKeys: 1, namespace: 'global', ...of },
    workflows: { orders: { totalKeys: 1, expiredKeys: 1, namespace: 'orders', ...of } },
  });
  expect(await cronflow.getGlobalState('b')).toBeNull();
  expect(await cronflow.cleanupExpiredState()).toEqual({ global: 1, workflows: { orders: 1 } });
  expect(await cronflow.getStateStats()).toMatchObject({ global: { totalKeys: 1, expiredKeys: 0 }, workflows: {} });
});

test.each([
  ['a key that is none', () => cronflow.setGlobalState('', 1), 'The key of a state value is "": it is a text.'],
  [
    'no workflow',
    () => cronflow.getWorkflowState(undefined as never, 'a'),
    'The workflow whose state is meant is undefined',
  ],
  ['an amount that is none', () => cronflow.incrGlobalState('n', NaN), 'by NaN: the amount is a number'],
  ['an option that is none', () => cronflow.setGlobalState('n', 1, { tll: '1h' } as never), 'Did you mean "ttl"?'],
  [
    'a ttl that is none',
    () => cronflow.setGlobalState('n', 1, { ttl: 'soon' as never }),
    'The ttl of the state "n" is "soon"',
  ],
  ['what is no data', () => cronflow.setGlobalState('n', () => 1), 'state["n"]'],
])('%s is refused in words', async (_what, call, words) => {
  await expect(call()).rejects.toThrow(words);
});

test('while Cronflow loads the file they read nothing and change nothing', async () => {
  await cronflow.setGlobalState('n', 1);
  const seen = await whileLoading(async () => {
    await cronflow.setGlobalState('n', 2);
    return [await cronflow.getGlobalState('n', 'given'), await cronflow.incrGlobalState('n')];
  });
  expect([seen, await cronflow.getGlobalState('n')]).toEqual([['given', 1], 1]);
});
