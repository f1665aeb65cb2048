import type { Database } from 'better-sqlite3';
import { UnreadableError } from './codec.ts';
import { pauseForOthers } from './transactions.ts';

/* How large a store is, and how what deleted runs have left is given back to the disk. */

export interface StoreSpace {
  /** Of the file, once what is in the log beside it has been moved there. */
  readonly bytes: number;
  /** Of these, what is free for new runs. */
  readonly freeBytes: number;
}

/** @throws UnreadableError where its head says what cannot be */
export function storeSpace(db: Database): StoreSpace {
  const [pageSize, pages, free] = [pragma(db, 'page_size'), pragma(db, 'page_count'), pragma(db, 'freelist_count')];
  if (free > pages) throw new UnreadableError(`More of the store is free than there is: ${free} of ${pages} pages`);
  return { bytes: pages * pageSize, freeBytes: free * pageSize };
}

/** What SQLite calls a file that can be made shorter page by page. */
const INCREMENTAL = 2;
/** 8 MB: a transaction takes some milliseconds. */
const PAGES_AT_A_TIME = 2_000;

/** Whether free space can be given back while others use the store: not in one that was made by a version before 0.2. */
export function canGiveBackSpace(db: Database): boolean {
  return pragma(db, 'auto_vacuum') === INCREMENTAL;
}

/** Gives the free space back to the disk, a part at a time, so that others can write in between. */
export function giveBackSpace(db: Database): void {
  if (!canGiveBackSpace(db)) return;
  for (let free = pragma(db, 'freelist_count'); free > 0;) {
    db.pragma(`incremental_vacuum(${PAGES_AT_A_TIME})`);
    const left = pragma(db, 'freelist_count');
    // Somebody may write as fast as this gives back: the rest is for the next time.
    if (left >= free) break;
    free = left;
    pauseForOthers();
  }
  // The file is cut once the log has been moved into it. Where somebody reads, it is at a later one.
  db.pragma('wal_checkpoint(passive)');
}

/**
 * Writes the whole file anew, without its free space, and so that from then on space can be given back. Nobody can write
 * meanwhile, and the disk has to have room for a second file.
 */
export function compactStore(db: Database): void {
  db.pragma('auto_vacuum = INCREMENTAL');
  db.exec('vacuum');
  db.pragma('wal_checkpoint(truncate)');
}

function pragma(db: Database, name: string): number {
  return Number(db.pragma(name, { simple: true }));
}
