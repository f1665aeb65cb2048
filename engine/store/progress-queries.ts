import type { Database } from 'better-sqlite3';
import { count, noCounts, type NodeProgress } from '../../common/counts.ts';
import { BatchStatus, FINISHED, StepStatus } from '../../common/status.ts';
import { IN_FLIGHT_SQL } from './at-rest.ts';
import { BATCH_KINDS_SQL } from './kinds.ts';
import { prepared } from './prepared-queries.ts';
import { batchRetries, stepRetries, type NodeRetries } from './retry-queries.ts';
import { splitTotals, type SplitTotal } from './split-totals.ts';
import type { BatchCount, EndCounts } from './tally.ts';
import { groupsOfRows, succeededStepsOfRows, type StatusGroup } from './tally-from-rows.ts';
import { endCountsNow } from './tally-now.ts';
import type { Moment } from './tried-again.ts';
import { consistently } from './transactions.ts';

/* How far a run is, as its rows say: of every batch node, and of every step. */

/** The batches of a run by node and status. With a tally, no finished batch is looked at. */
export function statusGroups(db: Database, run: number): StatusGroup[] {
  return consistently(db, () => {
    const ended = endCountsNow(db, run);
    const totals = splitTotals(db, run);
    const groups = ended ? groupsFrom(db, run, ended, totals) : groupsOfRows(db, run);
    return [...groups, ...totals.flatMap(setAsideGroup)];
  });
}

/** Items that are set aside are in no batch. */
function setAsideGroup({ node, setAside, lastParent }: SplitTotal): StatusGroup[] {
  return setAside === 0 ? [] : [{ node, status: BatchStatus.setAside, batches: 0, items: setAside, lastParent }];
}

function groupsFrom(db: Database, run: number, ended: EndCounts, totals: readonly SplitTotal[]): StatusGroup[] {
  const running = new Map(
    prepared<[number], BatchCount & { readonly node: number }>(
      db,
      `select node, count(*) as batches, sum(items) as items from batches
        where run = ? and status in ${IN_FLIGHT_SQL} and status = ${BatchStatus.running} group by node`,
    )
      .all(run)
      .map(({ node, ...count }) => [node, count]),
  );
  return totals.flatMap(({ node, lastParent, batches: created, items: held }) => {
    const group = (status: BatchStatus, { batches, items }: BatchCount) => ({
      node,
      status,
      batches,
      items,
      lastParent,
    });
    const others = [
      ...FINISHED.map(status => group(status, ended.of(node, status))),
      group(BatchStatus.running, running.get(node) ?? { batches: 0, items: 0 }),
    ];
    const left = others.reduce(
      (rest, { batches, items }) => ({ batches: rest.batches - batches, items: rest.items - items }),
      { batches: created, items: held },
    );
    return [...others, group(BatchStatus.waiting, left)].filter(({ batches, items }) => batches !== 0 || items !== 0);
  });
}

/**
 * The counts of every batch node of a run.
 * @param batchSizeOf How large the batches are that are still to be created; unknown where a body could not be drawn.
 */
export function storedProgress(
  db: Database,
  run: number,
  batchSizeOf: (path: string) => number | undefined,
  groups: readonly StatusGroup[] = statusGroups(db, run),
): (NodeProgress & { readonly node: number })[] {
  const nodes = prepared<[number], { node: number; path: string }>(
    db,
    `select node, path from nodes where run = ? and kind in ${BATCH_KINDS_SQL}`,
  ).all(run);
  const byNode = new Map(
    nodes.map(({ node, path }) => [node, { node, path, batches: noCounts(), items: noCounts(), complete: true }]),
  );
  for (const { node, status, batches, items } of groups) {
    const progress = byNode.get(node);
    if (progress) count(progress, status, batches, items);
  }
  const splits = prepared<[number], { node: number; batches: number; items: number; known_items: number | null }>(
    db,
    'select node, batches, items, known_items from splits where run = ? and exhausted = 0',
  ).iterate(run);
  for (const split of splits) {
    const progress = byNode.get(split.node);
    if (!progress) continue;
    if (split.known_items === null) progress.complete = false;
    const unsplit = Math.max(0, (split.known_items ?? split.items) - split.items);
    // All batches but the last are full.
    const size = batchSizeOf(progress.path) ?? (Math.ceil(split.items / split.batches) || 1);
    count(progress, BatchStatus.waiting, Math.ceil(unsplit / size), unsplit);
  }
  return [...byNode.values()];
}

/**
 * The attempts of one step over all batches. A step that is executed again after it failed counts as running only, and
 * one that waits for that as retrying only. Of a batch node only its batches' retries are counted.
 */
export interface StepCount {
  readonly path: string;
  running: number;
  succeeded: number;
  failed: number;
  retrying: number;
  /** Attempts that a `retry` has made. */
  retries: number;
  /** Milliseconds that were waited for attempts of these, all together, up to this moment. */
  waited: number;
  /** When the first of the retrying goes on, in milliseconds since 1970. */
  readonly nextAt?: number | undefined;
  /** Of a batch node: until when its rate limit lets no more batches begin. */
  readonly heldUntil?: number | undefined;
}

export interface NodeStepCount extends StepCount {
  readonly node: number;
}

/**
 * The counts of every step of a run: each step of each batch counts by the status of its latest attempt.
 * @param moment Without one, a wait that has no attempt after it is not counted
 */
export function storedStepCounts(db: Database, run: number, moment: Moment = BEFORE_ALL): NodeStepCount[] {
  return consistently(db, () => stepCounts(db, run, moment));
}

const BEFORE_ALL: Moment = { live: false, now: 0 };

function stepCounts(db: Database, run: number, moment: Moment): NodeStepCount[] {
  const succeeded = endCountsNow(db, run)?.steps ?? succeededStepsOfRows(db, run);
  // Nearly all have one attempt: all are counted, and then those before the latest are taken away.
  const rows = prepared<[object], { node: number; path: string; status: number; n: number }>(
    db,
    `select counted.node, nodes.path, status, sum(n) as n from (
       select node, status, count(*) as n from steps where run = :run and status <> ${StepStatus.succeeded} group by node, status
       union all
       select value ->> 0, ${StepStatus.succeeded}, value ->> 1 from json_each(:succeeded)
       union all
       select earlier.node, earlier.status, -count(*) from
         (select scope, node, max(attempt) as last from steps where run = :run and attempt > 1 group by scope, node) latest
         join steps earlier on earlier.run = :run and earlier.scope = latest.scope and earlier.node = latest.node
          and earlier.attempt < latest.last
        group by earlier.node, earlier.status
     ) counted join nodes on nodes.run = :run and nodes.node = counted.node
     group by counted.node, status having sum(n) > 0`,
  ).all({ run, succeeded: JSON.stringify([...succeeded]) });
  const counts = new Map<number, NodeStepCount>();
  const of = ({ node, path }: { readonly node: number; readonly path: string }): NodeStepCount => {
    let count = counts.get(node);
    if (!count)
      counts.set(
        node,
        (count = { node, path, running: 0, succeeded: 0, failed: 0, retrying: 0, retries: 0, waited: 0 }),
      );
    return count;
  };
  for (const { node, path, status, n } of rows) {
    const count = of({ node, path });
    if (status === StepStatus.succeeded) count.succeeded += n;
    else if (status === StepStatus.failed) count.failed += n;
    else if (status === StepStatus.running) count.running += n;
  }
  const add = ({ retries, retrying, waited, nextAt, ...node }: NodeRetries, failed: number) => {
    const count = of(node);
    count.retries += retries;
    count.retrying += retrying;
    count.waited += waited;
    count.failed -= failed;
    if (nextAt !== null) counts.set(node.node, { ...count, nextAt });
  };
  for (const step of stepRetries(db, run, moment)) add(step, step.retrying);
  for (const batch of batchRetries(db, run, moment)) add(batch, 0);
  return [...counts.values()];
}
