import type { Database } from 'better-sqlite3';
import type { Counts } from '../../common/counts.ts';
import type { RunStatus } from '../../common/status.ts';
import { parseOptionalError } from './queries.ts';
import { observedRun, showRun } from './run-as-shown.ts';
import { readRun } from './runs.ts';

/** What others are told of a run that has come to an end: no items, no outputs and no state, which may be anybody's secrets. */
export interface FinishedRun {
  readonly run: number;
  readonly workflow: string;
  readonly name: string;
  readonly file: string;
  readonly status: RunStatus;
  readonly reason: string | undefined;
  /** The message of the error that it failed with. */
  readonly error: string | undefined;
  readonly items: Counts;
  readonly batches: Counts;
  readonly failedBatches: number;
  readonly startedAt: number;
  readonly durationMs: number;
}

export function finishedRun(db: Database, run: number, now: number): FinishedRun | undefined {
  const line = observedRun(db, run);
  // Of a demo nobody outside is told.
  if (!line || line.demo === 1) return undefined;
  const { workflow, name, file, status, reason, items, batches, failedBatches, startedAt, activeMs } = showRun(
    db,
    line,
    now,
  );
  const error = parseOptionalError(readRun(db, run)?.error)?.message;
  const durationMs = Math.round(activeMs);
  return { run, workflow, name, file, status, reason, error, items, batches, failedBatches, startedAt, durationMs };
}

/** Notes in the log of a run what happened to it after its end. */
export function logAfterEnd(db: Database, run: number, text: string, now: number): void {
  db.prepare(`insert into logs (run, at, level, text) select id, ?, 'warn', ? from runs where id = ?`).run(
    now,
    text,
    run,
  );
}
