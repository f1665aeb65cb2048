import type { Database } from 'better-sqlite3';
import { BatchStatus, FINISHED, StepStatus } from '../../common/status.ts';
import { firstPosition } from './positions.ts';
import { prepared, preparedColumn } from './prepared-queries.ts';
import type { ChangesPage } from './rerun-changes.ts';
import { nextSession } from './runs.ts';
import { splitTotals } from './split-totals.ts';
import { EndCounts, readTally, writeTally, type OpenWork, type Tally } from './tally.ts';
import { countAll, untouchedOfRows } from './tally-from-rows.ts';
import { consistently } from './transactions.ts';

/* Brings a tally up to the moment: it looks only at the rows that may have changed since it was written. */

const ENDED_SQL = `(${FINISHED.join(', ')})`;

/** The scopes, of those that existed when the tally was written, in which something may have happened since. Binds @run, @open and @splits. */
const LOOKED_AT = `
  select value from json_each(@open)
  union
  select b.scope from json_each(@splits) r join batches b
     on b.run = @run and b.parent = r.value ->> 'parent' and b.node = r.value ->> 'node'
    and b.idx >= r.value ->> 'from' and b.idx < r.value ->> 'to'`;

/** What of a run has ended, as its rows say now; undefined where it has no tally yet. */
export function endCountsNow(db: Database, run: number): EndCounts | undefined {
  return consistently(db, () => {
    const tally = readTally(db, run);
    return tally && countsSince(db, run, tally);
  });
}

function countsSince(db: Database, run: number, tally: Tally): EndCounts {
  const { counts, session, position, lastScope } = tally;
  const open = JSON.stringify(tally.open);
  const splits = JSON.stringify(tally.splits.filter(({ from, to }) => from < to));
  // What ended in an earlier session was counted: the place of a batch that is re-run lies among others.
  const batches = prepared<[object], { node: number; status: number; batches: number; items: number }>(
    db,
    `select node, status, count(*) as batches, sum(items) as items from batches
      where run = @run and status in ${ENDED_SQL} and session >= @session and (scope > @lastScope or scope in (${LOOKED_AT}))
      group by node, status`,
  );
  for (const row of batches.iterate({ run, session, lastScope, open, splits }))
    counts.addBatches(row.node, row.status, row.batches, row.items);
  const steps = prepared<[object], { node: number; steps: number }>(
    db,
    `select node, count(*) as steps from steps
      where run = @run and status = ${StepStatus.succeeded} and seq > @position
        and (scope > @lastScope or scope in (select 0 union ${LOOKED_AT}))
      group by node`,
  );
  for (const row of steps.iterate({ run, position, lastScope, open, splits })) counts.addSteps(row.node, row.steps);
  return counts;
}

/**
 * Writes the tally of a run that nobody works on, for the session that begins next: nothing of it is in flight any more. In
 * the caller's transaction. It reads all rows of a run that has none yet, as one from before there were tallies.
 */
export function settleTally(db: Database, run: number): void {
  const before = readTally(db, run);
  const { open, splits } = before ? placesLeft(db, run, before) : { open: [], splits: untouchedOfRows(db, run) };
  const session = nextSession(db, run);
  writeTally(db, run, {
    counts: before ? countsSince(db, run, before) : countAll(db, run),
    session,
    position: firstPosition(db, run, session) - 1,
    lastScope: lastScope(db, run),
    open,
    splits,
  });
}

/** Where batches of the workflow itself wait. Those inside other batches are found with them. */
function placesLeft(db: Database, run: number, { open, splits }: Tally): Pick<OpenWork, 'open' | 'splits'> {
  const waiting = preparedColumn<[object], number>(
    db,
    // A plus keeps SQLite from reading all batches of the workflow in the order of their places.
    `select scope from batches where run = @run and +parent = 0 and status = ${BatchStatus.waiting}
       and scope in (select value from json_each(@open))`,
  );
  return {
    open: waiting.all({ run, open: JSON.stringify(open) }),
    splits: splits.filter(({ parent }) => parent === 0).map(place => ({ ...place, from: 0, to: 0 })),
  };
}

/** The highest scope number given so far. */
export function lastScope(db: Database, run: number): number {
  // The condition of a while that did not hold leaves a step in a scope that has no batch.
  const sql =
    'select max(coalesce((select max(scope) from batches where run = ?), 0), coalesce((select max(scope) from steps where run = ?), 0))';
  return preparedColumn<[number, number], number>(db, sql).get(run, run) ?? 0;
}

/** Notes in the tally that all batches that had not ended are cancelled. In the caller's transaction, for a run at rest. */
export function cancelInTally(db: Database, run: number): void {
  const tally = readTally(db, run);
  if (!tally) return;
  const { counts } = tally;
  for (const { node, batches, items } of splitTotals(db, run)) {
    const ended = [...(counts.batches.get(node)?.values() ?? [])];
    counts.addBatches(
      node,
      BatchStatus.cancelled,
      batches - ended.reduce((total, count) => total + count.batches, 0),
      items - ended.reduce((total, count) => total + count.items, 0),
    );
  }
  const created = new Map(splitsOfWorkflow(db, run).map(({ node, batches }) => [node, batches]));
  const splits = tally.splits.map(place => ({ ...place, untouched: created.get(place.node) ?? place.untouched }));
  writeTally(db, run, { ...tally, open: [], splits });
}

function splitsOfWorkflow(db: Database, run: number): { node: number; batches: number }[] {
  return prepared<[number], { node: number; batches: number }>(
    db,
    'select node, batches from splits where run = ? and parent = 0',
  ).all(run);
}

/**
 * Takes out of the tally what a re-run is about to reopen, or to take out of use. Before it is written, in the same
 * transaction.
 */
export function reopenInTally(db: Database, run: number, page: ChangesPage): void {
  const tally = readTally(db, run);
  if (!tally) return;
  const { counts } = tally;
  const reopened = prepared<[object], { node: number; status: number; batches: number; items: number }>(
    db,
    `select node, status, count(*) as batches, sum(items) as items from batches
      where run = @run and status in ${ENDED_SQL} and scope in (select value from json_each(@scopes)) group by node, status`,
  );
  const scopes = JSON.stringify(page.batches.map(([scope]) => scope));
  for (const { node, status, batches, items } of reopened.iterate({ run, scopes }))
    counts.addBatches(node, status, -batches, -items);
  const stepStatus = preparedColumn<[number, number, number, number], number>(
    db,
    'select status from steps where run = ? and scope = ? and node = ? and attempt = ?',
  );
  for (const [scope, node, attempt] of page.steps)
    if (stepStatus.get(run, scope, node, attempt) === StepStatus.succeeded) counts.addSteps(node, -1);
  // What is split again begins at the first batch.
  const forgotten = new Set(page.splits.map(([node, parent]) => `${node} ${parent}`));
  const splits = tally.splits.filter(({ node, parent }) => !forgotten.has(`${node} ${parent}`));
  writeTally(db, run, { ...tally, splits });
}
