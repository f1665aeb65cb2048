import type { Database } from 'better-sqlite3';
import { allNodes } from '../../../common/graph-nodes.ts';
import { hasBatches, isLeaf } from '../../../common/node-kinds.ts';
import { activeUntil } from '../../../common/run-as-shown.ts';
import { batchLabels } from '../../../engine/store/batch-labels.ts';
import { batchesAround, batchLine } from '../../../engine/store/batch-queries.ts';
import { parseStoredGraph } from '../../../engine/store/parse-stored.ts';
import type { ObservedLine } from '../../../engine/store/run-as-shown.ts';
import {
  graphText,
  mappedOf,
  nodesOf,
  outermostBatchNodes,
  sessionsOf,
  type NodeLine,
} from '../../../engine/store/run-queries.ts';
import {
  batchMoments,
  concurrencyChanges,
  failuresSince,
  lastScope,
  runningSteps,
  sampleOf,
  SCOPES_A_LOOK,
  scopesThatTook,
  stepMoments,
} from '../../../engine/store/time-queries.ts';
import type { Args, RunTimes } from '../../api/api.ts';
import { concurrencies } from '../../runs/concurrencies.ts';
import { lineOf } from '../runs.ts';
import type { StoreConnection } from '../store-connection.ts';
import { ActiveTime } from './active-time.ts';
import { figuresOf } from './step-times.ts';
import { stripOf } from './strip.ts';
import { stuckOf } from './stuck.ts';

/** What ended in the last so many milliseconds says how it goes now. */
const RECENTLY_MS = 10_000;
/** More cannot be looked at one by one. */
const MOST_RUNNING = 10_000;
const MOST_STUCK = 20;

/** Runs that nobody works on any more stay as they are. */
const known = new WeakMap<StoreConnection, Map<string, RunTimes>>();
const MOST_KNOWN = 20;

/** How fast a run went and goes, and how long its steps take. Its cost does not grow with the run. */
export function getTimes(store: StoreConnection, { run }: Args<'getTimes'>): RunTimes {
  const { db, line } = lineOf(store, run);
  if (line.live) return timesOf(db, line);
  let ofStore = known.get(store);
  if (!ofStore) known.set(store, (ofStore = new Map()));
  const sessions = sessionsOf(db, run);
  const key = JSON.stringify([run, line.startedAt, sessions.length, sessions.at(-1)?.endedAt, line.status]);
  const before = ofStore.get(key);
  if (before) return before;
  const times = timesOf(db, line);
  ofStore.set(key, times);
  const [oldest] = ofStore.keys();
  if (ofStore.size > MOST_KNOWN && oldest !== undefined) ofStore.delete(oldest);
  return times;
}

function timesOf(db: Database, line: ObservedLine): RunTimes {
  const { run } = line;
  const now = activeUntil(line, Date.now());
  const nodes = nodesOf(db, run);
  const outermost = outermostBatchNodes(nodes).map(({ node }) => node);
  const sample = sampleOf(db, run);
  const text = graphText(db, run);
  const graph = text === undefined ? undefined : parseStoredGraph(text);
  const figures = figuresOf(stepMoments(db, run, sample));
  const timeouts = new Set(
    allNodes(graph?.nodes ?? []).flatMap(({ path, settings }) => (settings?.timeout === undefined ? [] : [path])),
  );
  const paths = new Map(nodes.map(({ node, path }) => [node, path]));
  const pathOf = (node: number) => paths.get(node) ?? '';
  const leaves = new Set(nodes.filter(({ kind }) => isLeaf(kind)).map(({ node }) => node));
  const running = line.live ? runningSteps(db, run, MOST_RUNNING).filter(({ node }) => leaves.has(node)) : [];
  const stuck = stuckOf(running, figures, node => timeouts.has(pathOf(node)), now);
  return {
    stride: sample.stride,
    failuresPerSecond: line.live ? failuresSince(db, run, outermost, now - RECENTLY_MS) / (RECENTLY_MS / 1000) : 0,
    strip: stripOf({
      active: activeTimeOf(db, run, now),
      batches: batchMoments(db, run, outermost, sample),
      stride: sample.stride,
      changes: concurrencyChanges(db, run),
      usual: concurrencies(graph),
    }),
    steps: nodes.flatMap(({ node, path, kind }) => {
      const own = isLeaf(kind) ? figures.get(node) : undefined;
      if (!own) return [];
      const { slowest, ...rest } = own;
      const place = placeOf(db, run, slowest, nodes);
      return [{ path, ...rest, bins: [...own.bins], ...(place && { slowest: place }) }];
    }),
    stuckTotal: stuck.length,
    stuck: stuck.slice(0, MOST_STUCK).flatMap(({ scope, node, startedAt: since, median }) => {
      const place = placeOf(db, run, scope, nodes);
      return place ? [{ ...place, path: pathOf(node), since, median }] : [];
    }),
  };
}

/** The stretches in which a process was at work. One that was killed left no end: the next one's beginning is none. */
function activeTimeOf(db: Database, run: number, now: number): ActiveTime {
  const sessions = sessionsOf(db, run);
  return new ActiveTime(
    sessions.map(({ startedAt, endedAt }, index) => ({
      from: startedAt,
      to: endedAt ?? sessions[index + 1]?.startedAt ?? now,
    })),
  );
}

/** The innermost batch that a scope is, or is a round in. */
function placeOf(db: Database, run: number, scope: number, nodes: readonly NodeLine[]) {
  const own = batchLine(db, run, scope);
  if (!own) return undefined;
  const batchNodes = new Set(nodes.filter(({ kind }) => hasBatches(kind)).map(({ node }) => node));
  const around = batchesAround(db, run, scope);
  const line = [...around, { ...own, parent: around.at(-1)?.scope ?? 0 }].findLast(({ node }) => batchNodes.has(node));
  if (!line) return undefined;
  const { scope: found, node, idx: index, parent } = line;
  return { scope: found, node, index, ...batchLabels(db, run)(found), parent };
}

/** So many batches can be told one by one. */
const MOST_FOUND = 2_000;

export interface TookSoFar {
  /** Indices of batches on the map of the outermost node. */
  readonly indices: readonly number[];
  /** Where to look on; undefined where all were looked at, or enough were found. */
  readonly next: number | undefined;
  readonly isCut: boolean;
}

/** Some of the batches in which a step took that long: each call takes a look at a part of the run, so that others can come between. */
export function batchesThatTook(
  store: StoreConnection,
  {
    run,
    path,
    from,
    to,
    after,
    found,
  }: Args<'getBatchesThatTook'> & { readonly after: number; readonly found: number },
): TookSoFar {
  const { db } = lineOf(store, run);
  const nodes = nodesOf(db, run);
  const node = nodes.find(other => other.path === path)?.node;
  if (node === undefined) return { indices: [], next: undefined, isCut: false };
  const mapped = new Set(mappedOf(nodes).map(other => other.node));
  const scopes = scopesThatTook(db, run, { node, from, to, after });
  const room = MOST_FOUND - found;
  const indices = scopes.slice(0, room).flatMap(scope => {
    const own = batchLine(db, run, scope);
    const outermost = [...batchesAround(db, run, scope), ...(own ? [own] : [])].find(line => mapped.has(line.node));
    return outermost ? [outermost.idx] : [];
  });
  const isCut = scopes.length > room;
  const next = after + SCOPES_A_LOOK;
  return { indices, isCut, next: isCut || next > lastScope(db, run) ? undefined : next };
}
