import type { Database } from 'better-sqlite3';
import { stepStatusName } from '../../common/status.ts';
import { systemClock } from '../run/clock.ts';
import { decode } from '../store/codec.ts';
import { parseStoredError } from '../store/parse-stored.ts';
import { givenPayloadText, sessionsOf } from '../store/run-queries.ts';
import { readRun } from '../store/runs.ts';
import { attemptLines, outputText, type AttemptLine } from '../store/step-queries.ts';
import { storedSummary } from '../store/stored-summary.ts';
import { resultOf } from './result.ts';
import type { InspectedStep, RunInspection } from './types.ts';

/** Of a loop of a million rounds the last ones say how it stands. */
const MOST_STEPS = 1_000;

/** What `cronflow.inspect` gives; undefined where there is no such run. */
export function inspectionOf(db: Database, run: number): RunInspection | undefined {
  const row = readRun(db, run);
  if (!row) return undefined;
  const { run: _run, workflow: workflowId, ...result } = resultOf(storedSummary(db, row, systemClock.now()));
  const given = givenPayloadText(db, run);
  return {
    id: String(run),
    workflowId,
    ...result,
    payload: given === undefined ? undefined : decode(given),
    startedAt: new Date(row.started_at),
    ...(row.ended_at !== null && { endedAt: new Date(row.ended_at) }),
    history: sessionsOf(db, run).map(({ kind, startedAt, endedAt, outcome }) => ({
      kind,
      startedAt: new Date(startedAt),
      ...(endedAt !== null && { endedAt: new Date(endedAt) }),
      ...(outcome !== null && { outcome }),
    })),
    steps: attemptLines(db, run, 0, undefined, MOST_STEPS).map(line => stepOf(db, run, line)),
  };
}

function stepOf(db: Database, run: number, line: AttemptLine): InspectedStep {
  const { path, attempt, status, startedAt, endedAt, error } = line;
  const output = line.outputSize === null ? undefined : outputText(db, run, line.scope, line.node, attempt);
  const failure = error === null ? undefined : parseStoredError(error);
  return {
    name: path,
    status: stepStatusName(status),
    attempt,
    startedAt: new Date(startedAt),
    ...(endedAt !== null && { endedAt: new Date(endedAt) }),
    ...(output !== undefined && { output: decode(output) }),
    ...(failure && { error: { name: failure.name, message: failure.message, stack: failure.stack } }),
  };
}
