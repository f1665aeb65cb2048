import { expect, onTestFinished, test } from 'vitest';
import { Store } from '../../host/store/store.ts';
import { range } from '../support/outside.ts';
import { Bench, workflow } from '../support/runs.ts';
import { inThisThread } from './store-thread.ts';

/** A run of three batches, whose log has 1,200 lines: one of a kind in each batch, and many alike. */
async function logged() {
  const bench = new Bench();
  await bench.run(
    workflow(start =>
      start.batch('clean', { items: range(3), size: 1 }, ([item], inner) => {
        inner.step('trim', () => item);
      }),
    ),
  );
  const scopes = bench.db.prepare<[], number>('select scope from batches order by idx').pluck().all();
  const node = bench.db.prepare<[], number>(`select node from nodes where path = 'clean/trim'`).pluck().get();
  const add = bench.db.prepare(
    'insert into logs (run, scope, node, attempt, at, level, text) values (1, ?, ?, 1, ?, ?, ?)',
  );
  bench.db.transaction(() => {
    for (const at of range(1_200)) {
      const batch = at % 3;
      if (at < 3) add.run(scopes[batch], node, at, 'warn', `Row ${batch} has NO title: 100 %`);
      else add.run(scopes[batch], node, at, at % 100 === 0 ? 'error' : 'info', `line ${at}`);
    }
  })();
  const store = new Store(bench.file, '/test', inThisThread);
  onTestFinished(() => store.close());
  const found = async (asked: { search?: string; levels?: string[]; scope?: number }) =>
    (await store.do('searchLogs', { run: 1, limit: 1_000, ...asked })).lines;
  return { store, found, scopes };
}

test('a log is searched on the host, by text in upper or lower case, by step, and by level', async () => {
  const { found, scopes } = await logged();
  expect((await found({ search: 'no TITLE' })).map(({ text }) => text)).toEqual(
    range(3).map(batch => `Row ${batch} has NO title: 100 %`),
  );
  // What means something to SQL is text here.
  expect(await found({ search: '100 %' })).toHaveLength(3);
  expect(await found({ search: '%' })).toHaveLength(3);
  expect(await found({ search: 'clean/TRIM', levels: ['error'] })).toHaveLength(11);
  expect(await found({ levels: ['warn', 'error'] })).toHaveLength(14);
  expect(await found({ search: 'has no', scope: scopes[1] ?? 0 })).toHaveLength(1);
  expect(await found({ search: 'nothing says this' })).toEqual([]);
});

test('what fits comes in pages, and each line says in which batch it was said', async () => {
  const { store } = await logged();
  const page = await store.do('searchLogs', { run: 1, levels: ['error'], limit: 4 });
  expect([page.lines.length, page.more]).toEqual([4, true]);
  const before = await store.do('searchLogs', { run: 1, levels: ['error'], limit: 10, before: page.lines[0]?.id });
  expect([before.lines.length, before.more]).toEqual([7, false]);
  const [line] = (await store.do('searchLogs', { run: 1, search: 'Row 2', limit: 1 })).lines;
  expect(line).toMatchObject({ path: 'clean/trim', batch: { index: 2, parent: 0 } });
});
