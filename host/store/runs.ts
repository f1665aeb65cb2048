import path from 'node:path';
import type { Presented } from '../../common/presented.ts';
import type { Database } from 'better-sqlite3';
import { asToldInStudio } from '../../common/told.ts';
import { statusBytesAtRest } from '../../common/at-rest.ts';
import type { Graph } from '../../common/graph.ts';
import { activeUntil, type ObservedRun, type RunAsShown } from '../../common/run-as-shown.ts';
import { openWaitsByNode } from '../../engine/store/answer-wait.ts';
import { storedStepCounts } from '../../engine/store/progress-queries.ts';
import { statusBytes } from '../../engine/store/map-queries.ts';
import { parsePresented, parseStoredGraph } from '../../engine/store/parse-stored.ts';
import { countLostUpdates, latestSources, parseOptionalError } from '../../engine/store/queries.ts';
import { observedRun, showRun, type ObservedLine } from '../../engine/store/run-as-shown.ts';
import {
  graphText,
  mappedOf,
  nodesOf,
  sessionsOf,
  uidOf,
  type NodeLine,
  type SessionLine,
} from '../../engine/store/run-queries.ts';
import { labelOf } from '../../engine/store/run-labels.ts';
import { readRun, stopAsked } from '../../engine/store/runs.ts';
import { wasOnQueue } from '../../engine/store/worker-queries.ts';
import { consistently } from '../../engine/store/transactions.ts';
import type { Moment } from '../../engine/store/tried-again.ts';
import type { NodeProgress, Progress, RunDetail, RunItem, StepProgress } from '../api/api.ts';
import { concurrencies } from '../runs/concurrencies.ts';
import { withDrawnBodies } from './drawn-bodies.ts';
import { rerunWords } from './rerun-words.ts';
import { NoRunError, type StoreConnection } from './store-connection.ts';

/* Runs as screens show them, whichever process works on them or has. */

export function lineOf(store: StoreConnection, run: number): { db: Database; line: ObservedLine } {
  const db = store.dbOf(run);
  const line = observedRun(db, run);
  if (!line) throw new NoRunError(run);
  return { db, line };
}

/** A session by when it began, for `StoreConnection.losses`. */
export function sessionOf({ run, sessionStartedAt }: Pick<ObservedLine, 'run' | 'sessionStartedAt'>): string {
  return `${run} ${sessionStartedAt}`;
}

export function itemOf(store: StoreConnection, db: Database, line: ObservedLine): RunItem {
  const item = itemFrom(store, db, shownRun(store, db, line));
  const stopping = line.live ? stoppingOf(db, line.run) : undefined;
  return stopping === undefined ? item : { ...item, stopping };
}

/** What the process that works on a run was asked to make of it, by whichever command: it may take its steps some time. */
export function stoppingOf(db: Database, run: number): RunItem['stopping'] {
  const asked = stopAsked(db, run)?.stop;
  return asked === 'interrupted' ? undefined : asked;
}

function shownRun(store: StoreConnection, db: Database, line: ObservedLine): RunAsShown {
  return showRun(db, line, Date.now(), store.losses.get(sessionOf(line)));
}

function itemFrom(
  store: StoreConnection,
  db: Database,
  { file, reason, endedAt, isOpenEnded, demo, nodes: _nodes, ...run }: RunAsShown,
): RunItem {
  const lostUpdates = countLostUpdates(db, run.run);
  return {
    ...run,
    file: fileIn(store.folder, file),
    ...(demo && { demo }),
    ...(isOpenEnded && { isOpenEnded }),
    ...(lostUpdates > 0 && { lostUpdates }),
    ...(reason !== undefined && { reason }),
    ...(endedAt !== undefined && { endedAt }),
    ...labelOf(db, run.run),
  };
}

/** Relative to the workspace where it lies in it, with forward slashes; else in full. */
export function fileIn(folder: string, file: string): string {
  const relative = path.relative(folder, file);
  return relative === '' || relative.startsWith('..') || path.isAbsolute(relative)
    ? file
    : relative.split(path.sep).join('/');
}

/** Whether the store has this very run: another store may be in its place, in which the number is another run's. */
export function holdsRun(store: StoreConnection, { run, uid }: { run: number; uid: string }): boolean {
  const { db } = store;
  return db !== undefined && uidOf(db, run) === uid;
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
  const stored = parseOptionalError(row.error);
  const error = stored && asToldInStudio(stored);
  return {
    item: itemOf(store, db, line),
    graph: withDrawnBodies(parseStoredGraph(row.graph), nodesOf(db, run)),
    sessions: sessionsOf(db, run).map(shownSession),
    ...(error && { error }),
    ...(row.presented !== null && { presented: shownPresented(parsePresented(row.presented)) }),
    live: line.live,
    onQueue: wasOnQueue(db, run),
    sources: latestSources(db, run),
  };
}

function shownPresented({ headline, facts }: Presented): RunDetail['presented'] {
  return { ...(headline !== undefined && { headline }), facts: [...facts] };
}

function shownSession(line: SessionLine): RunDetail['sessions'][number] {
  const { session, kind, startedAt, endedAt, outcome, codeHash, who } = line;
  return {
    ...{ session, kind, startedAt, codeHash },
    ...(endedAt !== null && { endedAt }),
    ...(outcome !== null && { outcome }),
    ...(who !== null && { who }),
    ...(kind === 'rerun' && { what: rerunWords(line) }),
    ...(line.by !== null && { correctedBy: line.by }),
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
  return consistently(db, (): RunSnapshot => {
    const shown = shownRun(store, db, line);
    const nodes = nodesOf(db, run);
    const byPath = new Map(nodes.map(node => [node.path, node]));
    const concurrency = concurrencies(graphOf(db, run));
    const progress: Progress = {
      status: shown.status,
      ...(shown.waitsFor && { waitsFor: shown.waitsFor }),
      ...(shown.rests && { rests: true }),
      reason: shown.reason,
      items: shown.items,
      batches: shown.batches,
      failedBatches: shown.failedBatches,
      nodes: shown.nodes.flatMap(({ path, ...rest }): NodeProgress[] => {
        const node = byPath.get(path);
        return node ? [{ node: node.node, path, ...rest, concurrency: concurrency.get(path) ?? 1 }] : [];
      }),
      steps: [],
      rate: 0,
      startedAt: shown.startedAt,
      endedAt: shown.endedAt,
      activeMs: shown.activeMs,
    };
    const maps = mappedOf(nodes).map(({ node, path }) => {
      const statuses = statusBytes(db, run, node, 0);
      return { node, path, statuses: line.live ? statuses : statusBytesAtRest(statuses) };
    });
    return { item: itemFrom(store, db, shown), live: line.live, nodes, progress, maps, concurrency };
  });
}

export function nodes(store: StoreConnection, run: number): NodeLine[] {
  return nodesOf(store.dbOf(run), run);
}

/** How the steps stand: it takes a look at every one of them. */
export function stepCounts(store: StoreConnection, run: number): StepProgress[] {
  const { db, line } = lineOf(store, run);
  // Of a run that rests, what waits is under way all the same.
  const waits = new Map(line.rests === 1 ? openWaitsByNode(db, run).map(({ path: at, count }) => [at, count]) : []);
  return storedStepCounts(db, run, momentOf(line))
    .map(({ node: _node, running, ...count }) => ({
      ...count,
      running: line.live ? running : (waits.get(count.path) ?? 0),
    }))
    .filter(count => count.running + count.succeeded + count.failed + count.retrying + count.retries > 0);
}

function graphOf(db: Database, run: number): Graph | undefined {
  const text = graphText(db, run);
  return text === undefined ? undefined : parseStoredGraph(text);
}

/** What waits goes on now, or stopped with the process that worked on the run. */
export function momentOf(line: ObservedRun): Moment {
  return { live: line.live, now: activeUntil(line, Date.now()) };
}
