import type { Database } from 'better-sqlite3';
import type { Graph } from '../common/graph.ts';
import type { RunSummary } from '../common/run-summary.ts';
import { systemClock } from '../engine/run/clock.ts';
import { resultOf, storedSummary } from '../engine/store/stored-summary.ts';
import { recordLostRun } from '../engine/runner/lost-run.ts';
import type { RunEnd, Started } from '../engine/runner/supervisor.ts';
import { nodeAmounts } from '../engine/store/amount-queries.ts';
import { countEffects } from '../engine/store/effect-queries.ts';
import { storeReplaced } from '../engine/store/file-identity.ts';
import type { LeaseLostError } from '../engine/store/leases.ts';
import { openStore, storeError } from '../engine/store/open.ts';
import { parseStoredGraph } from '../engine/store/parse-stored.ts';
import { StoreError } from '../engine/store/store-error.ts';
import { readRun, requireRun } from '../engine/store/runs.ts';
import { observedRun, showRun } from '../engine/store/run-as-shown.ts';
import type { RunStatusAsShown } from '../common/waits-for.ts';
import { EXIT_CODES } from './exit-codes.ts';
import { reportProblem } from './report-problem.ts';
import { effectsEvent, printEvent, summaryEvent } from './view/json.ts';
import { summaryText } from './view/summary.ts';

const LEASE_LOST: LeaseLostError['name'] = 'LeaseLostError';

interface Ended {
  readonly started: Started;
  readonly end: RunEnd;
  /** What the runner said at its end; undefined when it could not. */
  readonly summary: Omit<RunSummary, 'state' | 'output'> | undefined;
  readonly store: string;
  readonly json: boolean;
}

/** Shows how a run ended, and returns the exit code. */
export function reportEnd(ended: Ended): number {
  const { started, store, json, summary, end } = ended;
  // What the store says of the run now is another process's doing.
  if (end.kind === 'lost' && end.problem?.name === LEASE_LOST) {
    reportProblem(end.problem, json);
    return EXIT_CODES.interrupted;
  }
  let db: Database;
  try {
    db = openStore(store, { mode: summary ? 'read' : 'write' });
  } catch (error) {
    return reportWithoutStore(error, ended);
  }
  try {
    // Another store may be in its place, in which the number is another run's.
    if (readRun(db, started.run)?.uid !== started.uid) return reportWithoutStore(storeReplaced(store), ended);
    return report(db, { store, json, graph: started.graph, summary: summaryOf(db, ended) });
  } catch (error) {
    throw storeError(store, error);
  } finally {
    db.close();
  }
}

/** Shows how a run stands that another process works on, or did. Returns the exit code. */
export function reportStored(db: Database, store: string, run: number, json: boolean): number {
  const row = requireRun(db, run);
  return report(db, {
    store,
    json,
    graph: parseStoredGraph(row.graph),
    summary: storedSummary(db, row, systemClock.now()),
  });
}

interface Reported {
  readonly store: string;
  readonly json: boolean;
  readonly graph: Graph;
  readonly summary: RunSummary;
}

function report(db: Database, { store, json, graph, summary }: Reported): number {
  const { run, status } = summary;
  const effects = json ? countEffects(db, run, status === 'running') : undefined;
  if (effects) printEvent(effectsEvent(run, effects));
  if (json) printEvent(summaryEvent(summary, nodeAmounts(db, run, status === 'running')));
  else process.stdout.write(`${summaryText(db, store, graph, summary)}\n`);
  return EXIT_CODES[status];
}

function summaryOf(db: Database, { started: { run }, end, summary, store }: Ended): RunSummary {
  if (summary) return { ...summary, ...waitingOf(db, run), ...resultOf(db, requireRun(db, run)) };
  const now = systemClock.now();
  if (end.kind === 'ended') return storedSummary(db, requireRun(db, run), now);
  try {
    recordLostRun(db, run, end, now);
  } catch (error) {
    // The store cannot be written, which may be how the run was lost. It reads as interrupted all the same: its process is gone.
    if (!(storeError(store, error) instanceof StoreError)) throw error;
  }
  const stored = storedSummary(db, requireRun(db, run), now);
  return stored.status === 'interrupted' ? { ...stored, reason: end.reason } : stored;
}

function waitingOf(db: Database, run: number): RunStatusAsShown | undefined {
  const line = observedRun(db, run);
  if (!line) return undefined;
  const { status, waitsFor, rests } = showRun(db, line, systemClock.now());
  return { status, waitsFor, rests };
}

/** The store is gone, and with it what could be shown of the run: only the reason is left to say. */
function reportWithoutStore(error: unknown, { end, json }: Ended): number {
  const known = end.kind === 'lost' ? end.problem?.message : undefined;
  const message = known ?? (error instanceof StoreError ? error.message : undefined);
  if (message === undefined) throw error;
  reportProblem({ name: 'StoreError', message }, json);
  return EXIT_CODES.interrupted;
}
