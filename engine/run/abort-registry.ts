import type { Scope } from './scope.ts';

/** Work in flight that a stop, a timeout or a lost race can end. */
export interface Abortable {
  readonly scopeOf: Scope;
  /** Ends the work now. Does nothing when the work has ended. */
  abort(error: Error): void;
  /** Asks the author's code to stop. Work without any of the author's code has no such method and is aborted instead. */
  signalAbort?(reason: Error): void;
  /**
   * Nothing in the process can wake it any more: it ends now, if it is the author's code that is waited for. Returns
   * whether it was. Work without this method is aborted.
   */
  starve?(error: Error): boolean;
  /** Whether it does nothing itself: it waits for what comes from outside, or for what stands in it. @default not */
  isAtRest?(): boolean;
}

/** All work of a run that is in flight. */
export class AbortRegistry {
  readonly #abortables = new Set<Abortable>();
  #changes = 0;

  register(abortable: Abortable): void {
    this.#abortables.add(abortable);
    this.#changes += 1;
  }

  unregister(abortable: Abortable): void {
    this.#abortables.delete(abortable);
    this.#changes += 1;
  }

  /** Another number whenever work has begun or ended. */
  get changes(): number {
    return this.#changes;
  }

  /** Whether nothing of it does anything itself. */
  get isAtRest(): boolean {
    return [...this.#abortables].every(abortable => abortable.isAtRest?.() === true);
  }

  /** Asks all work to stop. */
  signalAll(reason: Error): void {
    // A copy: work unregisters when it ends, and may register more.
    for (const abortable of [...this.#abortables]) {
      if (abortable.signalAbort) abortable.signalAbort(reason);
      else abortable.abort(reason);
    }
  }

  /** Ends all work now. */
  abortAll(error: Error): void {
    for (const abortable of [...this.#abortables]) abortable.abort(error);
  }

  /** Ends all work that waits for the author's code, which nothing can wake any more. Returns whether there was any. */
  starveAll(error: Error): boolean {
    let found = false;
    for (const abortable of [...this.#abortables]) {
      if (abortable.starve) found = abortable.starve(error) || found;
      else {
        abortable.abort(error);
        found = true;
      }
    }
    return found;
  }

  /** Ends all work in a scope now. */
  abortWithin(scope: Scope, error: Error): void {
    for (const abortable of [...this.#abortables]) {
      if (abortable.scopeOf.isWithin(scope)) abortable.abort(error);
    }
  }
}
