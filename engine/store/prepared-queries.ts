import type { Database, Statement } from 'better-sqlite3';

const statements = new WeakMap<Database, Map<string, Statement>>();

/** The prepared statement of a text: prepared once a connection, however often it is asked for. */
export function prepared<Bind extends unknown[] | object, Row = unknown>(db: Database, sql: string): Statement<Bind, Row> {
  let known = statements.get(db);
  if (!known) statements.set(db, (known = new Map()));
  let statement = known.get(sql);
  if (!statement) known.set(sql, (statement = db.prepare(sql)));
  return statement as unknown as Statement<Bind, Row>;
}
