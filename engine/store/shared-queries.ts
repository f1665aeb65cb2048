import type { Database } from 'better-sqlite3';
import { MOST_LISTED } from './state-queries.ts';
import { prepared, preparedColumn } from './prepared-queries.ts';

/** A value that runs share, as a list shows it. */
export interface ListedSharedLine {
  /** `''`: of all workflows. */
  readonly workflow: string;
  readonly key: string;
  /** In the codec's text; null where it is too large for a list. */
  readonly value: string | null;
  readonly size: number;
  readonly expiresAt: number | null;
  readonly changedAt: number;
  /** That has changed it last, and may have been deleted since; null: a program. */
  readonly run: number | null;
}

/** What the runs of a workflow see of it now: what all runs share, then what those of the workflow do. The first `limit`, and how many there are. */
export function listedShared(
  db: Database,
  workflow: string,
  now: number,
  limit: number,
): { lines: ListedSharedLine[]; total: number } {
  const where = `workflow in ('', ?) and (expires_at is null or expires_at > ?)`;
  const lines = prepared<[string, number, number], ListedSharedLine>(
    db,
    `select workflow, key, case when length(value) <= ${MOST_LISTED} then value end as value, length(value) as size,
            expires_at as expiresAt, changed_at as changedAt, run
     from shared_state where ${where} order by workflow, key limit ?`,
  ).all(workflow, now, limit);
  const total =
    lines.length < limit
      ? lines.length
      : (preparedColumn<[string, number], number>(db, `select count(*) from shared_state where ${where}`).get(
          workflow,
          now,
        ) ?? 0);
  return { lines, total };
}
