import Database from 'better-sqlite3';
import { accessSync, constants, existsSync, mkdirSync, statSync } from 'node:fs';
import { NEXT } from '../../common/next-steps.ts';
import { told, type Told } from '../../common/told.ts';
import path from 'node:path';
import type { Durability } from '../../common/durability.ts';
import { nativeModuleError } from '../native-module.ts';
import { UnreadableError } from './codec.ts';
import { migrate, STORE_VERSION } from './migrations.ts';
import { openWithoutWriting } from './read-only.ts';
import { unsoundness } from './soundness.ts';
import { StoreError, type StoreProblem } from './store-error.ts';

/** Marks a file as a run store ("CfSt"), so that some other program's database is not mistaken for one. */
const APPLICATION_ID = 0x43665374;
/** Bytes that the file of the write-ahead log keeps once nothing needs it. */
const LONGEST_IDLE_WAL = 64 * 1024 * 1024;
/**
 * Pages in the log at which they are moved into the store. That waits for the disk three times, with the run: while 60,000
 * quick batches were executed, five at a time, for 1.8 s with SQLite's own 1,000 pages, and for 0.7 s with these.
 */
const PAGES_TO_MOVE = 4_000;
export const BUSY_TIMEOUT_MS = 15_000;

/** An open store, as the rest of the engine passes it on: only engine/store executes SQL. */
export type StoreDatabase = Database.Database;

export interface OpenOptions {
  /**
   * 'create' makes the file and its folder where they are missing; 'write' and 'read' need it to be there. With 'read' a store
   * that cannot be written is as good; whatever is written to it then is refused.
   */
  readonly mode: 'create' | 'write' | 'read';
}

/** Opens a run store, upgraded to this version. @throws StoreError */
export function openStore(file: string, { mode }: OpenOptions): Database.Database {
  if (mode === 'create') makeFolder(file);
  else if (!existsSync(file)) {
    throw new StoreError(
      'missing',
      file,
      told`There is no run store at ${file}. ${NEXT.nameStore}, or run a workflow first.`,
    );
  }
  const found = existsSync(file) ? statSync(file) : undefined;
  if (found?.isDirectory()) {
    throw new StoreError(
      'not-a-store',
      file,
      told`${file} is a folder. ${NEXT.storeFile(path.join(file, 'runs.db'))}.`,
    );
  }
  // Opening a pipe could wait for ever.
  if (found && !found.isFile()) {
    throw new StoreError(
      'not-a-store',
      file,
      told`${file} is a pipe or a device, not a database file. ${NEXT.another}.`,
    );
  }
  try {
    return explainingErrors(file, () => openToWrite(file));
  } catch (error) {
    if (mode !== 'read' || !(error instanceof StoreError) || !MAY_STILL_BE_READ.has(error.problem)) throw error;
    return explainingErrors(file, () => openWithoutWriting(file, (db, isCopy) => prepare(db, file, isCopy)));
  }
}

const MAY_STILL_BE_READ: ReadonlySet<StoreProblem> = new Set(['read-only', 'full', 'unreachable']);

function openToWrite(file: string): Database.Database {
  const db = new Database(file, { timeout: BUSY_TIMEOUT_MS });
  try {
    // Opening does not fail on a file that cannot be written; the first write would, in the middle of something.
    accessSync(file, constants.W_OK);
    prepare(db, file, true);
  } catch (error) {
    db.close();
    throw error;
  }
  return db;
}

function prepare(db: Database.Database, file: string, isWritable: boolean): void {
  // In one look: another process may be making it this very moment.
  const { version, application, empty } = db.transaction(() => {
    const tables = db.prepare<[], { n: number }>('select count(*) as n from sqlite_schema').get()?.n ?? 0;
    const found = Number(db.pragma('user_version', { simple: true }));
    return {
      version: found,
      application: Number(db.pragma('application_id', { simple: true })),
      empty: found === 0 && tables === 0,
    };
  })();
  if (!empty && application !== APPLICATION_ID) {
    throw new StoreError('not-a-store', file, told`${file} is a database of some other program. ${NEXT.otherFile}.`);
  }
  // Upgrading from there would go on for as long as there is memory.
  if (version < 0) {
    throw new StoreError(
      'damaged',
      file,
      told`${file} is damaged (its version is ${version}). Copy it, then try "sqlite3 ${path.basename(file)} 'pragma user_version = ${STORE_VERSION}'", if this Cronflow wrote it; ${NEXT.meanwhile}.`,
    );
  }
  if (version > STORE_VERSION) {
    throw new StoreError(
      'newer',
      file,
      `${file} was written by a newer Cronflow (store version ${version}; this one knows up to ${STORE_VERSION}). ` +
        `Update Cronflow to open it; nothing was changed.`,
    );
  }
  if (isWritable) {
    // Before anything is written: what deleted runs leave can then be given back to the disk, see store-space.ts.
    if (empty) db.pragma('auto_vacuum = INCREMENTAL');
    db.pragma('journal_mode = WAL');
    db.pragma(`wal_autocheckpoint = ${PAGES_TO_MOVE}`);
    // While somebody reads for long, the log grows. Its file is made short again at the first checkpoint after that.
    db.pragma(`journal_size_limit = ${LONGEST_IDLE_WAL}`);
  }
  setDurability(db, 'normal');
  db.pragma('foreign_keys = ON');
  if (empty || version < STORE_VERSION) {
    if (empty) db.pragma(`application_id = ${APPLICATION_ID}`);
    migrate(db, version);
  }
}

/** Opens a store of which this process changes nothing, whatever it executes. @throws StoreError */
export function openToLook(file: string): StoreDatabase {
  const db = openStore(file, { mode: 'read' });
  db.pragma('query_only = ON');
  return db;
}

/** How the transactions of a connection are written from now on. Not inside one. */
export function setDurability(db: StoreDatabase, durability: Durability): void {
  // With NORMAL, a commit survives the death of its process at once, and that of the machine as of the last sync: see
  // docs/store.md. With FULL, each commit is one sync.
  db.pragma(`synchronous = ${durability === 'full' ? 'FULL' : 'NORMAL'}`);
  // Elsewhere than on macOS it is the same: there, a sync may stay in the memory of the disk.
  db.pragma(`fullfsync = ${durability === 'full' ? 'ON' : 'OFF'}`);
}

function makeFolder(file: string): void {
  try {
    mkdirSync(path.dirname(file), { recursive: true });
  } catch (error) {
    throw storeError(file, error);
  }
}

/** What SQLite says of statements that are right where the tables, or the JSON in them, are not what we wrote. */
const DAMAGE =
  /malformed JSON|^no such (table|column|index)|^(table|index) \S+ already exists|^duplicate column|has no column named|unsupported file/;

/** Runs `work` and turns what SQLite and the file system throw into a StoreError. */
function explainingErrors<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw storeError(file, error);
  }
}

/**
 * What is thrown where a value is not of its type: by a defect of ours, or because the store is damaged. SQLite holds
 * rows to the types of their table as they are written and does not look as they are read; a flipped bit can make null
 * of a text that is always there.
 */
const WRONG_VALUES = [TypeError, RangeError, SyntaxError];

/** SQLite names a damaged schema with all of its text. */
function onOneLine(why: string): string {
  const line = why.replaceAll(/\s+/g, ' ');
  return line.length <= 160 ? line : `${line.slice(0, 160)}…`;
}

/** The StoreError for what SQLite or the file system threw; anything else is returned as it is. */
export function storeError(file: string, error: unknown): unknown {
  if (error instanceof StoreError || !(error instanceof Error)) return error;
  const native = nativeModuleError(error);
  if (native !== undefined) return native;
  const say = (problem: StoreProblem, message: string | Told) => new StoreError(problem, file, message, error);
  const damaged = (why: string) =>
    say(
      'damaged',
      told`${file} is damaged (${onOneLine(why)}). Copy it, then try "sqlite3 ${path.basename(file)} .recover"; ${NEXT.meanwhile}.`,
    );
  if (error instanceof UnreadableError) return damaged(error.message);
  const code = 'code' in error ? String(error.code) : '';
  if (code.startsWith('SQLITE_NOTADB'))
    return say(
      'not-a-store',
      told`${file} is not a database, or its beginning is damaged. Move it away (a backup can be put in its place) or ${NEXT.otherStore}.`,
    );
  // SQLITE_CONSTRAINT_DATATYPE: an index that is not an integer, from a damaged row, was about to be written again.
  if (
    code.startsWith('SQLITE_CORRUPT') ||
    code === 'SQLITE_CONSTRAINT_DATATYPE' ||
    (code === 'SQLITE_ERROR' && DAMAGE.test(error.message))
  )
    return damaged(error.message);
  if (code.startsWith('SQLITE_FULL') || code === 'ENOSPC')
    return say(
      'full',
      `The disk that holds ${file} is full. Free some space, then resume the run: all checkpoints up to here are kept.`,
    );
  if (code.startsWith('SQLITE_READONLY') || code === 'EACCES' || code === 'EROFS' || code === 'EPERM')
    return say(
      'read-only',
      told`${file} cannot be written (${code}). Make it and its folder writable, or ${NEXT.otherStore}.`,
    );
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED'))
    return say(
      'busy',
      `${file} has been locked by another program for too long (${BUSY_TIMEOUT_MS / 1000} s). Close that program, ` +
        `then try again; what a run had kept until then is there, and it can be resumed.`,
    );
  if (code.startsWith('SQLITE_IOERR'))
    return say(
      'unreachable',
      `${file} could not be read or written (${code}). Check the disk and its free space, then resume the run: ` +
        `all checkpoints up to here are kept.`,
    );
  if (code.startsWith('SQLITE_CANTOPEN') || code === 'ENOTDIR' || code === 'EEXIST')
    return say(
      'unreachable',
      told`${file} could not be opened. Check that its folder exists and can be written, or ${NEXT.otherStore}.`,
    );
  // Our statements are always the same: one that SQLite refuses is wrong, or what it is about is not as we made it.
  if (!code.startsWith('SQLITE_') && !WRONG_VALUES.some(kind => error instanceof kind)) return error;
  const why = unsoundness(file);
  return why === undefined ? error : damaged(why);
}
