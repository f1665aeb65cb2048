import Database from 'better-sqlite3';
import fc from 'fast-check';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { main } from '../../cli/main.ts';
import { StoreConnection } from '../../host/store/store-connection.ts';
import type { OperationName } from '../../host/store/operations.ts';
import { dispatch } from '../../host/store/dispatch.ts';
import { Interruption } from '../support/interruption.ts';
import { Bench, workflow } from '../support/runs.ts';
import { story } from '../support/story.ts';
import { ODD_TEXTS } from './odd-values.ts';
import { search, timeout } from './runs.ts';

/*
 * A store in which bits have flipped, that was cut off, or to which another program has written: whoever reads it gets
 * an answer or one message that says what is wrong, and never our stack, a hang, or all of the memory.
 */

const folder = mkdtempSync(path.join(tmpdir(), 'cronflow-fuzz-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/**
 * The bytes of a store with something of everything: failures and second passes, nested batches, rounds, state, logs,
 * and a run that was left.
 */
const whole = story(async () => {
  const bench = new Bench();
  let broken = true;
  const definition = workflow(flow =>
    flow
      .step('load', ctx => {
        ctx.state.set('odd "key"', { at: new Date(0), of: new Map([[1, 2]]) });
        return [1, 2, 3, 4, 5, 6, 7];
      })
      .batch(
        { id: 'work', title: 'Work', unit: ['one', 'many'] },
        { items: ctx => ctx.last as number[], size: 2, concurrency: 2, retry: { attempts: 2, backoff: { delay: 0 } } },
        (items, flow) => {
          flow.step('check', async ctx => {
            await ctx.state.update('seen', (sum = 0) => Number(sum) + items.length);
            return items;
          });
          flow.forEach('each', items, (item, flow) => {
            flow.step('do', async ctx => {
              ctx.state.set('last', item);
              if (broken && item > 4) throw new TypeError(`${item} is wrong`, { cause: new Error('for a reason') });
              return item;
            });
          });
          flow.while(
            'rounds',
            ctx => ctx.state.get(`rounds ${items[0]}`, 0) < 2,
            flow => {
              flow.action('round', ctx => ctx.state.incr(`rounds ${items[0]}`));
            },
          );
        },
      )
      .parallel('both', { one: () => 1, two: () => 2 }),
  );
  const { run } = await bench.run(definition);
  await bench.rerun(definition, run);
  broken = false;
  await bench.run(definition, { payload: [1] });
  const interruption = new Interruption();
  await interruption.run(
    bench,
    workflow(start =>
      start.forEach('each', [1, 2, 3], (item, flow) => {
        flow.step('do', () => {
          if (item === 2) interruption.here();
          return item;
        });
      }),
    ),
  );
  bench.db.prepare(`update runs set status = 'running', ended_at = null, counts = null where id = 3`).run();
  bench.db.prepare('update sessions set ended_at = null where run = 3').run();
  bench.db
    .prepare(
      `insert into logs (run, scope, node, attempt, at, level, text) select run, scope, node, attempt, started_at, 'info', 'said' from steps`,
    )
    .run();
  const [inParts, log] = [bench.file, `${bench.file}-wal`].map(file => readFileSync(file)) as [Buffer, Buffer];
  bench.db.pragma('wal_checkpoint(truncate)');
  bench.db.pragma('journal_mode = delete');
  const tables = bench.db
    .prepare<[], { name: string }>(`select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'`)
    .all()
    .map(({ name }) => ({
      name,
      columns: bench.db
        .prepare<[string], { name: string; needed: number }>(
          `select name, "notnull" and pk = 0 as needed from pragma_table_info(?)`,
        )
        .all(name),
    }));
  return { bytes: readFileSync(bench.file), inParts, log, tables };
});

/** Everything that is read of a store, as pages ask for it. */
function reads(run: number): readonly [OperationName, unknown][] {
  const ofRun = { run };
  const where = {};
  return [
    ['changes', []],
    ['listRuns', { limit: 50 }],
    ['listRuns', { limit: 5, statuses: ['failed', 'interrupted'] }],
    ['runItem', run],
    ['runDetail', run],
    ['runSnapshot', run],
    ['nodes', run],
    ['stepCounts', run],
    ...[1, 2, 3, 4].flatMap(
      node =>
        [
          ['listBatches', { run, node, where, sort: 'duration', offset: 0, limit: 100 }],
          [
            'listBatches',
            {
              run,
              node,
              where: { statuses: ['failed'], search: 'wrong', ranges: [[0, 5]] },
              sort: 'index',
              descending: true,
              offset: 0,
              limit: 100,
            },
          ],
          ...[1, 2, 3, 4].map(inner => ['getCells', { run, node, of: { node: inner, fingerprint: 'Error wrong' } }]),
          [
            'listBatches',
            { run, node, where: { cause: { node: 4, group: 'Error wrong' } }, sort: 'index', offset: 0, limit: 100 },
          ],
          ['findBatch', { run, node, index: 1 }],
          ['nextFailed', { run, node, from: -1, direction: 'next' }],
          ['getRepeated', { run, node }],
          ...['duration', 'attempt', 'cause'].map(by => ['getOverlay', { run, node, by }]),
        ] as [OperationName, unknown][],
    ),
    ...[0, 1, 2, 5].flatMap(
      scope =>
        [
          ['getBatch', { run, scope }],
          ['getItems', { run, scope, full: true }],
          ['getOutput', { run, scope, node: 3, attempt: 1 }],
          ['getLogs', { run, scope, after: 0, limit: 50 }],
        ] as [OperationName, unknown][],
    ),
    ['getStep', { run, path: 'load' }],
    ['getProblems', ofRun],
    ['getHistory', ofRun],
    ['getTimeline', { run, columns: 100 }],
    ['getGivenPayload', ofRun],
    ['getPayload', ofRun],
    ['getResult', ofRun],
    ['getLogs', { run, after: 0, limit: 50 }],
    ['getState', ofRun],
    ['getSharedState', ofRun],
    ['getStateHistory', { run, key: 'last', limit: 50 }],
    ['sourceText', { run, session: 1, file: '/test/workflow.ts' }],
    ['isSource', { run, file: '/test/workflow.ts' }],
    ['newLogs', { run, after: 0, limit: 50 }],
    ['plan', { run, request: { batches: 'all' } }],
  ];
}

const COMMANDS = [
  ['runs', '--json'],
  ['show', '1', '--batches', 'all'],
  ['show', '1', '--json', '--batches', 'failed'],
  ['show', '3'],
  ['rerun', '1', '--dry-run', '--batches', 'all'],
];
const OURS = /^\s+at |\/engine\/|\/host\/|node:internal/m;

let stores = 0;

/** Reads a store in every way. Gives how many of them were refused. @param log Its write-ahead log, if it has one. */
async function readAll(
  bytes: Uint8Array,
  { runs = [1, 3], log }: { runs?: readonly number[]; log?: Uint8Array } = {},
): Promise<number> {
  const file = path.join(folder, `${++stores}.db`);
  writeFileSync(file, bytes);
  if (log) writeFileSync(`${file}-wal`, log);
  let refused = 0;
  const access = new StoreConnection(file, folder);
  try {
    for (const [name, args] of runs.flatMap(reads)) {
      const answer = dispatch(access, name, args);
      if (answer.ok) {
        structuredClone(answer.value);
        continue;
      }
      refused += 1;
      const { message, defect } = answer.error;
      expect(defect, `${name} ${JSON.stringify(args)}`).toBeUndefined();
      expect(message).toMatch(/^.{15,1000}$/);
      expect(message).not.toMatch(OURS);
    }
  } finally {
    access.close();
  }
  for (const command of COMMANDS) {
    const { code, stderr } = await called([...command, '--store', file]);
    expect([0, 2], command.join(' ')).toContain(code);
    expect(stderr).not.toMatch(OURS);
    if (code === 2) expect(stderr.trim()).toMatch(/^.{15,1000}$/);
  }
  for (const end of ['', '-wal', '-shm', '-journal']) rmSync(`${file}${end}`, { force: true });
  // What connections took of memory is given back in a turn of the event loop's own.
  await new Promise(resolve => setImmediate(resolve));
  return refused;
}

/** Runs a command in this process. */
async function called(args: readonly string[]): Promise<{ code: number; stderr: string }> {
  let stderr = '';
  const quiet = [
    vi.spyOn(process.stdout, 'write').mockReturnValue(true),
    vi.spyOn(process.stderr, 'write').mockImplementation(text => {
      stderr += String(text);
      return true;
    }),
  ];
  try {
    return { code: await main(args), stderr };
  } finally {
    for (const spy of quiet) spy.mockRestore();
  }
}

test('that is whole gives an answer to everything', async () => {
  const { bytes } = await whole();
  // A scope that there is not in one of the runs, and the outputs of steps that have none.
  expect(await readAll(bytes)).toBeLessThan(25);
});

test(
  'whose bytes have flipped, or of which only a part is left',
  async () => {
    const { bytes } = await whole();
    const flips = fc.array(
      fc.record({ at: fc.oneof(fc.nat(bytes.length - 1), fc.nat(4_095), fc.nat(200)), to: fc.nat(255) }),
      { minLength: 1, maxLength: 12 },
    );
    await fc.assert(
      fc.asyncProperty(
        flips,
        fc.oneof({ weight: 3, arbitrary: fc.constant(bytes.length) }, { weight: 1, arbitrary: fc.nat(bytes.length) }),
        async (changed, length) => {
          const damaged = Buffer.from(bytes);
          for (const { at, to } of changed) damaged[at] = to;
          await readAll(damaged.subarray(0, length));
        },
      ),
      search(8),
    );
  },
  timeout,
);

test(
  'whose write-ahead log has flipped bytes, or is cut off, as a kill in the midst of a write leaves it',
  async () => {
    const { inParts, log } = await whole();
    expect(log.length).toBeGreaterThan(100_000);
    const flips = fc.array(fc.record({ at: fc.oneof(fc.nat(log.length - 1), fc.nat(32 + 24)), to: fc.nat(255) }), {
      maxLength: 4,
    });
    await fc.assert(
      fc.asyncProperty(flips, fc.oneof(fc.constant(log.length), fc.nat(log.length)), async (changed, length) => {
        const damaged = Buffer.from(log);
        for (const { at, to } of changed) damaged[at] = to;
        await readAll(inParts, { log: damaged.subarray(0, length) });
      }),
      search(4),
    );
  },
  timeout,
);

test(
  'whose rows another program has changed',
  async () => {
    const { bytes, tables } = await whole();
    const text = fc.oneof(
      fc.constantFrom(...ODD_TEXTS),
      fc.json({ maxDepth: 2 }),
      fc.constantFrom(
        'null',
        '[]',
        '{}',
        '[[-7,4294967295]]',
        '["Date"]',
        '[["Map",0,0]]',
        '[["Uint8Array",1],["ArrayBuffer","x"]]',
        '{"name":1,"message":{}}',
        '{"name":"E","message":"m","at":{}}',
        '{"id":"w","name":"w","nodes":[{}]}',
        '{"id":"w","name":"w","nodes":[{"path":"work","id":"work","kind":"batch","settings":null,"unit":[1],"title":5,"at":7}]}',
        '{"items":{},"batches":{},"nodes":[]}',
        'running',
        'completed',
        'gone',
        '[1',
      ),
    );
    const number = fc.constantFrom(
      -1,
      0,
      1,
      2,
      3,
      255,
      256,
      2 ** 31,
      4_294_967_295,
      2 ** 53 - 1,
      -(2 ** 53),
      1e300,
      -1e300,
      0.5,
    );
    const edit = fc.record({
      table: fc.constantFrom(...tables.map(({ name }) => name)),
      column: fc.nat(30),
      row: fc.nat(40),
      all: fc.boolean(),
      to: fc
        .shuffledSubarray<unknown>([0, 1, 2], { minLength: 3 })
        .chain(order => fc.tuple(text, number, fc.constant(null)).map(values => order.map(of => values[of as number]))),
    });
    const edits = fc.oneof(
      { weight: 9, arbitrary: fc.array(edit, { minLength: 1, maxLength: 3 }) },
      { weight: 1, arbitrary: fc.constantFrom(...tables.map(({ name }) => name)) },
    );
    let changed = 0;
    await fc.assert(
      fc.asyncProperty(edits, fc.boolean(), async (of, againstTypes) => {
        const file = path.join(folder, 'edited.db');
        writeFileSync(file, bytes);
        const restore = againstTypes ? allowAll(file) : () => undefined;
        const db = new Database(file);
        db.pragma('foreign_keys = off');
        db.pragma('ignore_check_constraints = on');
        if (typeof of === 'string') db.exec(`drop table ${of}`);
        else
          for (const { table, column, row, all, to } of of) {
            const { columns } = tables.find(({ name }) => name === table) ?? { columns: [] };
            // A column takes texts or numbers: the first that it takes.
            for (const value of to) {
              const rows = update(
                db,
                table,
                columns[column % columns.length]?.name ?? '',
                all ? undefined : row,
                value,
              );
              changed += rows;
              if (rows > 0) break;
            }
          }
        db.close();
        restore();
        await readAll(readFileSync(file));
      }),
      search(12),
    );
    expect(changed).toBeGreaterThan(3);
  },
  timeout,
);

test(
  'in which a column has nothing where there is always something, whichever it is',
  async () => {
    const { bytes, tables } = await whole();
    const file = path.join(folder, 'nothing.db');
    for (const { name, columns } of tables)
      for (const column of columns.filter(({ needed }) => needed === 1)) {
        writeFileSync(file, bytes);
        const restore = allowAll(file);
        const db = new Database(file);
        db.pragma('foreign_keys = off');
        update(db, name, column.name, undefined, null);
        db.close();
        restore();
        await readAll(readFileSync(file), { runs: [1] });
      }
  },
  timeout,
);

test.each([100_000_000, 2 ** 53 - 1])('in which a batch has the place %d', async place => {
  const file = path.join(folder, 'far.db');
  writeFileSync(file, (await whole()).bytes);
  const db = new Database(file);
  db.prepare('update batches set idx = ? where run = 1 and parent = 0 and idx = 3').run(place);
  db.close();
  // The map and what colours it, of that node.
  expect(await readAll(readFileSync(file))).toBeGreaterThan((await readAll((await whole()).bytes)) + 3);
});

/**
 * Lets the tables of a store take anything in any column, as a flipped bit does. @returns What makes them strict again,
 * and looks at no row.
 */
function allowAll(file: string): () => void {
  const kept = changeSchema(file, schema =>
    schema.map(({ id, sql }) => ({
      id,
      sql: sql
        .replaceAll(' not null', '')
        .replace(') strict, without', ') without')
        .replace(/\) strict$/, ')'),
    })),
  );
  return () => changeSchema(file, () => kept);
}

interface SchemaLine {
  readonly id: number;
  readonly sql: string;
}

/** Gives the schema as it was. */
function changeSchema(file: string, change: (schema: readonly SchemaLine[]) => readonly SchemaLine[]): SchemaLine[] {
  const db = new Database(file);
  db.unsafeMode();
  db.pragma('writable_schema = on');
  const before = db
    .prepare<[], SchemaLine>(
      `select rowid as id, sql from sqlite_schema where type = 'table' and sql is not null and name not like 'sqlite_%'`,
    )
    .all();
  const set = db.prepare('update sqlite_schema set sql = ? where rowid = ?');
  db.transaction(() => {
    for (const { id, sql } of change(before)) set.run(sql, id);
  })();
  db.pragma(`schema_version = ${Number(db.pragma('schema_version', { simple: true })) + 1}`);
  db.close();
  return before;
}

/** Changes one row of a table, or all of them. What its types or keys forbid is left. */
function update(db: Database.Database, table: string, column: string, row: number | undefined, to: unknown): number {
  const rows = db.prepare(`select * from ${table}`).all() as Record<string, unknown>[];
  const only = row === undefined ? undefined : rows[row % rows.length];
  const keys = db
    .prepare<[string], { name: string }>('select name from pragma_table_info(?) where pk > 0')
    .all(table)
    .map(({ name }) => name);
  const where = only ? ` where ${keys.map(key => `${key} = @key_${key}`).join(' and ')}` : '';
  try {
    return db
      .prepare(`update ${table} set ${column} = @to${where}`)
      .run({ to, ...(only && Object.fromEntries(keys.map(key => [`key_${key}`, only[key]]))) }).changes;
  } catch (error) {
    if (error instanceof Database.SqliteError && /^SQLITE_(CONSTRAINT|MISMATCH)/.test(error.code)) return 0;
    throw error;
  }
}
