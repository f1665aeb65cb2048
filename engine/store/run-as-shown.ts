import type { Database } from 'better-sqlite3';
import { runCountsAtRest, runStatusNow } from '../../common/at-rest.ts';
import type { RunStatus } from '../../common/status.ts';
import { prepared } from './prepared-queries.ts';
import { runAsShown, type ObservedRun, type RunAsShown } from '../../common/run-as-shown.ts';
import { countsOf, type RunCounts } from '../../common/run-summary.ts';
import { batchSizes } from '../workflow/graph.ts';
import { ownerOf } from './leases.ts';
import type { OwnerWatch } from './owner-watch.ts';
import { parseStoredCounts } from './parse-counts.ts';
import { parseRunStatus, parseStoredGraph } from './parse-stored.ts';
import { storedProgress } from './progress-queries.ts';
import { graphText, runLine, type RunLine, type RunTitle } from './run-queries.ts';

/** A run's row with whether some process works on it. */
export type ObservedLine = RunLine & ObservedRun;

export function observedRun(db: Database, run: number, watch?: OwnerWatch): ObservedLine | undefined {
  const line = runLine(db, run);
  return line && observe(db, line, watch);
}

function observe(db: Database, line: RunLine, watch?: OwnerWatch): ObservedLine {
  if (line.status !== 'running') return { ...line, live: false };
  if (ownerOf(db, line.run, watch)) return { ...line, live: true };
  // It may have ended between the two looks: its owner writes that before it goes.
  return { ...(runLine(db, line.run) ?? line), live: false };
}

/** A run as it is to be shown, whichever process works on it or has. @param loss See `runAsShown` in common. */
export function showRun(db: Database, line: ObservedLine, now: number, loss?: string): RunAsShown {
  return runAsShown(line, countsNow(db, line), now, loss);
}

/** The status of a run at this moment, of which a list of titles has the stored one: it may have lost its process without a word. */
export function statusNow(db: Database, { run, status }: Pick<RunTitle, 'run' | 'status'>): RunStatus {
  if (status !== 'running') return status;
  return runStatusNow(status, observedRun(db, run)?.live === true);
}

/**
 * Reads what showing the run reads of it, and nothing else: 100,000 runs are looked through for those that cannot be read in less
 * than a second. @throws UnreadableError
 */
export function checkReadable(db: Database, run: number): void {
  const row = prepared<[number], { status: string; counts: string | null }>(
    db,
    'select status, iif(ended_at is null, null, counts) as counts from runs where id = ?',
  ).get(run);
  if (!row) return;
  if (parseRunStatus(row.status) !== 'running' && row.counts !== null) {
    parseStoredCounts(row.counts);
    return;
  }
  const line = observedRun(db, run);
  if (line) countsNow(db, line);
}

/** Counted from the rows for runs that have ended without writing them, as long as nobody takes them up. */
const counted = new WeakMap<Database, Map<string, RunCounts>>();
const MOST_COUNTED = 500;

function countsNow(db: Database, line: ObservedLine): RunCounts {
  // Its process writes them every second while it works, and once more at its end.
  if (line.counts !== null && line.live) return parseStoredCounts(line.counts);
  if (line.counts !== null && line.endedAt !== null) return runCountsAtRest(parseStoredCounts(line.counts));
  if (line.live) return countsOfRows(db, line.run);
  let known = counted.get(db);
  if (!known) counted.set(db, (known = new Map()));
  const key = `${line.run}:${line.session}:${line.endedAt ?? ''}:${line.status}`;
  const before = known.get(key);
  if (before) return before;
  const counts = runCountsAtRest(countsOfRows(db, line.run));
  if (known.size >= MOST_COUNTED) known.delete(known.keys().next().value ?? '');
  known.set(key, counts);
  return counts;
}

function countsOfRows(db: Database, run: number): RunCounts {
  const graph = graphText(db, run);
  const sizes = batchSizes(graph === undefined ? [] : parseStoredGraph(graph).nodes);
  return countsOf(storedProgress(db, run, path => sizes.get(path)));
}
