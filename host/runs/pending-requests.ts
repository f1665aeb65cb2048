/**
 * Requests to resume or re-run a run whose outcome is not known yet, by run: a stop waits for them, because it could
 * not stop what has not started.
 */
export class PendingRequests {
  readonly #pending = new Map<number, Set<Promise<unknown>>>();

  async track<T>(run: number, work: () => Promise<T>): Promise<T> {
    const request = work();
    const others = this.#pending.get(run) ?? new Set();
    this.#pending.set(run, others.add(request));
    try {
      return await request;
    } finally {
      others.delete(request);
      if (others.size === 0) this.#pending.delete(run);
    }
  }

  /** Resolves when the requests made until now have their outcome, whatever it is. */
  async settled(run: number): Promise<void> {
    await Promise.allSettled(this.#pending.get(run) ?? []);
  }
}
