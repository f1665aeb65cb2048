import type { Database, Statement } from 'better-sqlite3';

/** A statement that gives its rows in one shape only: the one it was prepared for. */
export type Prepared<Bind extends unknown[] | object, Row> = Pick<
  Statement<Bind, Row>,
  'get' | 'all' | 'iterate' | 'run'
>;

const statements = new WeakMap<Database, Map<string, Statement>>();

/** The prepared statement of a text, with rows as objects: prepared once a connection, however often it is asked for. */
export function prepared<Bind extends unknown[] | object, Row = unknown>(
  db: Database,
  sql: string,
): Prepared<Bind, Row> {
  return cached(db, sql, '') as unknown as Prepared<Bind, Row>;
}

/** The same, with the only column of each row for the row. */
export function preparedColumn<Bind extends unknown[] | object, Value>(
  db: Database,
  sql: string,
): Prepared<Bind, Value> {
  return cached(db, sql, 'pluck') as unknown as Prepared<Bind, Value>;
}

/** The same, with rows as arrays: for many rows. */
export function preparedRaw<Bind extends unknown[] | object, Row extends unknown[]>(
  db: Database,
  sql: string,
): Prepared<Bind, Row> {
  return cached(db, sql, 'raw') as unknown as Prepared<Bind, Row>;
}

/** A statement is set to one shape for good: two callers of the same text in different shapes have one each. */
function cached(db: Database, sql: string, shape: '' | 'pluck' | 'raw'): Statement {
  let known = statements.get(db);
  if (!known) statements.set(db, (known = new Map()));
  const key = `${shape} ${sql}`;
  let statement = known.get(key);
  if (!statement) {
    statement = db.prepare(sql);
    if (shape !== '') statement = statement[shape]();
    known.set(key, statement);
  }
  return statement;
}
