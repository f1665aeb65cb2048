import type { Database } from 'better-sqlite3';
import { BatchStatus, StepStatus } from '../../common/status.ts';
import type { OtherItems, RerunChanges, TakenBack } from './rerun-changes.ts';
import { archiveStatement, nextAttemptStatement } from './run-writer.ts';
import { firstPosition } from './positions.ts';

/**
 * Writes what a re-run changes. Nothing is overwritten: earlier attempts stay readable. In the caller's transaction, and
 * in as few statements as there are changes: others wait for it.
 */
export function writeChanges(db: Database, run: number, changes: RerunChanges): void {
  writeNodes(db, run, changes);
  writeBatches(db, run, changes);
  const supersedeStep = db.prepare<[number, number, number, number]>(
    `update steps set status = ${StepStatus.superseded} where run = ? and scope = ? and node = ? and attempt = ?`,
  );
  for (const { scope, node, attempt } of changes.steps()) supersedeStep.run(run, scope, node, attempt);
  const forgetSplit = db.prepare<[number, number, number]>(
    'delete from splits where run = ? and node = ? and parent = ?',
  );
  for (const { node, parent } of changes.splits()) forgetSplit.run(run, node, parent);
  if (changes.items) writeItems(db, run, changes.items);
  const revert = db.prepare<[number, number]>('update state_writes set reverted = 1 where run = ? and seq = ?');
  for (const seq of changes.reverted()) revert.run(run, seq);
  for (const taken of changes.takenBack) takeBack(db, run, taken);
}

function writeNodes(db: Database, run: number, changes: RerunChanges): void {
  const write = db.prepare<[string | null, string | null, number, number]>(
    'update nodes set path = coalesce(?, path), kind = coalesce(?, kind) where run = ? and node = ?',
  );
  for (const { node, path, kind } of changes.nodes()) write.run(path ?? null, kind ?? null, run, node);
}

function writeBatches(db: Database, run: number, changes: RerunChanges): void {
  const archive = archiveStatement(db);
  const nextAttempt = nextAttemptStatement(db);
  const supersede = db.prepare<[number, number, number]>(
    // A round's index becomes free for the round that repeats it.
    `update batches set status = ${BatchStatus.superseded}, idx = iif(?, -scope, idx) where run = ? and scope = ?`,
  );
  for (const { batch, change } of changes.batches()) {
    const { scope, status } = batch;
    // One that waits has come to nothing yet.
    if (status !== BatchStatus.waiting && change !== 'round-superseded') archive.run(run, scope);
    if (change === 'reopened') {
      if (status !== BatchStatus.waiting) nextAttempt.run(BatchStatus.waiting, run, scope);
    } else supersede.run(change === 'round-superseded' ? 1 : 0, run, scope);
  }
}

function writeItems(db: Database, run: number, { scope, count, items }: OtherItems): void {
  db.prepare<[number, number, string, number, number]>(
    'insert into batch_items (run, scope, attempt, items) select ?, ?, attempt, ? from batches where run = ? and scope = ?',
  ).run(run, scope, items, run, scope);
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
