import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { sha256 } from '../../engine/sha256.ts';
import { compareAttempts } from '../../host/store/compare.ts';
import { StoreConnection } from '../../host/store/store-connection.ts';
import { Bench, workflow } from '../support/runs.ts';

const FILE = '/test/workflow.ts';

function code(lines: readonly string[]) {
  const text = lines.join('\n');
  return { hash: sha256(text), sources: [{ path: FILE, text, hash: sha256(text) }] };
}

const BEFORE = [
  'import x',
  'flow',
  "  .step('add', () => {",
  '    return sum();',
  '  })',
  'function sum() {',
  '  return 1;',
  '}',
];

/** A batch that fails, is run again with other code, and then with other items. */
async function reran() {
  const bench = new Bench({ code: code(BEFORE) });
  const definition = (isFixed: boolean) =>
    workflow(start =>
      start.batch(
        'orders',
        { items: [{ cents: null }, { cents: 5 }], size: 2 },
        (items: { cents: unknown }[], inner) => {
          inner.step('add', () => {
            if (!isFixed || items[0]?.cents === null) throw new Error('no cents');
            return 1;
          });
        },
      ),
    );
  const { run } = await bench.run(definition(false));
  const changed = BEFORE.with(3, '    return sum() + 1;').with(6, '  return 2;');
  const again = new Bench({ code: code(changed) });
  Object.assign(again, { db: bench.db, file: bench.file });
  await again.rerun(definition(true), run);
  await again.rerun(definition(true), run, {
    node: 'orders',
    batches: [0],
    items: '[[1,2],{"cents":3},3747,{"cents":4},5]',
  });
  // Places of nodes are those of the files, which nobody has read here.
  const graph = {
    id: 'test',
    name: 'test',
    triggers: [],
    nodes: [{ path: 'orders/add', id: 'add', kind: 'step', at: { file: FILE, line: 3, column: 4 } }],
  };
  bench.db.prepare('update runs set graph = ?').run(JSON.stringify(graph));
  const store = new StoreConnection(bench.file, path.dirname(bench.file));
  onTestFinished(() => store.close());
  return { store, run, db: bench.db };
}

test('each attempt says where its items came from, and what is other in its code, by step', async () => {
  const { store, run } = await reran();
  const { attempts, left } = compareAttempts(store, { run, scope: 1, against: 'before' });
  expect(left).toBe(0);
  expect(attempts.map(({ attempt, session, input }) => [attempt, session, input])).toEqual([
    [1, 1, 'first'],
    [2, 2, 'same'],
    [3, 3, 'edited'],
  ]);
  expect(attempts[0]).not.toHaveProperty('code');
  expect(attempts[1]?.code).toEqual([
    expect.objectContaining({
      line: 4,
      removed: ['    return sum();'],
      added: ['    return sum() + 1;'],
      step: 'orders/add',
    }),
    // A function that steps call stands in none of them.
    expect.not.objectContaining({ step: expect.anything() as unknown }),
  ]);
  expect(attempts[2]?.code).toEqual([]);
  expect(attempts[2]?.at).toBeGreaterThan(0);
});

test('against the first attempt, what changed in between is still changed', async () => {
  const { store, run } = await reran();
  const { attempts } = compareAttempts(store, { run, scope: 1, against: 'first' });
  expect(attempts.map(({ code: changes }) => changes?.length)).toEqual([undefined, 2, 2]);
});

test('of very many attempts the first and the latest stand beside each other', async () => {
  const { store, run, db } = await reran();
  db.exec(`update batches set attempt = 40;
    with recursive n (n) as (select 3 union all select n + 1 from n where n < 39)
    insert into batch_attempts (run, scope, attempt, status, session) select 1, 1, n, 3, 3 from n`);
  const { attempts, left } = compareAttempts(store, { run, scope: 1, against: 'before' });
  expect([attempts.length, left]).toEqual([12, 28]);
  expect(attempts.map(({ attempt }) => attempt).slice(0, 2)).toEqual([1, 30]);
  expect(attempts.at(-1)?.attempt).toBe(40);
});
