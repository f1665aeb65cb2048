import { AbortRegistry } from './abort-registry.ts';
import type { Clock } from './clock.ts';
import type { Scope } from './scope.ts';
import { StopError, type Stop } from './stop.ts';

/** How a run stops before its end: nothing begins any more, and work in flight is asked to stop and later ended. */
export class Stopping {
  readonly abortables = new AbortRegistry();
  readonly #clock: Clock;
  readonly #graceMs: number;
  readonly #onStop: ((stop: Stop) => void) | undefined;
  #stop: Stop | undefined;
  #cancelGrace: (() => void) | undefined;

  /**
   * @param graceMs How long work in flight may go on after a stop, in milliseconds.
   * @param onStop Hears of the stop that was requested first.
   */
  constructor(clock: Clock, graceMs: number, onStop?: (stop: Stop) => void) {
    this.#clock = clock;
    this.#graceMs = graceMs;
    this.#onStop = onStop;
  }

  /** The stop that was requested first. */
  get stop(): Stop | undefined {
    return this.#stop;
  }

  /** Asks everything to stop. What is still in flight after the grace period is not waited for. */
  request(stop: Stop): void {
    if (this.#stop) return;
    this.#stop = stop;
    this.#onStop?.(stop);
    const error = new StopError(stop);
    this.abortables.signalAll(error);
    this.#cancelGrace = this.#clock.after(this.#graceMs, () => this.abortables.abortAll(error));
  }

  /** Requests a stop, and ends all work at once. */
  requestNow(stop: Stop): void {
    this.request(stop);
    this.abortables.abortAll(new StopError(stop));
  }

  /** Ends a scope and everything in it. */
  abortScope(scope: Scope, error: Error): void {
    scope.abortedBy = error;
    this.abortables.abortWithin(scope, error);
  }

  /** @throws StopError when the run stops, or the error that ended the scope */
  check(scope: Scope): void {
    if (this.#stop) throw new StopError(this.#stop);
    const error = scope.abortedWith();
    if (error) throw error;
  }

  /** Call it when the run has ended: the timer of the grace period would keep the process alive. */
  end(): void {
    this.#cancelGrace?.();
  }
}
