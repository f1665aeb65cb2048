import path from 'node:path';
import type { Database } from 'better-sqlite3';
import { parseStoredCounts } from '../../engine/store/parse-counts.ts';
import { storedProgress } from '../../engine/store/progress-queries.ts';
import type { Counts } from '../../common/counts.ts';
import { countsOf, failedBatches, type RunCounts } from '../../common/run-summary.ts';
import { storedStepCounts } from '../../engine/run/step-counts.ts';
import { parseStoredGraph } from '../../engine/store/parse-stored.ts';
import { ownerOf } from '../../engine/store/leases.ts';
import { statusBytes } from '../../engine/store/map-queries.ts';
import { latestSources, parseOptionalError } from '../../engine/store/queries.ts';
import {
  mappedOf,
  nodesOf,
  runLine,
  runLines,
  sessionsOf,
  type NodeLine,
  type RunLine,
} from '../../engine/store/run-queries.ts';
import { readRun } from '../../engine/store/runs.ts';
import { BatchStatus, type RunStatus } from '../../common/status.ts';
import { batchSizes } from '../../engine/workflow/graph.ts';
import type { Graph } from '../../common/graph.ts';
import type { Args, NodeProgress, Progress, RunDetail, RunItem, StepProgress } from '../api/api.ts';
import { concurrencies } from '../runs/concurrencies.ts';
import { NoRunError, type StoreConnection } from './store-connection.ts';
import { withDrawnBodies } from './drawn-bodies.ts';

/* Runs as screens show them, whichever process works on them or has. */

/** A run's row and whether some process works on it now. */
export interface Line extends RunLine {
  readonly live: boolean;
}

export function lineOf(store: StoreConnection, run: number): { db: Database; line: Line } {
  const db = store.dbOf(run);
  const line = runLine(db, run);
  if (!line) throw new NoRunError(run);
  return { db, line: withLife(db, line) };
}

function withLife(db: Database, line: RunLine): Line {
  if (line.status !== 'running') return { ...line, live: false };
  if (ownerOf(db, line.run, Date.now())) return { ...line, live: true };
  // It may have ended between the two looks: its owner writes that before it goes.
  return { ...(runLine(db, line.run) ?? line), live: false };
}

export function statusOf({ status, live }: Line): RunStatus {
  return status === 'running' && !live ? 'interrupted' : status;
}

/** A session by when it began, for `Access.losses`. */
export function sessionOf({ run, sessionStartedAt }: Pick<Line, 'run' | 'sessionStartedAt'>): string {
  return `${run} ${sessionStartedAt}`;
}

function reasonOf(store: StoreConnection, line: Line): string | undefined {
  return (
    line.reason ??
    (line.status === 'running' && !line.live ? (store.losses.get(sessionOf(line)) ?? 'its process ended') : undefined)
  );
}

function activeMsOf({ activeMs, live, sessionStartedAt }: Line): number {
  return live ? activeMs + Math.max(0, Date.now() - sessionStartedAt) : activeMs;
}

export function itemOf(store: StoreConnection, db: Database, line: Line): RunItem {
  const { items, batches, nodes } = countsNow(db, line);
  const reason = reasonOf(store, line);
  return {
    run: line.run,
    workflow: line.workflow,
    name: line.name,
    file: fileIn(store.folder, line.file),
    status: statusOf(line),
    ...(reason !== undefined && { reason }),
    items,
    batches,
    failedBatches: failedBatches(nodes),
    startedAt: line.startedAt,
    ...(line.endedAt !== null && { endedAt: line.endedAt }),
    activeMs: activeMsOf(line),
  };
}

/** Relative to the workspace where it lies in it, with forward slashes; else in full. */
export function fileIn(folder: string, file: string): string {
  const relative = path.relative(folder, file);
  return relative === '' || relative.startsWith('..') || path.isAbsolute(relative)
    ? file
    : relative.split(path.sep).join('/');
}

export function listRuns(store: StoreConnection, { before, limit, workflow, statuses }: Args<'listRuns'>): RunItem[] {
  const { db } = store;
  if (!db) return [];
  const items: RunItem[] = [];
  for (const found of runLines(db, before)) {
    if (workflow !== undefined && found.workflow !== workflow) continue;
    const line = withLife(db, found);
    if (statuses && !statuses.includes(statusOf(line))) continue;
    items.push(itemOf(store, db, line));
    if (items.length === limit) break;
  }
  return items;
}

/** Whether the store has this very run: another store may be in its place, in which the number is another run's. */
export function holdsRun(store: StoreConnection, { run, uid }: { run: number; uid: string }): boolean {
  const { db } = store;
  return db !== undefined && readRun(db, run)?.uid === uid;
}

export function runItem(store: StoreConnection, run: number): RunItem {
  const { db, line } = lineOf(store, run);
  return itemOf(store, db, line);
}

/** A run without what only the files on disk can tell. */
export function runDetail(
  store: StoreConnection,
  run: number,
): Omit<RunDetail, 'codeChanged'> & { sources: { path: string; hash: string }[] } {
  const { db, line } = lineOf(store, run);
  const row = readRun(db, run);
  if (!row) throw new NoRunError(run);
  const error = parseOptionalError(row.error);
  return {
    item: itemOf(store, db, line),
    graph: withDrawnBodies(parseStoredGraph(row.graph), nodesOf(db, run)),
    sessions: sessionsOf(db, run).map(({ endedAt, outcome, ...session }) => ({
      ...session,
      ...(endedAt !== null && { endedAt }),
      ...(outcome !== null && { outcome }),
    })),
    ...(error && { error }),
    live: line.live,
    sources: latestSources(db, run),
  };
}

/** All there is to know of a run at one moment to show it, and to go on from there with what changes. */
export interface RunSnapshot {
  readonly item: RunItem;
  readonly live: boolean;
  readonly nodes: readonly NodeLine[];
  readonly progress: Progress;
  readonly maps: readonly {
    readonly node: number;
    readonly path: string;
    readonly statuses: Uint8Array<ArrayBuffer>;
  }[];
  /** How many batches at a time the workflow says, by path: also of nodes that have not begun. */
  readonly concurrency: ReadonlyMap<string, number>;
}

export function runSnapshot(store: StoreConnection, run: number): RunSnapshot {
  const { db, line } = lineOf(store, run);
  const read = db.transaction((): RunSnapshot => {
    const item = itemOf(store, db, line);
    const nodes = nodesOf(db, run);
    const { items, batches, nodes: counted } = countsNow(db, line);
    const byPath = new Map(nodes.map(node => [node.path, node]));
    const concurrency = concurrencies(graphOf(db, run));
    const progress: Progress = {
      status: item.status,
      reason: item.reason,
      items,
      batches,
      failedBatches: item.failedBatches,
      nodes: counted.flatMap(({ path, ...rest }): NodeProgress[] => {
        const node = byPath.get(path);
        return node ? [{ node: node.node, path, ...rest, concurrency: concurrency.get(path) ?? 1 }] : [];
      }),
      steps: [],
      rate: 0,
      startedAt: item.startedAt,
      endedAt: item.endedAt,
      activeMs: item.activeMs,
    };
    const maps = mappedOf(nodes).map(({ node, path }) => ({
      node,
      path,
      statuses: shownBytes(statusBytes(db, run, node, 0), line.live),
    }));
    return { item, live: line.live, nodes, progress, maps, concurrency };
  });
  return read();
}

export function nodes(store: StoreConnection, run: number): NodeLine[] {
  return nodesOf(store.dbOf(run), run);
}

/** How the steps stand: it takes a look at every one of them. */
export function stepCounts(store: StoreConnection, run: number): StepProgress[] {
  const { db, line } = lineOf(store, run);
  return storedStepCounts(db, run)
    .filter(({ node: _node, ...count }) => count.running + count.succeeded + count.failed > 0)
    .map(({ path, running, succeeded, failed }) => ({ path, running: line.live ? running : 0, succeeded, failed }));
}

// Counts

/** Counted from the rows for runs that have ended without writing them, as long as nobody takes them up. */
const counted = new Map<string, RunCounts>();
const MOST_COUNTED = 500;

function countsNow(db: Database, line: Line): RunCounts {
  // Its process writes them every second while it works, and once more at its end.
  const trusted = line.live || !['running', 'interrupted'].includes(line.status);
  if (trusted && line.counts !== null) return parseStoredCounts(line.counts);
  const key = `${db.name}:${line.run}:${line.session}:${line.endedAt ?? ''}:${line.status}`;
  const known = line.live ? undefined : counted.get(key);
  if (known) return known;
  const sizes = batchSizes(graphOf(db, line.run)?.nodes ?? []);
  const fromRows = countsOf(storedProgress(db, line.run, path => sizes.get(path) ?? 1));
  if (line.live) return fromRows;
  const counts = atRest(fromRows);
  if (counted.size >= MOST_COUNTED) counted.delete(counted.keys().next().value ?? '');
  counted.set(key, counts);
  return counts;
}

/** What a process that is gone has left in flight waits. */
function atRest({ nodes }: RunCounts): RunCounts {
  const rest = (counts: Counts): Counts => ({ ...counts, waiting: counts.waiting + counts.running, running: 0 });
  return countsOf(nodes.map(node => ({ ...node, batches: rest(node.batches), items: rest(node.items) })));
}

function shownBytes(bytes: Uint8Array<ArrayBuffer>, live: boolean): Uint8Array<ArrayBuffer> {
  if (live) return bytes;
  for (const [index, status] of bytes.entries()) {
    if (status === BatchStatus.running || status === BatchStatus.retrying) bytes[index] = BatchStatus.waiting;
  }
  return bytes;
}

function graphOf(db: Database, run: number): Graph | undefined {
  const row = readRun(db, run);
  return row && parseStoredGraph(row.graph);
}
