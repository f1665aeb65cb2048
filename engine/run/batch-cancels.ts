import type { Scope } from './scope.ts';
import { BatchCancelled } from './stop.ts';
import type { Stopping } from './stopping.ts';

/** Batches that a person wants to be cancelled while the run goes on. */
export class BatchCancels {
  readonly #stopping: Stopping;
  readonly #inFlight = new Map<number, Scope>();
  /** Why, by scope: also of batches that have not begun yet. */
  readonly #asked = new Map<number, BatchCancelled>();

  constructor(stopping: Stopping) {
    this.#stopping = stopping;
  }

  /** It begins. Leave it when it has ended. */
  enter(scope: Scope): void {
    this.#inFlight.set(scope.id, scope);
  }

  leave(scope: Scope): void {
    this.#inFlight.delete(scope.id);
  }

  /** Ends it now where it is in flight, or else as soon as it would begin. Asked again, nothing happens. */
  ask(scope: number, reason: string): void {
    if (this.#asked.has(scope)) return;
    const error = new BatchCancelled(reason);
    this.#asked.set(scope, error);
    const inFlight = this.#inFlight.get(scope);
    if (inFlight) this.#stopping.abortScope(inFlight, error);
  }

  of(scope: Scope): BatchCancelled | undefined {
    return this.#asked.get(scope.id);
  }
}
