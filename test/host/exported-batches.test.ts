import { expect, test } from 'vitest';
import { encode } from '../../engine/store/codec.ts';
import { openedStore } from './opened-store.ts';
import { NODES } from './big-run.ts';

test('the batches of a predicate are found once, and written page by page with what they were given', async () => {
  const { store, run } = openedStore();
  const { scopes } = await store.do('getScopes', { run, node: NODES.clean, where: { statuses: ['failed'] } });
  expect(scopes).toHaveLength(2);
  const { text } = await store.do('exportBatches', { run, scopes, format: 'jsonl' });
  const lines = text
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as Record<string, unknown>);
  expect(lines.map(({ index, state }) => [index, state])).toEqual([
    [3, 'failed'],
    [23, 'failed'],
  ]);
  expect(lines[0]).toHaveProperty('items');
  expect(lines[0]).toHaveProperty('error.message');
});

test('a text that a spreadsheet would take for a formula is none, and quotes stay in their cell', async () => {
  const { db, store, run } = openedStore();
  const { scopes } = await store.do('getScopes', { run, node: NODES.clean, where: { statuses: ['failed'] } });
  db.prepare('update batches set error = ? where run = ? and scope = ?').run(
    JSON.stringify({ name: 'Error', message: '=HYPERLINK("http://evil","x")', fingerprint: 'f' }),
    run,
    scopes[0],
  );
  db.prepare('insert or replace into batch_items (run, scope, attempt, items) values (?, ?, 1, ?)').run(
    run,
    scopes[0],
    encode([{ name: 'a "b", c' }], 'items'),
  );
  const { text } = await store.do('exportBatches', { run, scopes: scopes.slice(0, 1), format: 'csv', head: true });
  expect(text).toBe(
    `index,state,error,items\n3,failed,"'=HYPERLINK(""http://evil"",""x"")","[{""name"":""a \\""b\\"", c""}]"\n`,
  );
});
