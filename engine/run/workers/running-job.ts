import type { BatchFailure } from '../batch-attempt.ts';
import type { QueuedBatch } from '../batch-queue.ts';
import type { Run } from '../run.ts';
import { Checkpoint, type Scope } from '../scope.ts';
import { StopError } from '../stop.ts';
import { toStoredError } from '../stored-error.ts';
import { Inbox } from './inbox.ts';
import { JobCounts } from './progress-change.ts';
import type { JobId, JobOutcome, Place } from './protocol.ts';
import type { LossKind, NodeOfBatches } from './workers.ts';
import type { WorkerHandle } from './worker-handle.ts';

/** A batch node whose batches are executed by workers. */
export interface OpenNode {
  readonly of: NodeOfBatches;
  readonly place: Place;
  readonly count: number;
}

/** One attempt of a batch, and who has it. */
export interface RunningJob {
  readonly node: OpenNode;
  readonly batch: QueuedBatch;
  readonly scope: Scope;
  readonly attempts: number;
  readonly counts: JobCounts;
  readonly done: PromiseWithResolvers<JobOutcome>;
  readonly startedAt: number;
  readonly attempt: number;
  epoch: number;
  /** How often its worker was lost. */
  readonly losses: Record<LossKind, number>;
  inbox: Inbox;
  worker: WorkerHandle | undefined;
  /** When that one was given it, by the clock for durations. */
  givenAt: number;
  /** See `WorkerPool.turnsOf`. */
  turns: number;
  /** What it is to end with: when its worker does not answer, or has not begun it. */
  ending: Error | undefined;
  cancelTimer: (() => void) | undefined;
}

/** A batch whose workers have been lost so many times fails: it may be what ends them. */
const MOST_LOSSES: Readonly<Record<LossKind, number>> = { ended: 3, silent: 10 };

/** A batch that its workers did not survive. */
export class WorkerEnded extends Error {
  override readonly name = 'WorkerEnded';
}

/** A batch that no worker of another machine is given. */
class BatchTooLarge extends Error {
  override readonly name = 'BatchTooLarge';
}

/** Undefined: the batch may be sent. */
export function tooLarge(text: string, mostBytes: number): BatchFailure | undefined {
  // A character is at most three bytes: mostly there is nothing to count.
  if (text.length * 3 <= mostBytes) return undefined;
  const size = Buffer.byteLength(text);
  if (size <= mostBytes) return undefined;
  const error = new BatchTooLarge(
    `Its items are ${kib(size)}, and a batch that goes to a worker on another machine has at most ${kib(mostBytes)}. Make ` +
      'it smaller with `size`, or give it keys, and read what they stand for in a step.',
  );
  return { ...NOT_AGAIN, isCancelled: false, stored: toStoredError(error) };
}

function kib(count: number): string {
  return `${Math.ceil(count / 1024)} KiB`;
}

export function newJob(run: Run, of: Pick<RunningJob, 'node' | 'batch' | 'scope' | 'attempts'>): RunningJob {
  return {
    ...of,
    counts: new JobCounts(run.progress),
    done: Promise.withResolvers(),
    startedAt: run.clock.now(),
    attempt: of.scope.attempt,
    epoch: 1,
    losses: { ended: 0, silent: 0 },
    inbox: new Inbox(),
    worker: undefined,
    givenAt: 0,
    turns: 1,
    ending: undefined,
    cancelTimer: undefined,
  };
}

export function idOf({ scope, attempt, epoch }: Pick<RunningJob, 'scope' | 'attempt' | 'epoch'>): JobId {
  return { scope: scope.id, attempt, epoch };
}

/** Counts that its worker is lost. What comes of the loss is an error when there were too many. */
export function loses({ losses }: RunningJob, kind: LossKind, reason: string): WorkerEnded | undefined {
  losses[kind] += 1;
  if (losses[kind] < MOST_LOSSES[kind]) return undefined;
  return new WorkerEnded(
    kind === 'ended'
      ? `Its worker process has ended ${losses.ended} times while it was executed, last because ${reason}. Does a step of it ` +
          'end the process, or use up its memory?'
      : `Its worker was lost ${losses.silent} times while it was executed, last because ${reason}. Does a step of it end ` +
          "the machine, or use up its memory? Does the queue's server, or the way to it, often fail?",
  );
}

const NOT_AGAIN = { isStop: false, again: async () => undefined, findings: () => [] };

/** Undefined when the batch has succeeded. */
export function resultOf(run: Run, scope: Scope, outcome: JobOutcome): BatchFailure | undefined {
  switch (outcome.kind) {
    case 'succeeded': {
      if (!outcome.last) return undefined;
      const [node, attempt] = outcome.last;
      scope.last = new Checkpoint(node, attempt, () => run.stored.steps.valueOf(scope.id, { node, attempt }));
      return undefined;
    }
    case 'failed': {
      const { error, again, findings } = outcome;
      return { isStop: false, isCancelled: false, stored: error, again: async () => again, findings: () => findings };
    }
    case 'cancelled':
      return { ...NOT_AGAIN, isCancelled: true, stored: outcome.error };
    case 'stopped': {
      const stop = run.stopping.stop ?? { as: 'interrupted', reason: 'a worker was stopped' };
      return { ...NOT_AGAIN, isStop: true, isCancelled: false, stored: toStoredError(new StopError(stop)) };
    }
  }
}
