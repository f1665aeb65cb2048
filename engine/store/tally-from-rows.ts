import type { Database } from 'better-sqlite3';
import { BatchStatus, isFinished, StepStatus } from '../../common/status.ts';
import { BATCH_KINDS_SQL } from './kinds.ts';
import { prepared, preparedColumn, preparedRaw } from './prepared-queries.ts';
import { EndCounts, type BatchCount, type SplitPlace } from './tally.ts';

/* What the rows of a run add up to, by reading all of them: for a run that has no tally yet. */

/** The batches of a node that have one status. */
export interface StatusGroup extends Readonly<BatchCount> {
  readonly node: number;
  readonly status: number;
  /** The highest scope that one of them stands in: 0 where all stand in the workflow itself. */
  readonly lastParent: number;
}

/*
 * Of a large run nearly everything has succeeded. SQLite groups rows by sorting them, which takes more than twice as long as
 * to count those of each node side by side (a million batches: 2.8 s and 1.2 s on a busy machine).
 * With more nodes, sorting is as good.
 */
const MOST_SIDE_BY_SIDE = 8;

/** The batches of a run by node and status. */
export function groupsOfRows(db: Database, run: number): StatusGroup[] {
  const nodes = nodesWhere(db, run, `kind in ${BATCH_KINDS_SQL}`);
  const isCounted = nodes.length <= MOST_SIDE_BY_SIDE;
  const groups = prepared<[number], StatusGroup>(
    db,
    `select node, status, count(*) as batches, sum(items) as items, max(parent) as lastParent
     from batches where run = ? ${isCounted ? `and status <> ${BatchStatus.succeeded}` : ''} group by node, status`,
  ).all(run);
  return isCounted ? [...groups, ...succeededBatches(db, run, nodes)] : groups;
}

function succeededBatches(db: Database, run: number, nodes: readonly number[]): StatusGroup[] {
  if (nodes.length === 0) return [];
  const columns = nodes.map(
    node => `sum(node = ${node}), sum(iif(node = ${node}, items, 0)), max(iif(node = ${node}, parent, null))`,
  );
  const row = preparedRaw<[number], (number | null)[]>(
    db,
    `select ${columns.join(', ')} from batches where run = ? and status = ${BatchStatus.succeeded}`,
  ).get(run);
  return nodes.flatMap((node, at) => {
    const [batches = 0, items = 0, lastParent = 0] = row?.slice(3 * at, 3 * at + 3).map(Number) ?? [];
    return batches > 0 ? [{ node, status: BatchStatus.succeeded, batches, items, lastParent }] : [];
  });
}

/** How many attempts of each step have succeeded and are in use. */
export function succeededStepsOfRows(db: Database, run: number): Map<number, number> {
  const nodes = nodesWhere(db, run, 'true');
  if (nodes.length === 0) return new Map();
  if (nodes.length > MOST_SIDE_BY_SIDE)
    return new Map(
      preparedRaw<[number], [number, number]>(
        db,
        `select node, count(*) from steps where run = ? and status = ${StepStatus.succeeded} group by node`,
      ).all(run),
    );
  const row = preparedRaw<[number], (number | null)[]>(
    db,
    `select ${nodes.map(node => `sum(node = ${node})`).join(', ')} from steps where run = ? and status = ${StepStatus.succeeded}`,
  ).get(run);
  return new Map(nodes.map((node, at) => [node, row?.[at] ?? 0]));
}

/** @param condition On `nodes`, in SQL */
function nodesWhere(db: Database, run: number, condition: string): number[] {
  return preparedColumn<[number], number>(db, `select node from nodes where run = ? and ${condition}`).all(run);
}

/** What of a run has ended. Also makes sure that its splits know how many items they have: see `edited` of the table. */
export function countAll(db: Database, run: number): EndCounts {
  const counts = new EndCounts();
  for (const { node, status, batches, items } of groupsOfRows(db, run))
    if (isFinished(status)) counts.addBatches(node, status, batches, items);
  for (const [node, steps] of succeededStepsOfRows(db, run)) counts.addSteps(node, steps);
  const isEdited = preparedColumn<[number], number>(
    db,
    `select 1 from sessions where run = ? and note ->> '$.items' is not null limit 1`,
  ).get(run);
  if (isEdited)
    prepared<[object]>(
      db,
      `update splits set edited = coalesce((select sum(b.items) from batches b
         where b.run = splits.run and b.parent = splits.parent and b.node = splits.node and b.status <> ${BatchStatus.superseded}), 0) - items + set_aside
        where run = @run`,
    ).run({ run });
  return counts;
}

/** Of each split of the workflow itself, the first batch that no process has begun, as far as can be told. */
export function untouchedOfRows(db: Database, run: number): SplitPlace[] {
  return prepared<[object], SplitPlace>(
    db,
    `select s.node, s.parent, 0 as "from", 0 as "to", coalesce((
        select min(idx) from batches b where b.run = s.run and b.parent = s.parent and b.node = s.node
          and b.status = ${BatchStatus.waiting} and b.attempt = 1
       ), s.batches) as untouched
     from splits s where s.run = @run and s.parent = 0`,
  ).all({ run });
}
