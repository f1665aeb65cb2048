import { noCounts, type Counts } from '../../common/counts.ts';
import {
  batchesAround,
  batchLine,
  batchPage,
  earlierAttempts,
  innerCounts,
  nextFailedBatch,
  onlyParent,
  scopeAt,
  type BatchLine,
} from '../../engine/store/batch-queries.ts';
import { causeLines, causesByIndex, cellsOfCause } from '../../engine/store/cause-queries.ts';
import { beginsAndEnds, durations, attempts } from '../../engine/store/map-queries.ts';
import { lostUpdates, parseOptionalError } from '../../engine/store/queries.ts';
import { preparedColumn } from '../../engine/store/prepared-queries.ts';
import { isBatchKind, nodesOf } from '../../engine/store/run-queries.ts';
import { attemptLines, type AttemptLine } from '../../engine/store/step-queries.ts';
import { BatchStatus, batchStatusName, stepStatusName, type BatchStatusName } from '../../common/status.ts';
import type { Args, AttemptRow, BatchDetail, BatchRow, FailureCause, Overlay, Result } from '../api/api.ts';
import { NoRunError, type StoreConnection } from './store-connection.ts';
import { lineOf } from './runs.ts';

const MOST_ATTEMPTS = 2_000;
const MOST_CAUSES = 100;

export function listBatches(
  store: StoreConnection,
  { run, node, parent, where, sort, descending = false, offset, limit }: Args<'listBatches'>,
): Result<'listBatches'> {
  const { db, line } = lineOf(store, run);
  const { lines, total } = batchPage(db, {
    run,
    node,
    parent: parent ?? onlyParent(db, run, node),
    where,
    sort,
    descending,
    offset,
    limit,
    live: line.live,
    now: Date.now(),
  });
  return { rows: lines.map(row => batchRow(row, line.live)), total };
}

export function getBatch(store: StoreConnection, { run, scope }: Args<'getBatch'>): BatchDetail {
  const {
    db,
    line: { live },
  } = lineOf(store, run);
  const line = batchLine(db, run, scope);
  const path =
    line &&
    preparedColumn<[number, number], string>(db, 'select path from nodes where run = ? and node = ?').get(
      run,
      line.node,
    );
  if (!line || path === undefined) throw new NoRunError(run, `batch ${scope}`);
  const error = parseOptionalError(line.error);
  return {
    batch: batchRow(line, live),
    path,
    attempt: line.attempt,
    ...(error && { error }),
    earlierAttempts: earlierAttempts(db, run, scope).map(({ attempt, status, startedAt, endedAt, error }) => ({
      attempt,
      status: batchStatusName(status),
      ...times(startedAt, endedAt),
      ...(error !== null && { error: parseOptionalError(error) }),
    })),
    attempts: attemptLines(db, run, scope, undefined, MOST_ATTEMPTS)
      .filter(isShown)
      .map(attempt => attemptRow(attempt, live)),
    around: batchesAround(db, run, scope).map(({ idx: index, ...around }) => ({ ...around, index })),
    inner: inner(store, run, scope, live),
  };
}

export function getStep(store: StoreConnection, { run, path }: Args<'getStep'>): Result<'getStep'> {
  const {
    db,
    line: { live },
  } = lineOf(store, run);
  const node = nodesOf(db, run).find(other => other.path === path);
  if (!node) return { attempts: [] };
  return { attempts: attemptLines(db, run, 0, node.node, MOST_ATTEMPTS).map(attempt => attemptRow(attempt, live)) };
}

export function findBatch(
  store: StoreConnection,
  { run, node, index, parent }: Args<'findBatch'>,
): Result<'findBatch'> {
  const { db } = lineOf(store, run);
  const within = parent ?? onlyParent(db, run, node);
  const scope = within === undefined ? undefined : scopeAt(db, run, node, within, index);
  return scope === undefined ? null : { scope };
}

export function nextFailed(
  store: StoreConnection,
  { run, node, from, direction }: Args<'nextFailed'>,
): Result<'nextFailed'> {
  const { db } = lineOf(store, run);
  const parent = onlyParent(db, run, node);
  return (parent === undefined ? undefined : nextFailedBatch(db, run, node, parent, from, direction)) ?? null;
}

export function getProblems(store: StoreConnection, { run }: Args<'getProblems'>): Result<'getProblems'> {
  const { db } = lineOf(store, run);
  const paths = new Map(
    nodesOf(db, run)
      .filter(({ kind }) => isBatchKind(kind))
      .map(({ node, path }) => [node, path]),
  );
  const causes = causeLines(db, run, MOST_CAUSES).flatMap(({ node, cause, batches, scope }): FailureCause[] => {
    const path = paths.get(node);
    const line = batchLine(db, run, scope);
    const error = parseOptionalError(line?.error);
    if (path === undefined || !line || !error) return [];
    const { name, message, explain, at, step } = error;
    return [
      {
        node,
        path,
        fingerprint: cause,
        name,
        message,
        explain,
        at,
        step,
        batches,
        first: { index: line.idx, parent: line.parent },
      },
    ];
  });
  return { causes, lost: lostUpdates(db, run) };
}

export function getCells(store: StoreConnection, { run, node, cause }: Args<'getCells'>): Result<'getCells'> {
  return { indices: cellsOfCause(lineOf(store, run).db, run, node, cause) };
}

export function getOverlay(store: StoreConnection, { run, node, by }: Args<'getOverlay'>): Overlay {
  const { db, line } = lineOf(store, run);
  switch (by) {
    case 'duration':
      return {
        by,
        ...durations(db, run, node, 0, line.live ? Date.now() : (line.sessionEndedAt ?? line.sessionStartedAt)),
      };
    case 'attempt':
      return { by, values: attempts(db, run, node, 0) };
    case 'cause':
      return { by, ...causesByIndex(db, run, node, 0) };
    case 'times':
      return { by, from: line.startedAt, ...beginsAndEnds(db, run, node, 0, line.startedAt) };
  }
}

function batchRow(
  { node, scope, idx, status, items, attempt: pass, startedAt, endedAt, error }: BatchLine,
  live: boolean,
): BatchRow {
  const failure = parseOptionalError(error);
  return {
    node,
    scope,
    index: idx,
    status: statusName(status, live),
    items,
    attempts: pass,
    ...times(startedAt, endedAt),
    ...(failure && { message: failure.message, fingerprint: failure.fingerprint }),
  };
}

/** What a process that is gone has left in flight waits. */
function statusName(status: number, live: boolean): BatchStatusName {
  return !live && (status === BatchStatus.running || status === BatchStatus.retrying)
    ? 'waiting'
    : batchStatusName(status);
}

/** That a condition was asked is no step to a reader. */
function isShown({ kind }: AttemptLine): boolean {
  return kind !== 'condition' && kind !== 'if';
}

function attemptRow(
  {
    scope,
    node,
    path,
    attempt,
    batchAttempt,
    session,
    status,
    startedAt,
    endedAt,
    error,
    outputSize,
    logLines,
  }: AttemptLine,
  live: boolean,
): AttemptRow {
  const name = stepStatusName(status);
  return {
    scope,
    node,
    path,
    attempt,
    batchAttempt,
    session,
    status: name === 'running' && !live ? 'interrupted' : name,
    ...(times(startedAt, endedAt) as { startedAt: number }),
    ...(error !== null && { error: parseOptionalError(error) }),
    ...(outputSize !== null && { outputSize }),
    logLines,
  };
}

function times(startedAt: number | null, endedAt: number | null): { startedAt?: number; endedAt?: number } {
  return { ...(startedAt !== null && { startedAt }), ...(endedAt !== null && { endedAt }) };
}

function inner(store: StoreConnection, run: number, scope: number, live: boolean): BatchDetail['inner'] {
  const found = new Map<number, { node: number; path: string; batches: Counts }>();
  for (const { node, path, status, batches } of innerCounts(store.dbOf(run), run, scope)) {
    const of = found.get(node) ?? { node, path, batches: noCounts() };
    found.set(node, of);
    const name = statusName(status, live);
    if (name === 'superseded') continue;
    of.batches[name === 'retrying' ? 'waiting' : name] += batches;
    of.batches.total += batches;
  }
  return [...found.values()];
}
