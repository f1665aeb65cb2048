import type { Database } from 'better-sqlite3';
import { prepared } from './prepared-queries.ts';

/** How many batches of a node have been created and are in use, wherever in the run it stands. */
export interface SplitTotal {
  readonly node: number;
  readonly batches: number;
  /** How many items its batches hold. */
  readonly items: number;
  /** How many others are set aside. */
  readonly setAside: number;
  /** The highest scope that some of them stand in: 0 where all stand in the workflow itself. */
  readonly lastParent: number;
}

/** It reads a row for each time that a node's items were split, and no batch. */
export function splitTotals(db: Database, run: number): SplitTotal[] {
  return prepared<[number], SplitTotal>(
    db,
    `select node, sum(batches) as batches, sum(items + edited - set_aside) as items, sum(set_aside) as setAside, max(parent) as lastParent from splits
      where run = ? group by node`,
  ).all(run);
}
