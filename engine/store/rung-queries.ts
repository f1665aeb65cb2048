import type { Database } from 'better-sqlite3';
import type { RungEnd } from '../../common/climb.ts';
import { BatchStatus } from '../../common/status.ts';
import { prepared, preparedColumn, preparedRaw } from './prepared-queries.ts';

/* What a re-run that climbs asks of an outermost batch node. */

const NAMED = `run = @run and parent = 0 and node = @node and idx in (select value from json_each(@indices))`;

/** Why each batch of a node failed, by its index. */
export function causesOfBatches(db: Database, run: number, node: number): ReadonlyMap<number, string> {
  return new Map(
    preparedRaw<[number, number], [number, string]>(
      db,
      `select idx, error ->> '$.fingerprint' from batches indexed by failed_batches
        where run = ? and node = ? and parent = 0 and status = ${BatchStatus.failed}`,
    ).all(run, node),
  );
}

/** Whether batches of a run wait to be executed: any re-run would execute them, too. */
export function hasWaitingBatches(db: Database, run: number, node: number): boolean {
  return (
    preparedColumn<[number, number], number>(
      db,
      `select 1 from batches where run = ? and parent = 0 and node = ? and status in (${BatchStatus.waiting}, ${BatchStatus.running}, ${BatchStatus.retrying}) limit 1`,
    ).get(run, node) !== undefined
  );
}

/** What has become of some batches. */
export function rungEnd(db: Database, run: number, node: number, batches: readonly number[]): RungEnd {
  const bound = { run, node, indices: JSON.stringify(batches) };
  const { succeeded, failed, inAll, attempts } = prepared<
    [object],
    { succeeded: number; failed: number; inAll: number; attempts: number | null }
  >(
    db,
    `select count(*) filter (where status in (${BatchStatus.succeeded}, ${BatchStatus.setAside})) as succeeded,
       count(*) filter (where status = ${BatchStatus.failed}) as failed, count(*) as inAll,
       max(attempt) filter (where status = ${BatchStatus.failed}) as attempts
     from batches where ${NAMED}`,
  ).get(bound) ?? { succeeded: 0, failed: 0, inAll: 0, attempts: null };
  const cause = prepared<[object], { message: string; batches: number }>(
    db,
    `select min(error ->> '$.message') as message, count(*) as batches from batches
      where ${NAMED} and status = ${BatchStatus.failed} group by error ->> '$.fingerprint' order by batches desc limit 1`,
  ).get(bound);
  return {
    succeeded,
    failed,
    open: inAll - succeeded - failed,
    attempts: attempts ?? 0,
    ...(cause && { cause: { message: cause.message, batches: cause.batches } }),
  };
}
