import type { Database } from 'better-sqlite3';
import { failpoint } from '../failpoints.ts';
import { UnreadableError } from './codec.ts';
import type { Lease } from './leases.ts';
import { prepared, preparedColumn } from './prepared-queries.ts';
import type { ChangesPage, RerunChanges } from './rerun-changes.ts';
import { writePage } from './rerun-writer.ts';
import { inTransaction } from './transactions.ts';

/*
 * A re-run of a million batches changes millions of rows. In one transaction it would hold the store for many seconds, and
 * other runs would be interrupted. So the changes are first kept beside the run, page by page; then the session of the
 * re-run begins, which is the moment from which on it happens; and then the pages are written, each in a transaction of
 * its own that removes it.
 */

/** A transaction of this many changes takes about 40 ms. */
export const CHANGES_A_PAGE = 5_000;

/** What whoever works through pages writes with each of them: that it is alive. */
type SignOfLife = () => void;

/** Keeps all changes for a session that is still to begin. Yields when others may write. @throws LeaseLostError */
export function* keepPages(
  db: Database,
  lease: Lease,
  changes: RerunChanges,
  session: number,
  renew: SignOfLife,
): Generator<void, void> {
  const keep = prepared<[number, number, number, string]>(
    db,
    'insert into rerun_pages (run, page, session, changes) values (?, ?, ?, ?)',
  );
  let page = 0;
  for (const content of changes.pages(CHANGES_A_PAGE)) {
    page += 1;
    const text = JSON.stringify(content);
    inTransaction(db, () => {
      lease.check();
      renew();
      if (page === 1) dropPages(db, lease.run);
      keep.run(lease.run, page, session, text);
    });
    failpoint('rerun-page-kept');
    yield;
  }
}

/**
 * Removes what a process kept for a session that it did not begin, because it was killed before. To be called before another
 * session of that number begins, which would else be taken for it.
 */
export function dropPages(db: Database, run: number): void {
  prepared<[number]>(db, 'delete from rerun_pages where run = ?').run(run);
}

/** Whether a re-run of a run has begun and is not written yet, because its process was killed. */
export function hasPagesToWrite(db: Database, run: number): boolean {
  return nextPage(db, run) !== undefined;
}

/** Writes what a re-run that has begun still has to write. Yields when others may write. @throws LeaseLostError */
export function* writePages(db: Database, lease: Lease, renew: SignOfLife): Generator<void, void> {
  const { run } = lease;
  for (let isDone = false; !isDone;) {
    inTransaction(db, () => {
      lease.check();
      renew();
      const page = nextPage(db, run);
      if (page === undefined) isDone = true;
      else {
        writePage(db, run, changesIn(db, run, page));
        prepared<[number, number]>(db, 'delete from rerun_pages where run = ? and page = ?').run(run, page);
      }
    });
    if (isDone) return;
    failpoint('rerun-page-written');
    yield;
  }
}

function nextPage(db: Database, run: number): number | undefined {
  return preparedColumn<[number], number>(
    db,
    `select page from rerun_pages p where run = ? and session <= (select max(session) from sessions s where s.run = p.run)
      order by page limit 1`,
  ).get(run);
}

function changesIn(db: Database, run: number, page: number): ChangesPage {
  const text = preparedColumn<[number, number], string>(
    db,
    'select changes from rerun_pages where run = ? and page = ?',
  ).get(run, page);
  try {
    return JSON.parse(text ?? '') as ChangesPage;
  } catch {
    throw new UnreadableError(
      `What a re-run of run ${run} was about to write is not in the form in which it was kept.`,
    );
  }
}
