/** Why a run stops before its end, and what its status will be. */
export interface Stop {
  readonly as: 'cancelled' | 'paused' | 'interrupted';
  readonly reason: string;
}

/** Travels up through steps and batches when the run stops. Never a failure: what it passes through is left to be resumed. */
export class StopError extends Error {
  override readonly name = 'AbortError';
  readonly stop: Stop;

  constructor(stop: Stop) {
    super(`The run is being ${stop.as}: ${stop.reason}`);
    this.stop = stop;
  }
}

/** `ctx.cancel()` throws it to end the run; the `.cancel()` node does the same. */
export class CancelRequest extends Error {
  override readonly name = 'CancelRequest';
}

/** A step or batch that took longer than it may. */
export class TimeoutError extends Error {
  override readonly name = 'TimeoutError';
}

/** Lost a race: another member succeeded first. */
export class RaceLost extends Error {
  override readonly name = 'AbortError';
}
