import type { Counts, GraphNode, NodeProgress, RunStatus, StepProgress } from '../../../host/api/api.ts';
import { pathOfId, type PlanNode } from './plan.ts';
import { noCounts } from '../../../common/counts.ts';
import { CANCEL_REASON, hasRounds, isDurableWait, isSubflow } from '../../../common/node-kinds.ts';
import { conditionPath } from '../../../common/node-paths.ts';
import { type RunFigures, type ProgressIndex, NOTHING, isOpen, isUncounted, progressIndex } from './progress-index.ts';
import { branchCounts } from './branch-counts.ts';
import { isTolerated, readTolerance } from '../../../common/tolerance.ts';

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
  /** Waits for a person or an event. */
  | 'asking'
  | 'paused'
  | 'interrupted'
  | 'unreached'
  | 'skipped';

/** Flat, so that a shallow comparison tells whether there is anything to draw. */
export interface StepState {
  readonly state: NodeState;
  readonly running: number;
  readonly succeeded: number;
  readonly failed: number;
  /** Failed, and waits for the next attempt. */
  readonly retrying: number;
  /** When the first of these goes on, in milliseconds since 1970. */
  readonly nextAt: number | undefined;
  /** Attempts that `retry` has made. */
  readonly retries: number;
  /** Batches without which this step does not begin. */
  readonly waitsFor: number;
}

export interface BatchState extends Counts {
  readonly state: NodeState;
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
  /** Of its batches, by a `retry` of their own: as in a StepState. */
  readonly retrying: number;
  readonly nextAt: number | undefined;
  readonly retries: number;
}

const NOT_REACHED: ReadonlySet<NodeState> = new Set(['skipped', 'unreached', 'waiting']);

export function stepState(node: PlanNode, figures: RunFigures | undefined): StepState {
  if (!figures) return { state: 'idle', ...NOTHING, waitsFor: 0 };
  const index = progressIndex(figures.progress);
  const { running, succeeded, failed, retrying, nextAt, retries } = countsNow(node.path, index, figures);
  const known = node.repetition === 'once' ? singleState(node, index, figures) : repeatedState(node, index, figures);
  const state = node.node && isUncounted(figures.progress) && NOT_REACHED.has(known) ? 'idle' : known;
  return {
    state,
    running,
    succeeded,
    failed,
    retrying,
    nextAt,
    retries,
    waitsFor: state === 'unreached' ? failedBefore(node, index, figures) : 0,
  };
}

/** Once nothing runs any more, what waited for another attempt has failed. */
function countsNow(path: string, { steps }: ProgressIndex, { progress }: RunFigures): StepProgress | typeof NOTHING {
  const counts = steps.get(path) ?? NOTHING;
  if (progress.status === 'running' || counts.retrying === 0) return counts;
  return { ...counts, path, failed: counts.failed + counts.retrying, retrying: 0, nextAt: undefined };
}

export function batchState(node: PlanNode, figures: RunFigures | undefined): BatchState {
  const known = figures && progressIndex(figures.progress).batches.get(node.path);
  const common = {
    ...(known?.batches ?? noCounts()),
    node: known?.node ?? 0,
    itemsTotal: known?.items.total ?? 0,
    complete: known?.complete ?? false,
    concurrency: known?.concurrency ?? 0,
    rate: 0,
    leftFrom: 0,
    leftTo: 0,
    tolerated: false,
    waitsFor: 0,
    retrying: 0,
    nextAt: undefined,
    retries: 0,
  };
  if (!figures || (!known && isUncounted(figures.progress))) return { ...common, state: 'idle' };
  const index = progressIndex(figures.progress);
  if (!known) {
    const state = hasFailed(node, index, figures) ? 'failed' : unreachedState(figures.progress.status);
    return { ...common, state, waitsFor: state === 'unreached' ? failedBefore(node, index, figures) : 0 };
  }
  const state = batchNodeState(node, known, figures);
  const paced = state === 'running' && node.outerBatch === undefined;
  const [leftFrom, leftTo] = (paced ? figures.progress.left : undefined) ?? [0, 0];
  const { retrying, nextAt, retries } = countsNow(node.path, index, figures);
  return {
    ...common,
    retrying,
    nextAt,
    retries,
    state,
    rate: paced ? figures.progress.rate : 0,
    leftFrom,
    leftTo,
    tolerated: state === 'succeeded' && known.batches.failed > 0,
  };
}

/** How often a `while` went round, over everything it stands in. */
export function roundCount(node: PlanNode, figures: RunFigures | undefined): number {
  if (!figures) return 0;
  const { steps } = progressIndex(figures.progress);
  const asked = steps.get(conditionPath(node.path))?.succeeded ?? 0;
  // Each that is done asked once more than it went round.
  return Math.max(0, asked - (steps.get(node.path)?.succeeded ?? 0));
}

/** Whether a node has failed in a way that ends what it stands in. */
export function hasFailed(node: PlanNode, index: ProgressIndex, figures: RunFigures): boolean {
  const batches = index.batches.get(node.path);
  if (batches) return batchNodeState(node, batches, figures) === 'failed';
  if (figures.error?.step === node.path) return true;
  const step = index.steps.get(node.path);
  if (step && step.failed > 0 && step.running === 0 && !canRetry(node.node, figures)) return true;
  return (node.node?.members ?? []).length > 0 && membersFailed(node.node, index, figures);
}

function membersFailed(node: GraphNode | undefined, { steps }: ProgressIndex, figures: RunFigures): boolean {
  if (!node?.members || figures.progress.status === 'running' || (steps.get(node.path)?.succeeded ?? 0) > 0)
    return false;
  const failed = node.members.filter(member => (steps.get(member.path)?.failed ?? 0) > 0).length;
  return node.kind === 'race' ? failed === node.members.length : failed > 0;
}

export function isReached(node: PlanNode, { reached, steps }: ProgressIndex, { progress }: RunFigures): boolean {
  if (node.kind === 'start') return true;
  if (node.kind === 'end') return progress.status === 'completed';
  if (node.kind === 'lane') return node.first !== undefined && reached.has(node.first);
  if (reached.has(node.path)) return true;
  if (node.kind !== 'sleep') return false;
  // A sleep leaves no count while its run goes on: it shows in what is before and after it.
  return (
    (node.next !== undefined && reached.has(node.next)) ||
    (node.repetition !== 'once' && node.previous !== undefined && (steps.get(node.previous)?.succeeded ?? 0) > 0)
  );
}

/** In a run that rests, what runs another workflow waits for what that waits for. */
function waitsInPart({ kind }: PlanNode, { progress }: RunFigures): boolean {
  return isSubflow(kind) && progress.rests === true;
}

function singleState(node: PlanNode, index: ProgressIndex, figures: RunFigures): NodeState {
  const { status } = figures.progress;
  if (node.kind === 'start') return 'succeeded';
  if (node.kind === 'end') return endState(status);
  const own = index.steps.get(node.path) ?? NOTHING;
  const asks = isDurableWait(node.kind) || waitsInPart(node, figures);
  if (own.running > 0) return asks ? 'asking' : (stoppedState(status) ?? 'running');
  if (own.succeeded > 0) return 'succeeded';
  if (own.retrying > 0) return stoppedState(status) ?? 'retrying';
  if (hasFailed(node, index, figures)) return 'failed';
  if (own.failed > 0) return 'retrying';
  if (isReached(node, index, figures))
    return node.kind === 'sleep' ? 'succeeded' : containerState(node, index, figures);
  if (asks && figures.progress.rests && isSleeping(node, index)) return 'asking';
  if (node.kind === 'sleep' && status === 'running' && isSleeping(node, index)) return 'running';
  if (isSkipped(node, index, figures)) return 'skipped';
  return node.kind === 'cancel' && hasCancelled(node, figures) ? 'cancelled' : unreachedState(status);
}

/** On a way that was not taken, or a member of a race that another has won. */
function isSkipped({ branch, parent }: PlanNode, index: ProgressIndex, figures: RunFigures): boolean {
  if (isDone(parent, index)) return true;
  if (!branch) return false;
  if (isSkipped(branch.fork, index, figures)) return true;
  const taken = branchCounts(branch.fork, figures);
  return taken[branch.index] === 0 && taken.some(count => count !== undefined && count > 0);
}

function isDone(box: string | undefined, { steps }: ProgressIndex): boolean {
  return box !== undefined && (steps.get(pathOfId(box))?.succeeded ?? 0) > 0;
}

/** A step that cancels the run is cancelled with it, and leaves no count. */
function hasCancelled({ node }: PlanNode, { progress }: RunFigures): boolean {
  const reason = node?.settings?.reason ?? CANCEL_REASON;
  return progress.status === 'cancelled' && progress.reason === reason;
}

/** A while or several at a time: it goes on for as long as it has not been recorded as done. */
function containerState(node: PlanNode, { steps }: ProgressIndex, { progress }: RunFigures): NodeState {
  const failed = hasRounds(node.kind) && (steps.get(conditionPath(node.path))?.failed ?? 0) > 0;
  if (failed) return 'failed';
  return stoppedState(progress.status) ?? (progress.status === 'completed' ? 'succeeded' : 'running');
}

/** Inside batches and rounds: many are in it, or have been. */
function repeatedState(node: PlanNode, index: ProgressIndex, figures: RunFigures): NodeState {
  const { running, failed, retrying, succeeded } = index.steps.get(node.path) ?? NOTHING;
  if (node.kind === 'cancel' && hasCancelled(node, figures)) return 'cancelled';
  if (!isReached(node, index, figures))
    return node.outerBatch === undefined
      ? unreachedState(figures.progress.status)
      : pendingState(node.outerBatch, index, figures);
  if (running > 0 && (isDurableWait(node.kind) || waitsInPart(node, figures))) return 'asking';
  if (running > 0) return stoppedState(figures.progress.status) ?? 'running';
  if (retrying > 0) return stoppedState(figures.progress.status) ?? 'retrying';
  // Between one batch and the next it has not come to its end, and does not flicker.
  const goesOn =
    node.outerBatch === undefined ? !isDone(node.parent, index) : isOpen(index.batches.get(node.outerBatch));
  if (goesOn && figures.progress.status === 'running') return 'running';
  if (failed > 0) return 'failed';
  // Of a run that has stopped, some batches may still come to it: it is not done.
  const all = index.batches.get(node.outerBatch ?? '')?.batches.total ?? 0;
  const { status } = figures.progress;
  return (goesOn && succeeded < all && status !== 'failed' ? stoppedState(status) : undefined) ?? 'succeeded';
}

/** What no batch has come to: it may yet, while there are any left. */
function pendingState(outer: string, { batches }: ProgressIndex, { progress }: RunFigures): NodeState {
  const around = batches.get(outer);
  if (progress.status === 'running' && (!around || isOpen(around))) return 'waiting';
  return around && !isOpen(around) && around.batches.failed === 0 ? 'skipped' : unreachedState(progress.status);
}

function batchNodeState(node: PlanNode, counts: NodeProgress, { progress, error }: RunFigures): NodeState {
  const { batches } = counts;
  if (isOpen(counts)) {
    if (progress.status === 'running') return 'running';
    if (progress.rests && progress.waitsFor) return 'asking';
    const hasEndedRun = error?.step === node.path || (batches.failed > 0 && progress.status === 'failed');
    return hasEndedRun ? 'failed' : (stoppedState(progress.status) ?? 'waiting');
  }
  if (batches.cancelled > 0) return 'cancelled';
  const tolerance = readTolerance(node.node?.settings?.tolerate);
  const isFine = batches.failed === 0 || (tolerance !== undefined && isTolerated(tolerance, batches));
  return isFine ? 'succeeded' : 'failed';
}

function canRetry(node: GraphNode | undefined, { progress }: RunFigures): boolean {
  return progress.status === 'running' && node?.settings?.retry !== undefined;
}

/** A sleep that goes on, or a wait of a run that rests, leaves no count: it has begun when what is before it is done. */
function isSleeping({ previous, next }: PlanNode, { steps, batches, reached }: ProgressIndex): boolean {
  if (next !== undefined && reached.has(next)) return false;
  if (previous === undefined) return true;
  return (steps.get(previous)?.succeeded ?? 0) > 0 || (batches.has(previous) && !isOpen(batches.get(previous)));
}

/** How many failed batches stand between a node and its turn. */
function failedBefore({ previous }: PlanNode, { batches }: ProgressIndex, { progress }: RunFigures): number {
  return progress.status === 'failed' && previous !== undefined ? (batches.get(previous)?.batches.failed ?? 0) : 0;
}

function endState(status: RunStatus): NodeState {
  return status === 'completed' ? 'succeeded' : unreachedState(status);
}

function unreachedState(status: RunStatus): NodeState {
  if (status === 'completed') return 'skipped';
  return status === 'failed' || status === 'cancelled' ? 'unreached' : 'waiting';
}

/** What has become of something that was going on when its run stopped. */
function stoppedState(status: RunStatus): NodeState | undefined {
  if (status === 'running' || status === 'completed') return undefined;
  return status === 'failed' ? 'interrupted' : status;
}
