import type { Database } from 'better-sqlite3';
import { BatchStatus } from '../../common/status.ts';
import { preparedColumn } from './prepared-queries.ts';

/**
 * Whether the store has more to say of a run that has completed than the summary of its process has, or is to do something now
 * that it has. Whoever shows the end of a run need not open the store where it has not: cli/view/summary.ts.
 */
export function hasMoreToSay(db: Database, run: number): boolean {
  const found = preparedColumn<[object], number>(
    db,
    `select exists (select 1 from batches indexed by failed_batches where run = @run and status = ${BatchStatus.failed})
       or exists (select 1 from findings where run = @run)
       or exists (select 1 from set_aside where run = @run)
       or exists (select 1 from state_writes indexed by lost_updates where run = @run and lost_scope is not null)
       or exists (select 1 from amount_totals where run = @run)
       or exists (select 1 from effects where run = @run)
       or exists (select 1 from waits where run = @run)
       or exists (select 1 from subflows where run = @run)
       or exists (select 1 from subflows where child = @run)
       or exists (select 1 from policies)`,
  );
  return found.get({ run }) !== 0;
}
