import type { StoreDatabase } from '../../engine/store/open.ts';

/*
 * Makes a store of very many runs of the few that it has: to execute 100,000 runs takes an hour, and to copy their rows a minute.
 * A copy has all that the run has which it is a copy of, and a number and a uid of its own.
 */

/** Columns that tell rows apart in the whole store, and what a copy has in their place. */
const OF_ITS_OWN: Readonly<Record<string, string>> = { uid: `uid || '-' || n`, run: 'run + n * :runs' };

/** Copies all runs of the store, whose numbers are 1, 2 and so on, until there are `total`. */
export function copyRuns(db: StoreDatabase, total: number): void {
  const runs = db.prepare<[], number>('select count(*) from runs').pluck().get() ?? 0;
  const copies = Math.ceil(total / runs) - 1;
  const numbers = `with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < :copies)`;
  const copy = db.transaction(() => {
    for (const table of ['runs', ...tablesOfRuns(db)]) {
      const columns = columnsOf(db, table);
      const values = columns.map(column =>
        table === 'runs' && column === 'id' ? 'id + n * :runs' : (OF_ITS_OWN[column] ?? column),
      );
      const order = table === 'runs' ? 'id' : 'run';
      db.prepare(
        `${numbers} insert into ${table} (${columns.join(', ')}) select ${values.join(', ')} from numbers cross join ${table} order by n, ${order}`,
      ).run({ runs, copies });
    }
    db.prepare('delete from runs where id > ?').run(total);
  });
  copy();
}

/** Without what triggers write. */
function tablesOfRuns(db: StoreDatabase): string[] {
  return db
    .prepare<[], string>(
      `select m.name from sqlite_schema m join pragma_table_info(m.name) c on c.name = 'run'
        where m.type = 'table' and m.name <> 'run_changes'`,
    )
    .pluck()
    .all();
}

/** Without the number of a log line, which SQLite gives, and the key of a run, which no other one has. */
function columnsOf(db: StoreDatabase, table: string): string[] {
  return db
    .prepare<[string], string>('select name from pragma_table_info(?)')
    .pluck()
    .all(table)
    .filter(column => !(table === 'logs' && column === 'id') && !(table === 'runs' && column === 'key'));
}
