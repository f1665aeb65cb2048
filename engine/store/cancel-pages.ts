import type { Database } from 'better-sqlite3';
import { BatchStatus } from '../../common/status.ts';
import { failpoint } from '../failpoints.ts';
import type { Lease } from './leases.ts';
import { prepared, preparedColumn } from './prepared-queries.ts';
import { askToStop, readRun, stopAsked } from './runs.ts';

/*
 * A cancel of a million batches that wait changes a million rows. In one transaction it would hold the store for many
 * seconds. So it is stored first that the run is being cancelled; then its batches are, page by page; and the last page is
 * cancelled together with the run. Where the process is killed in between, whoever takes the run next finishes that.
 */

/** A transaction of this many batches takes about 20 ms. */
export const CANCELLED_A_PAGE = 2_000;

/** The waiting batches that come next, by their scopes: as many as a page has, or the last ones. */
export function nextToCancel(db: Database, run: number, after: number): readonly number[] {
  return preparedColumn<[number, number, number], number>(
    db,
    `select scope from batches where run = ? and scope > ? and status = ${BatchStatus.waiting} order by scope limit ?`,
  ).all(run, after, CANCELLED_A_PAGE);
}

/** A page that is written, in a transaction that its reader makes. */
export interface CancelPage {
  readonly write: () => void;
}

/**
 * All pages but the last one, each to be written in a transaction of its own, before the next is asked for. They are read
 * outside of it: a search among a million batches that have ended holds up nobody.
 * @param reason Of the cancel, to be stored for whoever finishes it
 */
export function* cancelPages(
  db: Database,
  lease: Lease,
  reason: string,
  now: () => number,
): Generator<CancelPage, void> {
  const { run } = lease;
  for (let after = 0; ;) {
    const page = nextToCancel(db, run, after);
    if (page.length < CANCELLED_A_PAGE) return;
    const isFirst = after === 0;
    yield {
      write: () => {
        lease.check();
        lease.renew(now());
        if (isFirst) askToStop(db, run, 'cancelled', reason);
        cancelBatches(db, run, page, now());
      },
    };
    failpoint('cancel-page-written');
    after = page.at(-1) ?? after;
  }
}

function cancelBatches(db: Database, run: number, scopes: readonly number[], now: number): void {
  prepared<[number, number, string]>(
    db,
    `update batches set status = ${BatchStatus.cancelled}, ended_at = max(?, coalesce(started_at, 0))
      where run = ? and status = ${BatchStatus.waiting} and scope in (select value from json_each(?))`,
  ).run(now, run, JSON.stringify(scopes));
}

/**
 * Why a run that nobody works on is to be cancelled: somebody has asked for it, and its process was killed before all of it
 * was. Undefined where nobody has, or it is done.
 */
export function unfinishedCancel(db: Database, run: number): string | undefined {
  const status = readRun(db, run)?.status;
  if (status !== 'running' && status !== 'interrupted' && status !== 'paused') return undefined;
  const asked = stopAsked(db, run);
  return asked?.stop === 'cancelled' ? (asked.reason ?? 'it was asked for') : undefined;
}
