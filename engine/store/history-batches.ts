import type { Database } from 'better-sqlite3';
import { isInFlight, BatchStatus, StepStatus } from '../../common/status.ts';
import { NEVER, type PartHistory } from '../../common/history.ts';
import { IN_FLIGHT_SQL } from './at-rest.ts';
import type { PastCauses } from './history-causes.ts';
import type { HistoryTimes } from './history-sessions.ts';
import { asEarlier, Places, type Span } from './history-spans.ts';
import { inPlace, lengthOf } from './map-queries.ts';
import { prepared, preparedRaw } from './prepared-queries.ts';

/* How the batches of a node came to be what they are. */

interface Of {
  readonly run: number;
  readonly node: number;
  readonly path: string;
  /** All of them stand in the workflow itself: each has an index of its own. */
  readonly isMapped: boolean;
  /** Somebody works on the run. */
  readonly live: boolean;
}

export function batchHistory(db: Database, of: Of, times: HistoryTimes, causes: PastCauses): PartHistory {
  const { run, node, path, isMapped } = of;
  const places = isMapped ? undefined : new Places();
  const placeOf = (scope: number, index: number) => places?.of(scope) ?? index;
  const spans: Span[] = [];
  const latest = latestAttempts(db, of, times, causes, placeOf, spans);
  archivedAttempts(db, of, times, causes, placeOf, spans);
  if (times.wasStopped) stoppedAttempts(db, of, times, placeOf, spans);
  const waits = stepWaits(db, of, times, placeOf);
  return {
    of: 'batches',
    node,
    path,
    isMapped,
    ...latest,
    earlier: asEarlier(spans),
    waits,
    aside: asideItems(db, run, node, times, placeOf),
  };
}

type PlaceOf = (scope: number, index: number) => number;

type LatestRow = [
  scope: number,
  index: number,
  status: number,
  items: number,
  session: number | null,
  startedAt: number | null,
  endedAt: number | null,
  error: string | null,
];

function latestAttempts(
  db: Database,
  { run, node, path, isMapped, live }: Of,
  times: HistoryTimes,
  causes: PastCauses,
  placeOf: PlaceOf,
  spans: Span[],
): Pick<PartHistory, 'starts' | 'ends' | 'statuses' | 'items' | 'failed'> {
  const length = isMapped ? lengthOf(db, run, node, 0) : batchesOf(db, run, node);
  const starts = new Uint32Array(length).fill(NEVER);
  const ends = new Uint32Array(length).fill(NEVER);
  const statuses = new Uint8Array(length);
  const items = new Uint32Array(length);
  const failed: [number, number][] = [];
  const rows = preparedRaw<[object], LatestRow>(
    db,
    `select scope, idx, status, items, session, started_at, ended_at, iif(status = ${BatchStatus.failed}, error, null)
      from batches where run = @run and ${isMapped ? inPlace(db, run, node, 0) : '+node = @node'} and idx >= 0
      ${isMapped ? '' : 'order by scope'}`,
  );
  for (const [scope, index, status, held, session, startedAt, endedAt, error] of rows.iterate({
    run,
    node,
    parent: 0,
  })) {
    const place = placeOf(scope, index);
    items[place] = held;
    if (status === BatchStatus.waiting || (isInFlight(status) && !live)) continue;
    statuses[place] = status;
    if (status === BatchStatus.superseded) {
      // What it came to is on record as an attempt before; it is out of use since it was asked to be executed anew.
      ends[place] = times.at(times.firstRerunAfter(endedAt) ?? endedAt);
      continue;
    }
    ends[place] = isInFlight(status) ? NEVER : times.at(endedAt);
    if (error !== null) failed.push([place, causes.place(node, path, error)]);
    if (startedAt === null) continue;
    // What a later process has cancelled had come to a stop with the session that ran it.
    const stopped = times.endOf(session);
    if (status === BatchStatus.cancelled && endedAt !== null && stopped < endedAt)
      spans.push({
        index: place,
        start: times.at(startedAt),
        end: times.at(Math.max(stopped, startedAt)),
        status: BatchStatus.waiting,
        until: NEVER,
      });
    else starts[place] = times.at(startedAt);
  }
  return {
    starts,
    ends,
    statuses,
    items,
    failed: {
      indices: Uint32Array.from(failed, ([place]) => place),
      causes: Uint8Array.from(failed, ([, cause]) => cause),
    },
  };
}

function batchesOf(db: Database, run: number, node: number): number {
  return (
    prepared<[number, number], { batches: number }>(
      db,
      'select count(*) as batches from batches where run = ? and +node = ? and idx >= 0',
    ).get(run, node)?.batches ?? 0
  );
}

type ArchivedRow = [
  scope: number,
  index: number,
  attempt: number,
  status: number,
  session: number | null,
  startedAt: number | null,
  endedAt: number | null,
  waitsUntil: number | null,
  error: string | null,
  lastAttempt: number,
  lastSession: number | null,
];

/** Attempts that a retry or a re-run has followed. */
function archivedAttempts(
  db: Database,
  { run, node, path, isMapped }: Of,
  times: HistoryTimes,
  causes: PastCauses,
  placeOf: PlaceOf,
  spans: Span[],
): void {
  const rows = preparedRaw<[object], ArchivedRow>(
    db,
    `select a.scope, b.idx, a.attempt, a.status, a.session, a.started_at, a.ended_at, a.waits_until,
       iif(a.status = ${BatchStatus.failed}, a.error, null), b.attempt, b.session
     from batch_attempts a cross join batches b on b.run = a.run and b.scope = a.scope
     where a.run = @run and b.node = @node ${isMapped ? 'and b.parent = 0' : ''} and b.idx >= 0 order by a.scope, a.attempt`,
  ).iterate({ run, node });
  const add = (row: ArchivedRow, next: ArchivedRow | undefined) => {
    const [scope, index, attempt, status, session, startedAt, endedAt, waitsUntil, error, lastAttempt, lastSession] =
      row;
    const [, , , , nextSession] = next ?? [];
    const follows = next ? (nextSession ?? null) : attempt === lastAttempt ? null : lastSession;
    const isRetry = waitsUntil !== null && status === BatchStatus.failed;
    // One that waited for its next attempt when its process ended waits for the next session.
    const until = isRetry
      ? follows === session
        ? NEVER
        : times.at(times.endOf(session))
      : times.at(times.reopened(endedAt, follows));
    spans.push({
      index: placeOf(scope, index),
      start: times.at(startedAt),
      end: times.at(endedAt),
      status: isRetry ? BatchStatus.retrying : status,
      until,
      cause: error === null ? 0 : causes.place(node, path, error),
    });
  };
  let before: ArchivedRow | undefined;
  for (const row of rows) {
    if (before) add(before, before[0] === row[0] ? row : undefined);
    before = row;
  }
  if (before) add(before, undefined);
}

type StoppedRow = [scope: number, index: number, session: number, startedAt: number];

/** Of an attempt that a stop has ended, or a later session went on with, only its steps say when it began. */
function stoppedAttempts(
  db: Database,
  { run, node, isMapped, live }: Of,
  times: HistoryTimes,
  placeOf: PlaceOf,
  spans: Span[],
): void {
  const isStopped = `(b.status = ${BatchStatus.waiting} or b.status = ${BatchStatus.cancelled} and b.started_at is null
    ${live ? '' : `or b.status in ${IN_FLIGHT_SQL}`})`;
  const rows = preparedRaw<[object], StoppedRow>(
    db,
    `select b.scope, b.idx, s.session, min(s.started_at)
      from steps s cross join batches b on b.run = s.run and b.scope = s.scope
      left join batch_attempts a on a.run = s.run and a.scope = s.scope and a.attempt = s.batch_attempt
      where s.run = @run and s.scope > 0 and b.node = @node ${isMapped ? 'and b.parent = 0' : ''} and b.idx >= 0
       and (b.attempt = s.batch_attempt and ${isStopped} or s.session < iif(b.attempt = s.batch_attempt, b.session, a.session))
      group by s.scope, s.batch_attempt, s.session`,
  );
  for (const [scope, index, session, startedAt] of rows.iterate({ run, node }))
    spans.push({
      index: placeOf(scope, index),
      start: times.at(startedAt),
      end: times.at(Math.max(startedAt, times.endOf(session))),
      status: BatchStatus.waiting,
      until: NEVER,
    });
}

/** When a step in a batch, however deep, had failed and waited for its next attempt. */
function stepWaits(
  db: Database,
  { run, node, isMapped }: Of,
  times: HistoryTimes,
  placeOf: PlaceOf,
): PartHistory['waits'] {
  const rows = preparedRaw<[object], [number, number, number, number]>(
    db,
    `with recursive up (scope, began, ended) as (
       select s.scope, s.ended_at, min(s.waits_until, coalesce(later.started_at, s.waits_until))
        from steps s left join steps later on later.run = s.run and later.scope = s.scope and later.node = s.node
         and later.attempt = s.attempt + 1
        where s.run = @run and s.waits_until is not null and s.status = ${StepStatus.failed} and s.scope > 0
       union
       select b.parent, up.began, up.ended from up cross join batches b on b.run = @run and b.scope = up.scope and b.parent > 0
     ) select b.scope, b.idx, up.began, up.ended from up cross join batches b on b.run = @run and b.scope = up.scope
      where b.node = @node ${isMapped ? 'and b.parent = 0' : ''} and b.idx >= 0 order by up.began`,
  ).all({ run, node });
  return {
    indices: Uint32Array.from(rows, ([scope, index]) => placeOf(scope, index)),
    starts: Uint32Array.from(rows, ([, , began]) => times.at(began)),
    ends: Uint32Array.from(rows, ([, , , ended]) => times.at(ended)),
  };
}

type AsideRow = [scope: number, index: number, at: number, until: number | null, items: number, session: number | null];

function asideItems(
  db: Database,
  run: number,
  node: number,
  times: HistoryTimes,
  placeOf: PlaceOf,
): PartHistory['aside'] {
  const rows = preparedRaw<[object], AsideRow>(
    db,
    `select b.scope, b.idx, s.at, s.until_attempt, count(*), iif(b.attempt = s.until_attempt, b.session, a.session)
      from set_aside s cross join batches b on b.run = s.run and b.scope = s.scope
      left join batch_attempts a on a.run = s.run and a.scope = s.scope and a.attempt = s.until_attempt
      where s.run = @run and b.node = @node and b.idx >= 0 group by b.scope, s.at, s.until_attempt order by s.at`,
  ).all({ run, node });
  return {
    indices: Uint32Array.from(rows, ([scope, index]) => placeOf(scope, index)),
    starts: Uint32Array.from(rows, ([, , at]) => times.at(at)),
    ends: Uint32Array.from(rows, ([, , at, until, , session]) =>
      until === null ? NEVER : times.at(times.reopened(at, session)),
    ),
    items: Uint32Array.from(rows, ([, , , , items]) => items),
  };
}
