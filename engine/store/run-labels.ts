import type { Database } from 'better-sqlite3';
import { prepared } from './prepared-queries.ts';
import { requireRun } from './runs.ts';
import { inTransaction } from './transactions.ts';

/** What a person says of a run. */
export interface RunLabel {
  /** What it is called instead of "Run 4". */
  readonly title?: string;
  readonly note?: string;
  /** Whether it stands first in the list of runs. */
  readonly pinned?: boolean;
}

export interface RunLabelChange {
  readonly title: string | undefined;
  readonly note: string | undefined;
  readonly pinned: boolean | undefined;
}

interface Row {
  readonly title: string | null;
  readonly note: string | null;
  readonly pinned_at: number | null;
}

export function labelOf(db: Database, run: number): RunLabel {
  return labelIn(readLabel(db, run));
}

/** The labels of all runs that have one. */
export function allLabels(db: Database): Map<number, RunLabel> {
  const rows = prepared<[], Row & { run: number }>(db, 'select run, title, note, pinned_at from run_labels').all();
  return new Map(rows.map(row => [row.run, labelIn(row)]));
}

function labelIn(row: Row | undefined): RunLabel {
  return {
    ...(row?.title != null && { title: row.title }),
    ...(row?.note != null && { note: row.note }),
    ...(row?.pinned_at != null && { pinned: true }),
  };
}

/** Says what is given, and leaves the rest as it was. An empty text takes what was said back. @throws RunStateError */
export function labelRun(db: Database, run: number, label: Partial<RunLabelChange>, now: number): void {
  inTransaction(db, () => {
    requireRun(db, run);
    const before = readLabel(db, run);
    const { title = before?.title, note = before?.note, pinned } = label;
    const pinnedNow = pinned ? now : null;
    prepared<[number, string | null, string | null, number | null]>(
      db,
      'insert or replace into run_labels (run, title, note, pinned_at) values (?, ?, ?, ?)',
    ).run(
      run,
      title?.trim() || null,
      note?.trim() || null,
      pinned === undefined ? (before?.pinned_at ?? null) : pinnedNow,
    );
  });
}

function readLabel(db: Database, run: number): Row | undefined {
  return prepared<[number], Row>(db, 'select title, note, pinned_at from run_labels where run = ?').get(run);
}

/** The pinned runs, the latest pin first. */
export function pinnedRuns(db: Database): readonly number[] {
  return prepared<[], { run: number }>(
    db,
    `select run from run_labels where pinned_at is not null and run not in (select run from run_deletions)
      order by pinned_at desc, run desc`,
  )
    .all()
    .map(({ run }) => run);
}
