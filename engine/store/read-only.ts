import Database from 'better-sqlite3';
import { constants, copyFileSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/**
 * A store that this process cannot write: on a medium that is write-protected, or another user's. Where whoever writes it has it
 * open, it can be read in its place. Else SQLite would have to make files beside it, and could not: then a copy is read, which
 * nobody changes. @param prepare Makes sure of a connection that it is a store's, and of this version; throws otherwise.
 */
export function openWithoutWriting(
  file: string,
  prepare: (db: Database.Database, isCopy: boolean) => void,
): Database.Database {
  try {
    return prepared(new Database(file, { readonly: true }), db => prepare(db, false));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && /^SQLITE_(CANTOPEN|READONLY)/.test(String(error.code))))
      throw error;
  }
  const folder = mkdtempSync(path.join(tmpdir(), 'cronflow-read-'));
  const copy = path.join(folder, path.basename(file));
  try {
    for (const end of ['', '-wal'])
      if (isFile(file + end)) copyFileSync(file + end, copy + end, constants.COPYFILE_FICLONE);
    return prepared(new Database(copy), db => {
      prepare(db, true);
      // What was written into a copy would be lost.
      db.pragma('query_only = ON');
      // Windows keeps files that are open.
      if (process.platform === 'win32') process.once('exit', () => remove(folder));
    });
  } finally {
    if (process.platform !== 'win32') remove(folder);
  }
}

function prepared(db: Database.Database, prepare: (db: Database.Database) => void): Database.Database {
  try {
    prepare(db);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function isFile(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isFile() ?? false;
}

function remove(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

/** Whether a connection can only read: a store that cannot be written is read as it is, or from a copy. */
export function isReadOnly(db: Database.Database): boolean {
  return db.readonly || db.pragma('query_only', { simple: true }) === 1;
}
