import type { Clock, Reading } from '../../engine/run/clock.ts';

interface Timer {
  readonly at: number;
  readonly call: () => void;
}

/** More turns of the event loop than any test needs: something then goes round and round. */
const MOST_TURNS = 100_000;
/** Real milliseconds that work outside of this clock, such as reading a file, may take. */
const PATIENCE_MS = 2_000;

/**
 * A clock whose time only moves when the test says so. Timers that have come due are called in their order, and what each
 * sets in motion comes to rest before the next one: a test reads the same on a slow machine.
 */
export class SimulatedClock implements Clock {
  readonly #timers = new Set<Timer>();
  #now = 0;
  /** What the wall clock shows beyond the time that has passed. */
  #wall: number;

  constructor(startAt = Date.UTC(2026, 0, 1)) {
    this.#wall = startAt;
  }

  now(): number {
    return this.#wall + this.#now;
  }

  elapsed(): number {
    return this.#now;
  }

  reading(): Reading {
    return { now: this.now(), elapsed: this.elapsed() };
  }

  /** Somebody sets the wall clock, or the computer has slept: no time passes by the other clock. */
  setWall(by: number): void {
    this.#wall += by;
  }

  after(ms: number, call: () => void): () => void {
    const timer = { at: this.#now + ms, call };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  /** For handlers: waits on this clock. With a signal, rejects with its reason when that aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const cancel = this.after(ms, resolve);
      signal?.addEventListener('abort', () => {
        cancel();
        reject(signal.reason as Error);
      });
    });
  }

  /** How many timers are set. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Lets `ms` milliseconds pass. */
  async advance(ms: number): Promise<void> {
    const until = this.#now + ms;
    await atRest();
    while (await this.#fireNext(until));
    this.#now = until;
  }

  /** Lets time pass from timer to timer until the promise has settled, and gives what it came to. */
  async settle<T>(promise: Promise<T>): Promise<T> {
    let settled = false;
    const note = () => {
      settled = true;
    };
    promise.then(note, note);
    await atRest();
    for (let stuckSince: number | undefined; !settled;) {
      if (await this.#fireNext(Infinity)) {
        stuckSince = undefined;
        continue;
      }
      stuckSince ??= performance.now();
      if (performance.now() - stuckSince > PATIENCE_MS)
        throw new Error('Time stands still: no timer is set, and what the test waits for has not come.');
      await new Promise(resolve => setTimeout(resolve, 1));
      await atRest();
    }
    return await promise;
  }

  async #fireNext(until: number): Promise<boolean> {
    let next: Timer | undefined;
    for (const timer of this.#timers) {
      if (timer.at <= until && (!next || timer.at < next.at)) next = timer;
    }
    if (!next) return false;
    this.#timers.delete(next);
    this.#now = Math.max(this.#now, next.at);
    next.call();
    await atRest();
    return true;
  }
}

/** Resolves when everything that can go on without time passing has done so. */
async function atRest(): Promise<void> {
  for (let turns = 0; turns < MOST_TURNS; turns++) {
    await new Promise(resolve => setImmediate(resolve));
    // The engine's journal writes in a setImmediate, and the steps that wait for it go on from there.
    if (!process.getActiveResourcesInfo().includes('Immediate')) return;
  }
  throw new Error(`Still busy after ${MOST_TURNS} turns of the event loop.`);
}
