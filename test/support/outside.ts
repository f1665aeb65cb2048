/** What tests keep outside the engine, where no stop and no resume undoes it. */

/** The numbers from 0 on. */
export function range(length: number): number[] {
  return Array.from({ length }, (_, index) => index);
}

/** What steps have done in the world. */
export class Ledger {
  readonly entries: string[] = [];

  note(entry: string): void {
    this.entries.push(entry);
  }

  times(entry: string): number {
    return this.entries.filter(other => other === entry).length;
  }

  /** How often each entry was noted. */
  get counts(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const entry of this.entries) counts[entry] = (counts[entry] ?? 0) + 1;
    return counts;
  }

  /** Gives what was noted since the last call, in order, and forgets it. */
  take(): string[] {
    return this.entries.splice(0);
  }
}

/** Holds steps back until the test lets them go on: the interleaving is then the test's, not luck's. */
export class Gate {
  readonly #opened = Promise.withResolvers<void>();
  readonly #waiting: { readonly arrivals: number; readonly resolve: () => void }[] = [];
  #arrivals = 0;

  /** For steps: waits until the gate is open. */
  async pass(): Promise<void> {
    this.#arrivals += 1;
    for (const { arrivals, resolve } of this.#waiting) if (this.#arrivals >= arrivals) resolve();
    await this.#opened.promise;
  }

  open(): void {
    this.#opened.resolve();
  }

  /** Resolves when so many steps have come to the gate. */
  async reached(arrivals = 1): Promise<void> {
    if (this.#arrivals >= arrivals) return;
    await new Promise<void>(resolve => {
      this.#waiting.push({ arrivals, resolve });
    });
  }
}

/** Counts how many are at work at a time. */
export class Meter {
  #now = 0;
  most = 0;

  async during<T>(work: () => Promise<T>): Promise<T> {
    this.#now += 1;
    this.most = Math.max(this.most, this.#now);
    try {
      return await work();
    } finally {
      this.#now -= 1;
    }
  }
}

/** Resolves after the event loop has gone round a few times: everything that can go on has then gone on. */
export async function turns(count = 5): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise(resolve => setImmediate(resolve));
}

/** Everything that an async iterable gives, such as `ctx.results(name)`. */
export async function all<T>(iterable: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of iterable) items.push(item);
  return items;
}

/** What steps act upon: it remembers what was done, and some of it fails until it is mended. */
export class World extends Ledger {
  readonly #broken = new Set<string>();

  constructor(...broken: string[]) {
    super();
    this.break(...broken);
  }

  /** Does something, and gives it back as its result; throws where that is broken. */
  act(what: string): string {
    this.note(what);
    if (this.#broken.has(what)) throw new Error(`${what} is broken`);
    return what;
  }

  break(...what: string[]): void {
    for (const one of what) this.#broken.add(one);
  }

  /** Mends what is named, or everything. */
  mend(...what: string[]): void {
    if (what.length === 0) this.#broken.clear();
    for (const one of what) this.#broken.delete(one);
  }
}
