import type { Database } from 'better-sqlite3';
import { BatchStatus } from '../../common/status.ts';
import { currentFindings } from './findings.ts';
import { ItemTexts } from './item-texts.ts';
import { shortIndex } from '../../common/set-aside.ts';
import { itemsGone } from './set-aside.ts';
import { prepared, preparedColumn } from './prepared-queries.ts';

/** The items at fault of a batch node, and others that succeeded, to be compared. */
export interface ComparedItems {
  readonly atFault: readonly unknown[];
  /** Their places in the source, from 0. */
  readonly positions: readonly number[];
  /** A sample of the items of the batches that succeeded. */
  readonly rest: readonly unknown[];
  /** How many items succeeded in all. */
  readonly restInAll: number;
  /** How many items the node has. */
  readonly total: number;
}

/** More items at fault are not looked at. */
const MOST_AT_FAULT = 20_000;
const SAMPLE = 5_000;

/** Reads whole batches, some of many, evenly over the node. Batches that failed are not among the rest: what else is in them is not known. */
export function comparedItems(db: Database, run: number, path: string): ComparedItems {
  const texts = new ItemTexts(db, run);
  const findings = currentFindings(db, run, { limit: MOST_AT_FAULT, node: path });
  const inBatches = new Map<number, unknown[]>();
  const atFault = findings.map(({ scope, item }) => {
    let items = inBatches.get(scope);
    if (!items) inBatches.set(scope, (items = texts.itemsOf(scope)));
    return items[shortIndex(item, itemsGone(db, run, scope))];
  });
  const { node, succeeded, total } = prepared<[number, string], { node: number; succeeded: number; total: number }>(
    db,
    `select n.node, coalesce(sum(b.items) filter (where b.status = ${BatchStatus.succeeded}), 0) as succeeded,
       coalesce(sum(b.items), 0) as total
     from nodes n join batches b on b.run = n.run and b.node = n.node
     where n.run = ? and n.path = ? and b.status <> ${BatchStatus.superseded} group by n.node`,
  ).get(run, path) ?? { node: 0, succeeded: 0, total: 0 };
  const every = Math.max(1, Math.ceil(succeeded / SAMPLE));
  const scopes = preparedColumn<[number, number, number], number>(
    db,
    `select scope from batches where run = ? and node = ? and status = ${BatchStatus.succeeded} and idx % ? = 0 order by scope`,
  ).all(run, node, every);
  return {
    atFault,
    positions: findings.map(({ position }) => position),
    rest: scopes.flatMap(scope => texts.itemsOf(scope)),
    restInAll: succeeded,
    total,
  };
}
