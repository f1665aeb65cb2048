import type { Scope } from './scope.ts';

/** Work in flight that a stop, a timeout or a lost race can end. */
export interface Abortable {
  readonly scopeOf: Scope;
  /** Ends the work now. Does nothing when the work has ended. */
  abort(error: Error): void;
  /** Asks the author's code to stop. Work without any of the author's code has no such method and is aborted instead. */
  signalAbort?(reason: Error): void;
}

/** All work of a run that is in flight. */
export class AbortRegistry {
  readonly #abortables = new Set<Abortable>();

  register(abortable: Abortable): void {
    this.#abortables.add(abortable);
  }

  unregister(abortable: Abortable): void {
    this.#abortables.delete(abortable);
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

  /** Ends all work in a scope now. */
  abortWithin(scope: Scope, error: Error): void {
    for (const abortable of [...this.#abortables]) {
      if (abortable.scopeOf.isWithin(scope)) abortable.abort(error);
    }
  }
}
