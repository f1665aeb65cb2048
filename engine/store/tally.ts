import type { Database } from 'better-sqlite3';
import { BatchStatus } from '../../common/status.ts';
import { parseStored } from './parse-stored.ts';
import { prepared, preparedColumn } from './prepared-queries.ts';

/*
 * A tally: what the rows of a run added up to at a moment, and where to look for those that have changed since. With it, to
 * count a run costs what has happened since that moment, and not what has ever happened in it: a run may have millions of
 * batches. It is written in the transaction of the rows that it counts.
 */

/** How much may happen between two tallies: to bring one up to the moment, all of that is looked at. */
export interface TallyLimits {
  /** Batches that begin, of each split. */
  readonly begun: number;
  /** Batches that are created. */
  readonly created: number;
}

export const TALLY_LIMITS: TallyLimits = { begun: 4_096, created: 16_384 };

/** Batches of a node with one status. */
export interface BatchCount {
  batches: number;
  items: number;
}

/** Where to look among the batches of a split. */
export interface SplitPlace {
  readonly node: number;
  readonly parent: number;
  /** What ended in the tally's session, or a later one, has one of these indices: from `from` on, and before `to`. */
  readonly from: number;
  readonly to: number;
  /** The batches from this one on had never begun. */
  readonly untouched: number;
}

/** Where the rows are that are not counted, or not counted any more as they are. */
export interface OpenWork {
  /** The scopes that had begun and had not ended. */
  readonly open: readonly number[];
  readonly splits: readonly SplitPlace[];
  /** The scopes after this one did not exist. */
  readonly lastScope: number;
}

/** What has come to an end, which is nearly everything in a large run. All else is found without reading the run. */
export class EndCounts {
  /** By node and status: succeeded, failed, cancelled or set aside. */
  readonly batches = new Map<number, Map<number, BatchCount>>();
  /** Attempts that have succeeded and are in use, by node. */
  readonly steps = new Map<number, number>();

  addBatches(node: number, status: number, batches: number, items: number): void {
    let byStatus = this.batches.get(node);
    if (!byStatus) this.batches.set(node, (byStatus = new Map()));
    const count = byStatus.get(status);
    if (!count) byStatus.set(status, { batches, items });
    else {
      count.batches += batches;
      count.items += items;
    }
  }

  addSteps(node: number, steps: number): void {
    this.steps.set(node, (this.steps.get(node) ?? 0) + steps);
  }

  /** How many batches of a node have ended, however. */
  ended(node: number): number {
    return [...(this.batches.get(node)?.values() ?? [])].reduce((total, { batches }) => total + batches, 0);
  }

  of(node: number, status: BatchStatus): BatchCount {
    return this.batches.get(node)?.get(status) ?? { batches: 0, items: 0 };
  }
}

export interface Tally extends OpenWork {
  readonly counts: EndCounts;
  /** The session that wrote it: a batch that ended in an earlier one is counted. */
  readonly session: number;
  /** The position in the run's journal up to which steps are counted. */
  readonly position: number;
}

/** As it is stored, in JSON. */
interface StoredTally {
  readonly session: number;
  readonly position: number;
  readonly lastScope: number;
  readonly open: readonly number[];
  readonly splits: readonly (readonly [node: number, parent: number, from: number, to: number, untouched: number])[];
  readonly batches: readonly (readonly [node: number, status: number, batches: number, items: number])[];
  readonly steps: readonly (readonly [node: number, steps: number])[];
}

/** The tally that was written last; undefined where a run has none yet. */
export function readTally(db: Database, run: number): Tally | undefined {
  const json = preparedColumn<[number], string>(db, 'select tally from tallies where run = ?').get(run);
  if (json === undefined) return undefined;
  const stored = parseStored<StoredTally>(json, 'The tally of a run', isWhole);
  const counts = new EndCounts();
  for (const [node, status, batches, items] of stored.batches) counts.addBatches(node, status, batches, items);
  for (const [node, steps] of stored.steps) counts.addSteps(node, steps);
  return {
    counts,
    session: stored.session,
    position: stored.position,
    lastScope: stored.lastScope,
    open: stored.open,
    splits: stored.splits.map(([node, parent, from, to, untouched]) => ({ node, parent, from, to, untouched })),
  };
}

/** In the caller's transaction. */
export function writeTally(db: Database, run: number, { counts, open, splits, ...at }: Tally): void {
  const stored: StoredTally = {
    session: at.session,
    position: at.position,
    lastScope: at.lastScope,
    open,
    splits: splits.map(({ node, parent, from, to, untouched }) => [node, parent, from, to, untouched] as const),
    batches: [...counts.batches].flatMap(([node, byStatus]) =>
      Array.from(byStatus, ([status, { batches, items }]) => [node, status, batches, items] as const),
    ),
    steps: [...counts.steps],
  };
  prepared<[number, string]>(
    db,
    'insert into tallies (run, tally) values (?, ?) on conflict (run) do update set tally = excluded.tally',
  ).run(run, JSON.stringify(stored));
}

function isWhole({ session, position, lastScope, open, splits, batches, steps }: Partial<StoredTally>): boolean {
  return (
    areNumbers([session, position, lastScope]) &&
    areNumbers(open) &&
    areRows(splits, 5) &&
    areRows(batches, 4) &&
    areRows(steps, 2)
  );
}

function areRows(value: unknown, length: number): boolean {
  return Array.isArray(value) && value.every(row => areNumbers(row) && (row as unknown[]).length === length);
}

function areNumbers(value: unknown): boolean {
  return Array.isArray(value) && value.every(Number.isSafeInteger);
}
