import Database from 'better-sqlite3';
import { statSync } from 'node:fs';
import { migrate, STORE_VERSION } from './migrations.ts';
import { openWithoutWriting } from './read-only.ts';

/**
 * The first thing that is wrong in a store: an invalid page, a row that its table does not allow, such as one without a
 * name where every row has one, or a table that Cronflow did not create in this way. Undefined when the store is sound,
 * or cannot be read. Reads the whole store: call it only after something has gone wrong.
 */
export function unsoundness(file: string): string | undefined {
  try {
    const { ino, size, mtimeMs } = statSync(file);
    const mark = `${file} ${ino} ${size} ${mtimeMs}`;
    if (latest?.mark !== mark) latest = { mark, why: firstWrong(file) };
    return latest.why;
  } catch (error) {
    return error instanceof Error && 'code' in error && /^SQLITE_(CORRUPT|NOTADB)/.test(String(error.code))
      ? error.message
      : undefined;
  }
}

/** What is asked a few times a second goes wrong as often, and reading all of a large store takes seconds. */
let latest: { readonly mark: string; readonly why: string | undefined } | undefined;

function firstWrong(file: string): string | undefined {
  const db = openWithoutWriting(file, () => undefined);
  try {
    const found = String(db.pragma('quick_check(1)', { simple: true }));
    return found === 'ok' ? changedSchema(db) : found;
  } finally {
    db.close();
  }
}

interface Made {
  readonly type: string;
  readonly name: string;
  readonly sql: string;
}

/** A letter that has flipped in the text of a table changes what it takes. Tables that somebody has added are theirs. */
function changedSchema(db: Database.Database): string | undefined {
  if (Number(db.pragma('user_version', { simple: true })) !== STORE_VERSION) return undefined;
  const fresh = new Database(':memory:');
  try {
    migrate(fresh, 0);
    const stored = db.prepare<[string, string], { sql: string | null }>(
      'select sql from sqlite_schema where type = ? and name = ?',
    );
    const changed = fresh
      .prepare<[], Made>('select type, name, sql from sqlite_schema where sql is not null')
      .all()
      .find(({ type, name, sql }) => plainSql(stored.get(type, name)?.sql) !== plainSql(sql));
    return changed && `its ${changed.type} ${changed.name} is not as it was made`;
  } finally {
    fresh.close();
  }
}

/** Without comments, which may be worded better in a later version, and without the white space around them. */
function plainSql(sql: string | null | undefined): string | undefined {
  return sql
    ?.replaceAll(/--[^\n]*/g, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
}
