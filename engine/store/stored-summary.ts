import type { Database } from 'better-sqlite3';
import type { RunSummary } from '../../common/run-summary.ts';
import { decodeOutput } from './output-pages.ts';
import type { OwnerWatch } from './owner-watch.ts';
import { attemptsExecuted, parseOptionalError, stateOf } from './queries.ts';
import { observedRun, showRun } from './run-as-shown.ts';
import { readRun, type RunRow } from './runs.ts';

/**
 * The summary of a run as the store tells it, whichever process works on it or has.
 * @param watch What is known of the owners of runs. @default What this process has seen of them
 */
export function storedSummary(db: Database, row: RunRow, now: number, watch?: OwnerWatch): RunSummary {
  const observed = observedRun(db, row.id, watch);
  // It was there a moment ago: whoever deleted it meanwhile need not be told of in the middle of a summary.
  if (!observed) throw new Error(`Run ${row.id} was deleted while it was read.`);
  const { run, workflow, status, reason, demo, items, batches, nodes, activeMs, waitsFor, rests, partOf } = showRun(
    db,
    observed,
    now,
  );
  // It may have ended since its row was read.
  const current = observed.status === row.status ? row : (readRun(db, row.id) ?? row);
  return {
    run,
    workflow,
    status,
    waitsFor,
    rests,
    reason,
    partOf,
    items,
    batches,
    nodes,
    ...(demo && { demo }),
    steps: { executed: attemptsExecuted(db, run) },
    ...resultOf(db, current),
    error: parseOptionalError(current.error),
    durationMs: activeMs,
  };
}

/** What a run has come to. */
export function resultOf(db: Database, row: RunRow): Pick<RunSummary, 'state' | 'output' | 'key'> {
  return {
    state: stateOf(db, row.id),
    output: row.output === null ? undefined : decodeOutput(db, row.id, row.output),
    ...(row.key !== null && { key: row.key }),
  };
}
