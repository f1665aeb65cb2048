import type { Database } from 'better-sqlite3';
import { NEVER, type PartHistory } from '../../common/history.ts';
import { BatchStatus, StepStatus } from '../../common/status.ts';
import type { HistoryTimes } from './history-sessions.ts';
import { asEarlier, Places, type Span } from './history-spans.ts';
import { preparedColumn, preparedRaw } from './prepared-queries.ts';

/* How often each step had run, and how that went. */

/** Of a run with more attempts, what its steps were is not told: nobody would wait for it. */
const MOST_STEP_ATTEMPTS = 300_000;

type Row = [
  node: number,
  scope: number,
  attempt: number,
  status: number,
  session: number,
  startedAt: number,
  endedAt: number | null,
  waitsUntil: number | null,
];

export function hasTooManySteps(db: Database, run: number): boolean {
  const counted = preparedColumn<[number], number>(
    db,
    `select count(*) from (select 1 from steps where run = ? limit ${MOST_STEP_ATTEMPTS + 1})`,
  ).get(run);
  return (counted ?? 0) > MOST_STEP_ATTEMPTS;
}

export function stepHistories(
  db: Database,
  run: number,
  paths: ReadonlyMap<number, string>,
  times: HistoryTimes,
): PartHistory[] {
  const rows = preparedRaw<[number], Row>(
    db,
    `select node, scope, attempt, status, session, started_at, ended_at, waits_until from steps where run = ?
      order by node, scope, attempt`,
  ).all(run);
  return [...Map.groupBy(rows, ([node]) => node)].map(([node, ofNode]) =>
    stepHistory(node, paths.get(node) ?? '', ofNode, times),
  );
}

function stepHistory(node: number, path: string, rows: readonly Row[], times: HistoryTimes): PartHistory {
  const places = new Places();
  const starts: number[] = [];
  const ends: number[] = [];
  const statuses: number[] = [];
  const spans: Span[] = [];
  const waits: [number, number, number][] = [];
  for (const [at, row] of rows.entries()) {
    const [, scope, , stored, session, startedAt, endedAt, waitsUntil] = row;
    const index = places.of(scope);
    const following = rows[at + 1];
    const next = following?.[1] === scope ? following : undefined;
    const start = times.at(startedAt);
    // What a later process has found to be interrupted had come to a stop with its session.
    const isStopped = stored === StepStatus.interrupted || endedAt === null;
    const endTime = isStopped ? Math.min(endedAt ?? Infinity, times.endOf(session)) : endedAt;
    const end = times.at(Math.max(startedAt, endTime));
    const isWaiting = stored === StepStatus.failed && waitsUntil !== null;
    if (isWaiting) waits.push([index, end, times.at(Math.min(waitsUntil, next?.[5] ?? waitsUntil))]);
    const status = statusOf(stored);
    if (next) {
      const until = stored === StepStatus.superseded ? times.at(times.reopened(endedAt, next[4])) : NEVER;
      spans.push({ index, start, end, status: isWaiting ? BatchStatus.retrying : status, until });
    } else if (stored === StepStatus.superseded) {
      spans.push({ index, start, end, status, until: NEVER });
      starts[index] = NEVER;
      ends[index] = times.at(times.firstRerunAfter(endedAt) ?? endedAt);
      statuses[index] = BatchStatus.superseded;
    } else {
      starts[index] = start;
      ends[index] = end;
      statuses[index] = status;
    }
  }
  return {
    of: 'steps',
    node,
    path,
    isMapped: false,
    starts: Uint32Array.from(starts),
    ends: Uint32Array.from(ends),
    statuses: Uint8Array.from(statuses),
    items: new Uint32Array(0),
    earlier: asEarlier(spans),
    waits: {
      indices: Uint32Array.from(waits, ([index]) => index),
      starts: Uint32Array.from(waits, ([, from]) => from),
      ends: Uint32Array.from(waits, ([, , to]) => to),
    },
    failed: { indices: new Uint32Array(0), causes: new Uint8Array(0) },
    aside: {
      indices: new Uint32Array(0),
      starts: new Uint32Array(0),
      ends: new Uint32Array(0),
      items: new Uint32Array(0),
    },
  };
}

/** As a BatchStatus. What a re-run took out of use had succeeded; what was interrupted is counted nowhere, as if cancelled. */
function statusOf(status: number): BatchStatus {
  switch (status) {
    case StepStatus.succeeded:
    case StepStatus.superseded:
      return BatchStatus.succeeded;
    case StepStatus.failed:
      return BatchStatus.failed;
    default:
      return BatchStatus.cancelled;
  }
}
