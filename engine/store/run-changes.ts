import type { Database } from 'better-sqlite3';
import { prepared, preparedColumn } from './prepared-queries.ts';
import { NOT_DELETED } from './runs.ts';

/* What has become of the runs of a store since one last looked. Triggers of the tables keep it: see migrations.ts. */

export interface RunChanges {
  /** The number of the latest change: the next look goes on from there. */
  readonly last: number;
  /** Runs that were begun, taken up, ended or labelled. */
  readonly runs: readonly number[];
  /** Some run has been deleted, or is being deleted. */
  readonly someDeleted: boolean;
}

/** Stands in the place of all runs that are deleted: the table keeps no row of a run that is gone. */
const DELETED = 0;

export function runChangesSince(db: Database, since: number): RunChanges {
  const rows = prepared<[number], { change: number; run: number }>(
    db,
    'select change, run from run_changes where change > ? order by change',
  ).all(since);
  return {
    last: rows.at(-1)?.change ?? since,
    runs: rows.map(({ run }) => run).filter(run => run !== DELETED),
    someDeleted: rows.some(({ run }) => run === DELETED),
  };
}

/** The number of the latest change: whoever begins to look has no need of those before it. */
export function latestChange(db: Database): number {
  return preparedColumn<[], number | null>(db, 'select max(change) from run_changes').get() ?? 0;
}

/** The numbers of all runs that are there, and not being deleted. */
export function allRuns(db: Database): number[] {
  return preparedColumn<[], number>(db, `select id from runs where ${NOT_DELETED}`).all();
}
