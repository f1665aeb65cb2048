import type {
  Counts,
  GraphNode,
  NodeProgress,
  Progress,
  RunStatus,
  StepProgress,
  StoredError,
} from '../../../host/api/api.ts';
import { isTolerated, readTolerance } from '../../../common/tolerance.ts';
import { isBatch, nodeId, type PlanEdge, type PlanNode, type Way } from './plan.ts';

/*
 * How each part of the graph stands, told from a run's totals. Totals know how often a step ran and how it came out, by
 * its path; they do not know which way an `if` went or when a sleep began, so that is concluded from what followed.
 */

/** `idle` where no run is shown; `unreached` of a run that ended before; `skipped` of one that ended well without it. */
export type NodeState =
  | 'idle'
  | 'waiting'
  | 'running'
  | 'retrying'
  | 'succeeded'
  | 'failed'
  | 'cancelled'
  | 'paused'
  | 'interrupted'
  | 'unreached'
  | 'skipped';

/** A run as the graph asks for it. */
export interface Now {
  readonly progress: Progress;
  /** What ended the run. */
  readonly error: StoredError | undefined;
}

/** Flat, so that a shallow comparison tells whether there is anything to draw. */
export interface StepState {
  readonly standing: NodeState;
  readonly running: number;
  readonly succeeded: number;
  readonly failed: number;
  /** Failed, and will be tried again. */
  readonly retrying: number;
  /** Batches without which this step does not begin. */
  readonly waitsFor: number;
}

export interface BatchState extends Counts {
  readonly standing: NodeState;
  /** Its number in the run; 0 before it has one. */
  readonly node: number;
  readonly itemsTotal: number;
  readonly complete: boolean;
  readonly concurrency: number;
  /** Items a second, and time left; 0 where they are not known. */
  readonly rate: number;
  readonly leftFrom: number;
  readonly leftTo: number;
  readonly tolerated: boolean;
  readonly waitsFor: number;
}

interface Index {
  readonly steps: ReadonlyMap<string, StepProgress>;
  readonly batches: ReadonlyMap<string, NodeProgress>;
  /** Paths at which anything happened, in them or within them. */
  readonly reached: ReadonlySet<string>;
}

const CONDITION = '?';
const NOTHING = { running: 0, succeeded: 0, failed: 0 } as const;
const NO_COUNTS: Counts = { total: 0, succeeded: 0, failed: 0, running: 0, waiting: 0, cancelled: 0 };

export function stepState(node: PlanNode, now: Now | undefined): StepState {
  if (!now) return { standing: 'idle', ...NOTHING, retrying: 0, waitsFor: 0 };
  const index = indexOf(now.progress);
  const { running, succeeded, failed } = index.steps.get(node.path) ?? NOTHING;
  const standing = node.times === 'once' ? onceStanding(node, index, now) : repeatedStanding(node, index, now);
  const retrying = retryingOf(node, failed, index, now);
  return {
    standing,
    running,
    succeeded,
    failed: failed - retrying,
    retrying,
    waitsFor: standing === 'unreached' ? failedBefore(node, index, now) : 0,
  };
}

/** A step that waits for its next try counts as failed; but no more of a batch's steps can have failed for good than of its batches. */
function retryingOf({ node, outer, parent }: PlanNode, failed: number, { batches }: Index, now: Now): number {
  const around = outer !== undefined && parent === nodeId(outer) ? batches.get(outer) : undefined;
  return around && mayTryAgain(node, now) ? Math.max(0, failed - around.batches.failed) : 0;
}

export function batchState(node: PlanNode, now: Now | undefined): BatchState {
  const known = now && indexOf(now.progress).batches.get(node.path);
  const common = {
    ...(known?.batches ?? NO_COUNTS),
    node: known?.node ?? 0,
    itemsTotal: known?.items.total ?? 0,
    complete: known?.complete ?? false,
    concurrency: known?.concurrency ?? 0,
    rate: 0,
    leftFrom: 0,
    leftTo: 0,
    tolerated: false,
    waitsFor: 0,
  };
  if (!now) return { ...common, standing: 'idle' };
  const index = indexOf(now.progress);
  if (!known) {
    const standing = hasFailed(node, index, now) ? 'failed' : unreached(now.progress.status);
    return { ...common, standing, waitsFor: standing === 'unreached' ? failedBefore(node, index, now) : 0 };
  }
  const standing = batchStanding(node, known, now);
  const paced = standing === 'running' && node.outer === undefined;
  const [leftFrom, leftTo] = (paced ? now.progress.left : undefined) ?? [0, 0];
  return {
    ...common,
    standing,
    rate: paced ? now.progress.rate : 0,
    leftFrom,
    leftTo,
    tolerated: standing === 'succeeded' && known.batches.failed > 0,
  };
}

/** How often a `while` went round, over everything it stands in. */
export function roundsOf(node: PlanNode, now: Now | undefined): number {
  if (!now) return 0;
  const { steps } = indexOf(now.progress);
  const asked = steps.get(`${node.path}/${CONDITION}`)?.succeeded ?? 0;
  // Each that is done asked once more than it went round.
  return Math.max(0, asked - (steps.get(node.path)?.succeeded ?? 0));
}

/** How often each way out of an `if` was taken, in the order of `wayLabels`; undefined where that cannot be told. */
export function waysTaken(fork: PlanNode, now: Now | undefined): readonly (number | undefined)[] {
  const branches = fork.node?.branches ?? [];
  const ways = branches.length + (branches.at(-1)?.id === 'else' ? 0 : 1);
  if (!now) return Array.from({ length: ways }, () => undefined);
  const index = indexOf(now.progress);
  const taken = Array.from({ length: ways }, (_, way) => {
    const [first] = branches[way]?.nodes ?? [];
    return first && passesOf(first, fork.times === 'once', index);
  });
  // The rest of those that were asked went the one way of which nothing is known.
  const open = taken.filter(count => count === undefined).length;
  if (open !== 1) return taken;
  const asked = index.steps.get(fork.path)?.succeeded ?? 0;
  const known = taken.reduce<number>((sum, count) => sum + (count ?? 0), 0);
  return taken.map(count => count ?? Math.max(0, asked - known));
}

export type EdgeState = 'idle' | 'done' | 'stopped' | 'unreached';

export function edgeState(edge: PlanEdge, nodes: ReadonlyMap<string, PlanNode>, now: Now | undefined): EdgeState {
  const source = nodes.get(edge.source);
  const target = nodes.get(edge.target);
  if (!now || !source || !target) return 'idle';
  const index = indexOf(now.progress);
  const arrived = isReached(target, index, now);
  if (edge.way)
    return (waysTaken(source, now)[edge.way.index] ?? (arrived ? 1 : 0)) > 0 && (arrived || target.kind === 'end')
      ? 'done'
      : stoppedOr(source, index, now);
  if (arrived && isReached(source, index, now)) return 'done';
  return stoppedOr(source, index, now);
}

export function wayCount(
  way: Way,
  nodes: ReadonlyMap<string, PlanNode>,
  fork: string,
  now: Now | undefined,
): number | undefined {
  const node = nodes.get(fork);
  return node && node.times !== 'once' ? waysTaken(node, now)[way.index] : undefined;
}

function stoppedOr(source: PlanNode, index: Index, now: Now): EdgeState {
  return hasFailed(source, index, now) ? 'stopped' : 'unreached';
}

/** Whether a node has failed in a way that ends what it stands in. */
function hasFailed(node: PlanNode, index: Index, now: Now): boolean {
  const batches = index.batches.get(node.path);
  if (batches) return batchStanding(node, batches, now) === 'failed';
  if (now.error?.step === node.path) return true;
  const step = index.steps.get(node.path);
  if (step && step.failed > 0 && step.running === 0 && !mayTryAgain(node.node, now)) return true;
  return (node.node?.members ?? []).length > 0 && fanFailed(node.node, index, now);
}

function fanFailed(node: GraphNode | undefined, { steps }: Index, now: Now): boolean {
  if (!node?.members || now.progress.status === 'running' || (steps.get(node.path)?.succeeded ?? 0) > 0) return false;
  const failed = node.members.filter(member => (steps.get(member.path)?.failed ?? 0) > 0).length;
  return node.kind === 'race' ? failed === node.members.length : failed > 0;
}

function isReached(node: PlanNode, { reached, steps }: Index, { progress }: Now): boolean {
  if (node.kind === 'start') return true;
  if (node.kind === 'end') return progress.status === 'completed';
  if (node.kind === 'lane') return node.first !== undefined && reached.has(node.first);
  if (reached.has(node.path)) return true;
  if (node.kind !== 'sleep') return false;
  // A sleep leaves no count while its run goes on: it shows in what is before and after it.
  return (
    (node.next !== undefined && reached.has(node.next)) ||
    (node.times !== 'once' && node.previous !== undefined && (steps.get(node.previous)?.succeeded ?? 0) > 0)
  );
}

function onceStanding(node: PlanNode, index: Index, now: Now): NodeState {
  const { status } = now.progress;
  if (node.kind === 'start') return 'succeeded';
  if (node.kind === 'end') return endStanding(status);
  const own = index.steps.get(node.path) ?? NOTHING;
  if (own.running > 0) return halted(status) ?? 'running';
  if (own.succeeded > 0) return 'succeeded';
  if (hasFailed(node, index, now)) return 'failed';
  if (own.failed > 0) return 'retrying';
  if (isReached(node, index, now)) return node.kind === 'sleep' ? 'succeeded' : whatIsWithin(node, index, now);
  if (node.kind === 'sleep' && status === 'running' && sleepsNow(node, index)) return 'running';
  if (isPassedBy(node, index, now)) return 'skipped';
  return node.kind === 'cancel' && hasCancelled(node, now) ? 'cancelled' : unreached(status);
}

/** On a way that was not taken, or a member of a race that another has won. */
function isPassedBy({ on, parent }: PlanNode, index: Index, now: Now): boolean {
  if (isDone(parent, index)) return true;
  if (!on) return false;
  if (isPassedBy(on.fork, index, now)) return true;
  const taken = waysTaken(on.fork, now);
  return taken[on.index] === 0 && taken.some(count => count !== undefined && count > 0);
}

function isDone(box: string | undefined, { steps }: Index): boolean {
  return box !== undefined && (steps.get(box.slice(nodeId('').length))?.succeeded ?? 0) > 0;
}

/** A step that cancels the run is cancelled with it, and leaves no count. */
function hasCancelled({ node }: PlanNode, { progress }: Now): boolean {
  const reason = node?.settings?.reason;
  return (
    progress.status === 'cancelled' &&
    progress.reason === (typeof reason === 'string' ? reason : 'the workflow asked for it')
  );
}

/** A while or several at a time: it goes on for as long as it has not been recorded as done. */
function whatIsWithin(node: PlanNode, { steps }: Index, { progress }: Now): NodeState {
  const failed = node.kind === 'while' && (steps.get(`${node.path}/${CONDITION}`)?.failed ?? 0) > 0;
  if (failed) return 'failed';
  return halted(progress.status) ?? (progress.status === 'completed' ? 'succeeded' : 'running');
}

/** Inside batches and rounds: many are in it, or have been. */
function repeatedStanding(node: PlanNode, index: Index, now: Now): NodeState {
  const { running, failed } = index.steps.get(node.path) ?? NOTHING;
  if (node.kind === 'cancel' && hasCancelled(node, now)) return 'cancelled';
  if (!isReached(node, index, now))
    return node.outer === undefined ? unreached(now.progress.status) : notYet(node.outer, index, now);
  if (running > 0) return halted(now.progress.status) ?? 'running';
  // Between one batch and the next it has not come to its end, and does not flicker.
  const goesOn = node.outer === undefined ? !isDone(node.parent, index) : isOpen(index.batches.get(node.outer));
  if (goesOn && now.progress.status === 'running') return 'running';
  if (failed > 0) return 'failed';
  return 'succeeded';
}

/** What no batch has come to: it may yet, while there are any left. */
function notYet(outer: string, { batches }: Index, { progress }: Now): NodeState {
  const around = batches.get(outer);
  if (progress.status === 'running' && (!around || isOpen(around))) return 'waiting';
  return around && !isOpen(around) && around.batches.failed === 0 ? 'skipped' : unreached(progress.status);
}

function batchStanding(node: PlanNode, { batches, complete }: NodeProgress, { progress, error }: Now): NodeState {
  const open = batches.running + batches.waiting > 0 || !complete;
  if (open)
    return progress.status === 'running'
      ? 'running'
      : error?.step === node.path
        ? 'failed'
        : batches.failed > 0 && progress.status === 'failed'
          ? 'failed'
          : (halted(progress.status) ?? 'waiting');
  if (batches.cancelled > 0) return 'cancelled';
  const tolerance = readTolerance(node.node?.settings?.tolerate);
  const isFine = batches.failed === 0 || (tolerance !== undefined && isTolerated(tolerance, batches));
  return isFine ? 'succeeded' : 'failed';
}

function isOpen(batches: NodeProgress | undefined): boolean {
  return batches !== undefined && (batches.batches.running + batches.batches.waiting > 0 || !batches.complete);
}

function mayTryAgain(node: GraphNode | undefined, { progress }: Now): boolean {
  return progress.status === 'running' && node?.settings?.retry !== undefined;
}

/** A sleep that goes on leaves no count: it has begun when what is before it is done. */
function sleepsNow({ previous, next }: PlanNode, { steps, batches, reached }: Index): boolean {
  if (next !== undefined && reached.has(next)) return false;
  if (previous === undefined) return true;
  return (steps.get(previous)?.succeeded ?? 0) > 0 || (batches.has(previous) && !isOpen(batches.get(previous)));
}

/** How many failed batches stand between a node and its turn. */
function failedBefore({ previous }: PlanNode, { batches }: Index, { progress }: Now): number {
  return progress.status === 'failed' && previous !== undefined ? (batches.get(previous)?.batches.failed ?? 0) : 0;
}

function endStanding(status: RunStatus): NodeState {
  return status === 'completed' ? 'succeeded' : unreached(status);
}

function unreached(status: RunStatus): NodeState {
  if (status === 'completed') return 'skipped';
  return status === 'failed' || status === 'cancelled' ? 'unreached' : 'waiting';
}

/** What has become of something that was going on when its run stopped. */
function halted(status: RunStatus): NodeState | undefined {
  if (status === 'running' || status === 'completed') return undefined;
  return status === 'failed' ? 'interrupted' : status;
}

/** How often a node was begun; undefined where the totals do not tell. */
function passesOf(node: GraphNode, once: boolean, { steps, batches, reached }: Index): number | undefined {
  if (!reached.has(node.path)) return node.kind === 'sleep' ? undefined : 0;
  if (once) return 1;
  if (node.members) return Math.max(0, ...node.members.map(member => total(steps.get(member.path))));
  if (isBatch(node.kind) || node.kind === 'while' || node.kind === 'sleep')
    return steps.has(node.path) && !batches.has(node.path) ? total(steps.get(node.path)) : undefined;
  return total(steps.get(node.path));
}

function total({
  running,
  succeeded,
  failed,
}: Pick<StepProgress, 'running' | 'succeeded' | 'failed'> = NOTHING): number {
  return running + succeeded + failed;
}

const indexes = new WeakMap<Progress, Index>();

function indexOf(progress: Progress): Index {
  let index = indexes.get(progress);
  if (!index) {
    const reached = new Set<string>();
    const reach = (path: string): void => {
      for (
        let inner = path;
        inner !== '' && !reached.has(inner);
        inner = inner.slice(0, Math.max(0, inner.lastIndexOf('/')))
      )
        reached.add(inner);
    };
    for (const step of progress.steps) if (total(step) > 0) reach(step.path);
    for (const node of progress.nodes) reach(node.path);
    index = {
      steps: new Map(progress.steps.map(step => [step.path, step])),
      batches: new Map(progress.nodes.map(node => [node.path, node])),
      reached,
    };
    indexes.set(progress, index);
  }
  return index;
}
