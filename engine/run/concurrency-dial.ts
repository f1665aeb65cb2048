/**
 * How many batches of each node may run at a time, where a user has changed it during the run. What was changed is on record;
 * a later session begins with what the workflow says.
 */
export class ConcurrencyDial {
  readonly #values: Map<string, number>;
  readonly #listeners = new Set<(path: string, value: number) => void>();

  constructor(before?: ConcurrencyDial) {
    this.#values = new Map(before?.values());
  }

  /** The value for a node's path; undefined where the workflow's own value applies. */
  of(path: string): number | undefined {
    return this.#values.get(path);
  }

  /** What was changed, by path. */
  values(): Iterable<[path: string, value: number]> {
    return this.#values;
  }

  set(path: string, value: number): void {
    this.#values.set(path, value);
    for (const listener of this.#listeners) listener(path, value);
  }

  /** Calls the listener after each change. Returns a function that ends that. */
  onChange(listener: (path: string, value: number) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
