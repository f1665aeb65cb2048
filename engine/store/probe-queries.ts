import type { Database } from 'better-sqlite3';
import { BatchStatus } from '../../common/status.ts';
import { preparedColumn } from './prepared-queries.ts';

/** The first batch of a node in a scope that has succeeded and holds items. */
export function firstSucceeded(db: Database, run: number, node: number, parent: number): number | undefined {
  return preparedColumn<[number, number, number, number], number>(
    db,
    'select scope from batches where run = ? and parent = ? and node = ? and status = ? and items > 0 order by idx limit 1',
  ).get(run, parent, node, BatchStatus.succeeded);
}
