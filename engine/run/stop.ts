import { StepStatus, type StopAs } from '../../common/status.ts';

/** Why a run stops before its end, and what its status will be. */
export interface Stop {
  readonly as: StopAs;
  readonly reason: string;
}

/** Ends steps and batches when the run stops. Not a failure: what it ends can be resumed. */
export class StopError extends Error {
  override readonly name = 'AbortError';
  readonly stop: Stop;

  constructor(stop: Stop) {
    super(`The run is being ${stop.as}: ${stop.reason}`);
    this.stop = stop;
  }
}

/** The status of a step that a stop ended. */
export function stoppedStatus(stop: Stop): StepStatus {
  return stop.as === 'cancelled' ? StepStatus.cancelled : StepStatus.interrupted;
}

/** `ctx.cancel()` throws it to end the run; the `.cancel()` node does the same. */
export class CancelRequest extends Error {
  override readonly name = 'CancelRequest';
}

/** A step or batch that took longer than it may. */
export class TimeoutError extends Error {
  override readonly name = 'TimeoutError';
}

/** Ends a batch that a person has cancelled; the run goes on. */
export class BatchCancelled extends Error {
  override readonly name = 'BatchCancelled';
}

/** Ends a member of a race after another one succeeded. */
export class RaceLost extends Error {
  override readonly name = 'AbortError';
}
