import type { Database } from 'better-sqlite3';
import { isContainer, isDurableWait, isSubflow } from '../../common/node-kinds.ts';
import { BatchStatus, StepStatus } from '../../common/status.ts';
import { IN_FLIGHT_SQL, STATUS_AT_REST } from './at-rest.ts';
import { prepared, preparedColumn } from './prepared-queries.ts';
import type { RerunChanges } from './rerun-changes.ts';
import type { RerunBatch } from './rerun-reader.ts';

/* What a look at a run, before it is resumed, reads of what its last process left. */

/** Attempts whose work is kept, or that had begun: their batch does not begin at its first step. */
const KEPT = `(${StepStatus.running}, ${StepStatus.succeeded}, ${StepStatus.interrupted})`;

/**
 * The batches and rounds, at any depth, that had begun and not ended, by their scopes: they are continued. Of a batch that a
 * re-run has reopened, what was kept tells; of batches inside one that has ended, nothing is continued.
 */
export function begunBatches(db: Database, run: number, changes: RerunChanges): ReadonlyMap<number, RerunBatch> {
  const rows = prepared<[number], RerunBatch>(
    db,
    `select scope, node, parent, idx as "index", items, ${STATUS_AT_REST} as status from batches b
      where run = ? and (status in ${IN_FLIGHT_SQL} or status = ${BatchStatus.waiting} and (
        started_at is not null
        or exists (select 1 from steps s where s.run = b.run and s.scope = b.scope and s.status in ${KEPT})
        or exists (select 1 from batches i where i.run = b.run and i.parent = b.scope and i.status <> ${BatchStatus.superseded})))
      order by scope`,
  );
  const begun = new Map<number, RerunBatch>();
  // A batch has a higher scope than the one it stands in.
  for (const stored of rows.iterate(run)) {
    const batch = changes.batch(stored);
    if (batch.status === BatchStatus.waiting && (batch.parent === 0 || begun.has(batch.parent)))
      begun.set(batch.scope, batch);
  }
  return begun;
}

/**
 * How many attempts of each node had begun and not ended, or were to be tried again, in the workflow itself and in these
 * batches. Not those of nodes that only wait, or in which others run.
 */
export function attemptsCutOff(
  db: Database,
  run: number,
  begun: ReadonlyMap<number, RerunBatch>,
  changes: RerunChanges,
): ReadonlyMap<number, number> {
  const rows = prepared<[number], { scope: number; node: number; kind: string }>(
    db,
    `select s.scope, s.node, n.kind from steps s join nodes n on n.run = s.run and n.node = s.node
      where s.run = ? and s.status <> ${StepStatus.succeeded}
        and (s.status in (${StepStatus.running}, ${StepStatus.interrupted}) or s.status = ${StepStatus.failed} and s.waits_until is not null)
        and not exists (select 1 from steps l
          where l.run = s.run and l.scope = s.scope and l.node = s.node and l.attempt > s.attempt)
      order by s.seq`,
  );
  const cutOff = new Map<number, number>();
  for (const { scope, node, kind } of rows.iterate(run)) {
    if (scope !== 0 && !begun.has(scope)) continue;
    if (isContainer(kind) || isDurableWait(kind) || isSubflow(kind) || kind === 'sleep') continue;
    if (changes.isStepSuperseded(scope, node)) continue;
    cutOff.set(node, (cutOff.get(node) ?? 0) + 1);
  }
  return cutOff;
}

/** The nodes whose items have not all been divided into batches. */
export function nodesStillSplit(db: Database, run: number): ReadonlySet<number> {
  return new Set(
    preparedColumn<[number], number>(
      db,
      'select distinct node from splits where run = ? and exhausted = 0 and (known_items is null or known_items > items)',
    ).all(run),
  );
}
