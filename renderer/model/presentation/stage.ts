import { unitOfRun, titleOf } from '../../../common/graph-nodes.ts';
import { hasBatches, isContainer, NODE_KINDS } from '../../../common/node-kinds.ts';
import { isInside } from '../../../common/node-paths.ts';
import { ended } from '../../../common/counts.ts';
import { isOpenEnded } from '../../../common/run-summary.ts';
import type { Graph, GraphNode, Progress, Result, RunItem } from '../../../host/api/api.ts';
import { titleFor } from '../graph/plan-text.ts';
import { isAllFound, type Correction } from './correction.ts';
import { unitIn } from './languages.ts';
import type { Figures, PresentationText } from './text.ts';

/* What the presentation shows, without a word of it: its texts stand in a table for each language. */

/** In which state of things people look at it; each answers what happened, what it means, and who can do what. */
export type StageKind =
  | 'running'
  /** Asked to end, and ending what it has begun. */
  | 'pausing'
  | 'cancelling'
  | 'failed'
  /** Failed, and the file has changed since: whether it works now, nobody knows. */
  | 'changed'
  /** The change is being tested on all that were at fault. */
  | 'testing'
  /** Some of them still fail, or all. */
  | 'partly'
  | 'corrected'
  | 'done'
  /** Completed, with items set aside, or failures that were tolerated. */
  | 'set-aside'
  | 'paused'
  /** Nothing is left to do until somebody has decided, or something has happened outside. */
  | 'waiting'
  | 'interrupted'
  | 'cancelled';

export function stageKind(
  progress: Pick<Progress, 'status' | 'failedBatches' | 'nodes' | 'rests' | 'waitsFor'>,
  correction: Correction['kind'],
  stopping?: RunItem['stopping'],
): StageKind {
  switch (progress.status) {
    case 'running':
      return stopping === undefined ? 'running' : stopping === 'paused' ? 'pausing' : 'cancelling';
    case 'completed':
      return progress.failedBatches > 0 || progress.nodes.some(({ items }) => items.setAside > 0)
        ? 'set-aside'
        : 'done';
    case 'failed':
      return correction === 'none' ? 'failed' : correction === 'unknown' ? 'changed' : correction;
    case 'paused':
      return progress.rests && progress.waitsFor ? 'waiting' : 'paused';
    default:
      return progress.status;
  }
}

export interface StageAction {
  readonly does: 'continue' | 'again' | 'others';
  /** The one thing to do. Another one is no more than possible: nobody knows what it comes to. */
  readonly isNext: boolean;
}

/**
 * What can be done here, by somebody who cannot change the file.
 * @param hasFailed Whether trying again would try something.
 * @param isDemo What a demo has made fail succeeds when it is tried again.
 */
export function stageAction(
  kind: StageKind,
  correction: Correction['kind'],
  hasFailed: boolean,
  isDemo = false,
): StageAction | undefined {
  switch (kind) {
    case 'paused':
    case 'interrupted':
      return { does: 'continue', isNext: true };
    case 'failed':
      return isDemo ? { does: 'again', isNext: true } : undefined;
    case 'changed':
      return { does: 'again', isNext: false };
    case 'corrected':
      return { does: 'again', isNext: true };
    case 'set-aside':
      if (!hasFailed || (correction !== 'corrected' && correction !== 'unknown')) return undefined;
      return { does: 'again', isNext: correction === 'corrected' };
    case 'cancelled':
      return { does: 'others', isNext: true };
    default:
      return undefined;
  }
}

export interface FiguresInput {
  readonly progress: Progress;
  readonly graph: Graph;
  readonly failedStep?: string | undefined;
  readonly map?: Mapped | undefined;
  readonly findings?: Result<'getFindings'> | undefined;
  readonly correction?: Correction;
  /** Items that were repaired. */
  readonly repaired?: number;
}

export function figuresOf(text: PresentationText, input: FiguresInput): Figures {
  const { progress, graph, failedStep, map, findings, correction, repaired = 0 } = input;
  const { items } = progress;
  const isAll = findings !== undefined && isAllFound(findings, progress.failedBatches);
  return {
    unit: unitIn(text, unitOfRun(graph, progress.nodes)),
    total: items.total,
    done: items.succeeded,
    failed: items.failed,
    aside: items.setAside,
    waiting: items.waiting,
    running: items.running,
    cancelled: items.cancelled,
    decisions: progress.waitsFor?.approvals ?? 0,
    isOpenEnded: isOpenEnded(progress.nodes),
    failedStep: failedStep === undefined ? undefined : titleOf(graph, failedStep),
    left: progress.left,
    rate: progress.rate,
    atATime: progress.batches.running,
    as: partOf([], map),
    fault: isAll ? { items: findings.counts.items, waiting: findings.counts.waiting } : undefined,
    tested: testedOf(correction),
    repaired,
  };
}

function testedOf(correction: Correction | undefined): Figures['tested'] {
  switch (correction?.kind) {
    case 'testing':
      return correction;
    case 'partly':
      return { ...correction, done: correction.total };
    case 'corrected':
      return { passing: correction.total, done: correction.total, total: correction.total };
    default:
      return undefined;
  }
}

export interface Station {
  readonly path: string;
  readonly title: string;
  readonly state: 'done' | 'working' | 'stopped' | 'paused' | 'next' | 'waiting';
}

/** The workflow's main steps, in order. Steps inside batches are not listed. */
export function stations(graph: Graph, progress: Progress): Station[] {
  const found = graph.nodes.filter(node => NODE_KINDS[node.kind].isStation);
  // Behind what is not done, nothing comes next: it waits for what stands before it.
  let isReached = true;
  return found.map(node => {
    const state = stateOf(node, progress, isReached);
    if (state !== 'done') isReached = false;
    return { path: node.path, title: titleFor(node), state };
  });
}

function stateOf(node: GraphNode, progress: Progress, isReached: boolean): Station['state'] {
  const { status } = progress;
  const unreached = isReached && status === 'running' ? 'next' : 'waiting';
  const batches = progress.nodes.find(other => other.path === node.path);
  if (batches) {
    const { failed, total } = batches.batches;
    if (failed > 0 && status !== 'running' && status !== 'completed') return 'stopped';
    if (batches.complete && ended(batches.batches) === total) return 'done';
    return status === 'running' ? 'working' : 'paused';
  }
  const step = progress.steps.find(other => other.path === node.path);
  const within = isContainer(node.kind) && step?.succeeded ? undefined : stateWithin(node, progress);
  if (within) return within;
  if (!step) return status === 'completed' ? 'done' : unreached;
  if (step.running > 0) return status === 'running' ? 'working' : 'paused';
  if (step.failed > 0) return 'stopped';
  return isReached && step.succeeded > 0 ? 'done' : unreached;
}

/**
 * How a node stands by the steps in it: one that holds others has a result of its own only when all of them are done, and an
 * `if` before the first of its branch has begun. Undefined where they do not tell.
 */
function stateWithin(node: GraphNode, { status, steps }: Progress): Station['state'] | undefined {
  if (status === 'completed') return undefined;
  const isPart = (path: string) => isInside(path, node.path) || isInBranch(path, node);
  const parts = steps.filter(({ path }) => isPart(path));
  const atWork = status === 'running' ? 'working' : 'paused';
  if (parts.some(({ running }) => running > 0)) return atWork;
  if (status === 'running') return isContainer(node.kind) && parts.length > 0 ? 'working' : undefined;
  // What waited for another attempt waits no more.
  if (parts.some(({ failed, retrying }) => failed + retrying > 0)) return status === 'failed' ? 'stopped' : 'paused';
  return isContainer(node.kind) && parts.length > 0 ? 'paused' : undefined;
}

/** Whether a step stands in a branch of a node, but not in batches there: those are told by their own figures. */
function isInBranch(path: string, { branches = [] }: GraphNode): boolean {
  return branches.some(({ nodes }) =>
    nodes.some(
      inner =>
        inner.path === path || isInBranch(path, inner) || (!hasBatches(inner.kind) && isInside(path, inner.path)),
    ),
  );
}

/** From here on a square may stand for several batches, and what one square is would be a wrong sentence. */
const MOST_SINGLE_SQUARES = 2_500;

/** The batch node whose map is shown. */
export interface Mapped {
  readonly node: number;
  readonly path: string;
  readonly batches: number;
  readonly size: number | undefined;
  /** Whether each square is one batch. */
  readonly isSingle: boolean;
}

/** What a number of batches is called here. */
export type Part = 'square' | 'batch';

/** Squares, where each batch of these nodes is one of the map's; who looks at the map could not count them otherwise. */
export function partOf(paths: readonly string[], map: Mapped | undefined): Part {
  return map?.isSingle === true && paths.every(path => path === map.path) ? 'square' : 'batch';
}

/** The batch node whose map is shown: what is being worked on or stopped, else the last that has begun. */
export function mappedNode(graph: Graph, progress: Progress): Mapped | undefined {
  const order = stations(graph, progress);
  const begun = order.flatMap(({ path, state }) => {
    const found = progress.nodes.find(node => node.path === path);
    return found ? [{ found, state }] : [];
  });
  const chosen =
    begun.find(({ state }) => state === 'stopped') ?? begun.find(({ state }) => state !== 'done') ?? begun.at(-1);
  if (!chosen) return undefined;
  const { node, path, batches } = chosen.found;
  const of = graph.nodes.find(other => other.path === path);
  const size: unknown = of?.kind === 'forEach' ? 1 : of?.settings?.['size'];
  const isSingle = batches.total <= MOST_SINGLE_SQUARES;
  return { node, path, batches: batches.total, size: typeof size === 'number' ? size : undefined, isSingle };
}
