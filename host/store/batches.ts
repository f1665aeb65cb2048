import { batchStatusNow, countsAtRest, stepStatusNow } from '../../common/at-rest.ts';
import { count, noCounts, type NodeProgress } from '../../common/counts.ts';
import type { Database } from 'better-sqlite3';
import { CONDITION_KIND, hasBatches, hasRounds, isFork } from '../../common/node-kinds.ts';
import { isInside } from '../../common/node-paths.ts';
import { activeUntil } from '../../common/run-as-shown.ts';
import { batchStatusName } from '../../common/status.ts';
import { batchLabels, type BatchLabel } from '../../engine/store/batch-labels.ts';
import {
  batchesAround,
  batchLine,
  batchPage,
  earlierAttempts,
  innerCounts,
  matchingIndices,
  nextFailedBatch,
  onlyParent,
  scopeAt,
  type BatchLine,
} from '../../engine/store/batch-queries.ts';
import { causesByIndex, cellsOfCause, hasInner } from '../../engine/store/cause-queries.ts';
import { effectsCounted } from '../../engine/store/effect-queries.ts';
import { durations } from '../../engine/store/map-queries.ts';
import { isDoneOnce, repairedBatches } from '../../engine/store/repeated-queries.ts';
import { failureCauses, lostUpdates, parseOptionalError } from '../../engine/store/queries.ts';
import { currentWaits, type CurrentWait } from '../../engine/store/current-waits.ts';
import { attempts, triedOf, type Moment, type Tried } from '../../engine/store/tried-again.ts';
import { nodePathOf, nodesOf } from '../../engine/store/run-queries.ts';
import { attemptLines, type AttemptLine } from '../../engine/store/step-queries.ts';
import type { Args, AttemptRow, BatchDetail, BatchRow, Overlay, Result } from '../api/api.ts';
import { NoRunError, type StoreConnection } from './store-connection.ts';
import { lineOf, momentOf } from './runs.ts';
import { executorOf, workerOverlay } from './workers.ts';

const MOST_ATTEMPTS = 2_000;
const MOST_CAUSES = 100;

export function listBatches(
  store: StoreConnection,
  { run, node, parent, where, sort, descending = false, offset, limit }: Args<'listBatches'>,
): Result<'listBatches'> {
  const { db, line } = lineOf(store, run);
  const moment = momentOf(line);
  const { lines, total } = batchPage(db, {
    run,
    node,
    parent: parent ?? onlyParent(db, run, node),
    where,
    sort,
    descending,
    offset,
    limit,
    ...moment,
  });
  const tries = triesOf(db, run, node, lines, moment);
  const label = batchLabels(db, run);
  return { rows: lines.map(row => batchRow(row, line.live, tries(row.scope), label(row.scope))), total };
}

export function getBatch(store: StoreConnection, { run, scope }: Args<'getBatch'>): BatchDetail {
  const { db, line: ofRun } = lineOf(store, run);
  const { live } = ofRun;
  const line = batchLine(db, run, scope);
  const path = line && nodePathOf(db, run, line.node);
  if (!line || path === undefined) throw new NoRunError(run, `batch ${scope}`);
  const error = parseOptionalError(line.error);
  const earlier = earlierAttempts(db, run, scope);
  const around = batchesAround(db, run, scope);
  const executor = executorOf(db, run, {
    scope,
    attempts: new Map([...earlier, line].map(({ attempt, worker }) => [attempt, worker])),
    around: around.map(outer => outer.scope),
  });
  return {
    batch: batchRow(
      line,
      live,
      triesOf(db, run, line.node, [line], momentOf(ofRun))(scope),
      batchLabels(db, run)(scope),
    ),
    path,
    attempt: line.attempt,
    ...(error && { error }),
    earlierAttempts: earlier.map(({ attempt, status, startedAt, endedAt, waitsUntil, error, worker }) => ({
      attempt,
      status: batchStatusName(status),
      ...times(startedAt, endedAt),
      ...(waitsUntil !== null && { waitsUntil }),
      ...(error !== null && { error: parseOptionalError(error) }),
      ...(worker !== null && { worker }),
    })),
    attempts: attemptLines(db, run, scope, undefined, MOST_ATTEMPTS)
      .filter(isShown)
      .map(attempt => attemptRow(attempt, live, executor(attempt))),
    around: around.map(({ idx: index, status, ...around }) => ({
      ...around,
      index,
      status: batchStatusNow(status, live),
    })),
    effects: effectsCounted(db, run, scope),
    inner: inner(store, run, scope, live),
  };
}

export function getStep(store: StoreConnection, { run, path }: Args<'getStep'>): Result<'getStep'> {
  const {
    db,
    line: { live },
  } = lineOf(store, run);
  const node = nodesOf(db, run).find(other => other.path === path);
  if (!node) return { attempts: [], effects: 0 };
  return {
    attempts: attemptLines(db, run, 0, node.node, MOST_ATTEMPTS).map(attempt => attemptRow(attempt, live)),
    effects: effectsCounted(db, run, 0, node.node),
  };
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
  if (parent === undefined) return null;
  if (!hasInner(db, run, node)) return nextFailedBatch(db, run, node, parent, from, direction) ?? null;
  // A batch that bore the failures inside it has something to show as well.
  const { values } = causesByIndex(db, run, node, parent);
  const index =
    direction === 'next' ? values.findIndex((cause, at) => at > from && cause > 0) : lastBefore(values, from);
  const scope = index < 0 ? undefined : scopeAt(db, run, node, parent, index);
  return scope === undefined ? null : { index, scope };
}

function lastBefore(values: Uint8Array, from: number): number {
  return values.subarray(0, Math.max(0, from)).findLastIndex(cause => cause > 0);
}

export function getProblems(store: StoreConnection, { run }: Args<'getProblems'>): Result<'getProblems'> {
  const { db } = lineOf(store, run);
  return { causes: failureCauses(db, run, MOST_CAUSES), lost: lostUpdates(db, run) };
}

export function getCells(store: StoreConnection, { run, node, of }: Args<'getCells'>): Result<'getCells'> {
  const { db, line } = lineOf(store, run);
  return {
    indices: 'search' in of ? matchingIndices(db, run, node, of, line.live) : cellsOfCause(db, run, node, of),
  };
}

export function getRepeated(store: StoreConnection, { run, node }: Args<'getRepeated'>): Result<'getRepeated'> {
  const { db } = lineOf(store, run);
  const { indices, items } = repairedBatches(db, run, node);
  return { repaired: indices, items, isOnce: isDoneOnce(db, run) };
}

export function getOverlay(store: StoreConnection, { run, node, by }: Args<'getOverlay'>): Overlay {
  const { db, line } = lineOf(store, run);
  switch (by) {
    case 'duration':
      return {
        by,
        ...durations(db, run, node, 0, activeUntil(line, Date.now())),
      };
    case 'attempt':
      return { by, ...attempts(db, run, node, momentOf(line)) };
    case 'cause':
      return { by, ...causesByIndex(db, run, node, 0) };
    case 'worker':
      return workerOverlay(db, run, node);
  }
}

/** What is told of some batches of a node beside their rows. */
function triesOf(
  db: Database,
  run: number,
  node: number,
  lines: readonly Pick<BatchLine, 'scope'>[],
  moment: Moment,
): (scope: number) => Tries {
  const nodes = nodesOf(db, run);
  const path = nodes.find(other => other.node === node)?.path ?? '';
  const hasInside = nodes.some(
    other => isInside(other.path, path) && (hasBatches(other.kind) || hasRounds(other.kind)),
  );
  const scopes = lines.map(({ scope }) => scope);
  const tried = triedOf(db, run, scopes, hasInside, moment);
  const waits = currentWaits(db, run, scopes, hasInside, moment);
  return scope => ({ tried: tried.get(scope), wait: waits.get(scope) });
}

interface Tries {
  /** Undefined where all went through the first time. */
  readonly tried: Tried | undefined;
  readonly wait: CurrentWait | undefined;
}

function batchRow(
  { node, scope, idx, status, items, attempt, startedAt, endedAt, error, worker }: BatchLine,
  live: boolean,
  { tried, wait }: Tries,
  label: BatchLabel,
): BatchRow {
  const failure = parseOptionalError(error);
  return {
    node,
    scope,
    index: idx,
    ...label,
    status: batchStatusNow(status, live),
    items,
    attempts: Math.max(attempt, tried?.attempts ?? 1),
    retries: tried?.retries ?? 0,
    waited: tried?.waited ?? 0,
    ...(wait && { wait }),
    ...times(startedAt, endedAt),
    ...(failure && { message: failure.message, fingerprint: failure.fingerprint }),
    ...(worker !== null && { worker }),
  };
}

/** That a condition was evaluated, or a branch chosen, is no step to a reader. */
function isShown({ kind }: AttemptLine): boolean {
  return kind !== CONDITION_KIND && !isFork(kind);
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
    waitsUntil,
    cachedRun,
    logLines,
  }: AttemptLine,
  live: boolean,
  worker?: number,
): AttemptRow {
  return {
    scope,
    node,
    path,
    attempt,
    batchAttempt,
    session,
    status: stepStatusNow(status, live),
    ...(times(startedAt, endedAt) as { startedAt: number }),
    ...(error !== null && { error: parseOptionalError(error) }),
    ...(outputSize !== null && { outputSize }),
    ...(waitsUntil !== null && { waitsUntil }),
    ...(cachedRun !== null && { cachedRun }),
    logLines,
    ...(worker !== undefined && { worker }),
  };
}

function times(startedAt: number | null, endedAt: number | null): { startedAt?: number; endedAt?: number } {
  return { ...(startedAt !== null && { startedAt }), ...(endedAt !== null && { endedAt }) };
}

function inner(store: StoreConnection, run: number, scope: number, live: boolean): BatchDetail['inner'] {
  const found = new Map<number, NodeProgress & { readonly node: number }>();
  for (const { node, path, status, batches, items } of innerCounts(store.dbOf(run), run, scope)) {
    const progress = found.get(node) ?? { node, path, batches: noCounts(), items: noCounts(), complete: true };
    found.set(node, progress);
    count(progress, status, batches, items);
  }
  return [...found.values()].map(({ node, path, batches }) => ({
    node,
    path,
    batches: live ? batches : countsAtRest(batches),
  }));
}
