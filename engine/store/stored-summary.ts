import type { Database } from 'better-sqlite3';
import { decode } from '../store/codec.ts';
import { parseStoredGraph } from '../store/parse-stored.ts';
import { activeMs, attemptsExecuted, parseOptionalError, stateOf, statusNow } from '../store/queries.ts';
import type { RunRow } from '../store/runs.ts';
import type { RunStatus } from '../../common/status.ts';
import { batchSizes } from '../workflow/graph.ts';
import { parseStoredCounts } from '../store/parse-counts.ts';
import { storedProgress } from './progress-queries.ts';
import { countsOf, type RunCounts, type RunSummary } from '../../common/run-summary.ts';

/** The summary of a run as the store tells it, whichever process works on it or has. */
export function storedSummary(db: Database, row: RunRow, now: number): RunSummary {
  const status = statusNow(db, row, now);
  return {
    run: row.id,
    workflow: row.workflow,
    status,
    reason: row.reason ?? (status === 'interrupted' ? 'its process ended' : undefined),
    ...countsNow(db, row, status),
    steps: { executed: attemptsExecuted(db, row.id) },
    ...resultOf(db, row),
    error: parseOptionalError(row.error),
    durationMs: activeMs(db, row, now),
  };
}

/** What a run has come to. */
export function resultOf(db: Database, row: RunRow): Pick<RunSummary, 'state' | 'output'> {
  return { state: stateOf(db, row.id), output: row.output === null ? undefined : decode(row.output) };
}

/** Exact counts: those written at the end of a run that has ended, else those its rows tell. */
function countsNow(db: Database, row: RunRow, status: RunStatus): RunCounts {
  if (row.counts !== null && row.ended_at !== null) return parseStoredCounts(row.counts);
  const sizes = batchSizes(parseStoredGraph(row.graph).nodes);
  const nodes = storedProgress(db, row.id, path => sizes.get(path));
  if (status === 'interrupted') {
    // What a process that is gone had begun waits to be begun again.
    for (const counts of nodes.flatMap(({ batches, items }) => [batches, items])) {
      counts.waiting += counts.running;
      counts.running = 0;
    }
  }
  return countsOf(nodes);
}
