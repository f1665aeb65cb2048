import type { Database } from 'better-sqlite3';
import { BatchStatus, StepStatus } from '../../common/status.ts';
import { prepared } from './prepared-queries.ts';
import type { ChangesPage, OtherItems, TakenBack } from './rerun-changes.ts';
import { archiveStatement, nextAttemptStatement } from './run-writer.ts';
import { firstPosition } from './positions.ts';
import { forgetSetAside, hasSetAside, setAside, takeBack as takeItemsBack } from './set-aside.ts';
import { reopenInTally } from './tally-now.ts';

/**
 * Writes a page of what a re-run changes, in the caller's transaction. Nothing is overwritten but names that are others
 * now: earlier attempts stay readable.
 */
export function writePage(db: Database, run: number, page: ChangesPage): void {
  reopenInTally(db, run, page);
  writeNodes(db, run, page);
  writeBatches(db, run, page);
  const supersedeStep = prepared<[number, number, number, number]>(
    db,
    `update steps set status = ${StepStatus.superseded} where run = ? and scope = ? and node = ? and attempt = ?`,
  );
  for (const step of page.steps) supersedeStep.run(run, ...step);
  const renameWay = prepared<[string, number, number, number, number]>(
    db,
    'update steps set output = ? where run = ? and scope = ? and node = ? and attempt = ?',
  );
  for (const [scope, node, attempt, way] of page.ways) renameWay.run(way, run, scope, node, attempt);
  const forgetSplit = prepared<[number, number, number]>(
    db,
    'delete from splits where run = ? and node = ? and parent = ?',
  );
  // Its items are read anew, and so is what they come to.
  const forgetTotal = prepared<[number, number, number]>(
    db,
    'delete from amount_totals where run = ? and node = ? and parent = ?',
  );
  for (const split of page.splits) {
    forgetSplit.run(run, ...split);
    forgetTotal.run(run, ...split);
  }
  for (const items of page.items) writeItems(db, run, items);
  for (const items of page.backIn) takeItemsBack(db, run, items);
  for (const items of page.setAside) setAside(db, run, items);
  const revert = prepared<[number, number]>(db, 'update state_writes set reverted = 1 where run = ? and seq = ?');
  for (const seq of page.reverted) revert.run(run, seq);
  for (const taken of page.takenBack) takeBack(db, run, taken);
}

function writeNodes(db: Database, run: number, { nodes }: ChangesPage): void {
  const write = prepared<[string | null, string | null, number, number]>(
    db,
    'update nodes set path = coalesce(?, path), kind = coalesce(?, kind) where run = ? and node = ?',
  );
  for (const { node, path, kind } of nodes) write.run(path ?? null, kind ?? null, run, node);
}

function writeBatches(db: Database, run: number, { batches }: ChangesPage): void {
  const archive = archiveStatement(db);
  const nextAttempt = nextAttemptStatement(db);
  const supersede = prepared<[number, number, number]>(
    db,
    // A round's index becomes free for the round that repeats it.
    `update batches set status = ${BatchStatus.superseded}, idx = iif(?, -scope, idx) where run = ? and scope = ?`,
  );
  const isAnySetAside = hasSetAside(db, run);
  for (const [scope, change, isWaiting] of batches) {
    // One that waits has come to nothing yet.
    if (!isWaiting && change !== 'round-superseded') archive.run(run, scope);
    if (change === 'reopened') {
      if (!isWaiting) nextAttempt.run(BatchStatus.waiting, run, scope);
    } else {
      if (isAnySetAside) forgetSetAside(db, run, scope);
      supersede.run(change === 'round-superseded' ? 1 : 0, run, scope);
    }
  }
}

function writeItems(db: Database, run: number, { scope, count, items }: OtherItems): void {
  db.prepare<[number, number, string, number, number]>(
    // An attempt that has not begun may have other items already.
    'insert or replace into batch_items (run, scope, attempt, items) select ?, ?, attempt, ? from batches where run = ? and scope = ?',
  ).run(run, scope, items, run, scope);
  // Where its source was read to does not change by that.
  db.prepare<[object]>(
    `update splits set edited = edited + @count - b.items from batches b
      where b.run = @run and b.scope = @scope and splits.run = b.run and splits.node = b.node and splits.parent = b.parent`,
  ).run({ run, scope, count });
  db.prepare<[number, number, number]>('update batches set items = ? where run = ? and scope = ?').run(
    count,
    run,
    scope,
  );
}

/** Sets a key to the value it has once something is taken back, and notes that in the run's journal. */
function takeBack(db: Database, run: number, { key, value, by }: TakenBack): void {
  db.prepare<[string, number, string]>(
    'update state set value = ?, version = version + 1 where run = ? and key = ?',
  ).run(value, run, key);
  db.prepare<[number, number, string, string, number]>(
    `insert into state_writes (run, seq, key, op, value, delta, scope, node, attempt, reverted)
     values (?, ?, ?, 'revert', ?, ?, 0, 0, 0, 1)`,
  ).run(run, firstPosition(db, run), key, value, -by);
}
