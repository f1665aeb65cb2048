/** The engine's time. Tests use a clock that they advance themselves. */
export interface Clock {
  /**
   * The wall clock, for stamps: milliseconds since 1970, with fractions. It can be set, also back, while a run goes on: no
   * duration is measured by it.
   */
  now(): number;
  /** A clock that nobody sets, for durations and deadlines: milliseconds since some moment of this process. */
  elapsed(): number;
  /** Both at one moment: between two looks a process may wait for its turn, tens of milliseconds on a busy machine. */
  reading(): Reading;
  /** Calls back after `ms` milliseconds of `elapsed`. Returns a function that cancels the call. */
  after(ms: number, call: () => void): () => void;
}

export interface Reading {
  readonly now: number;
  readonly elapsed: number;
}

/** `Date` knows whole milliseconds only. What it says beyond that has been set, or the computer has slept. */
const SAME_MS = 2;

let origin = performance.timeOrigin;

export const systemClock: Clock = {
  now: () => readClocks().now,
  elapsed: () => performance.now(),
  reading: readClocks,
  after(ms, call) {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  },
};

function readClocks(): Reading {
  const before = performance.now();
  const wall = Date.now();
  // Nearly always. There are several looks for each step, and each clock that is read costs 40 ns.
  if (Math.abs(wall - origin - before) <= SAME_MS) return { now: origin + before, elapsed: before };
  const elapsed = performance.now();
  // The wall clock was read between the two. It has been set where it shows what it cannot show then.
  if (wall < origin + before - SAME_MS || wall > origin + elapsed + SAME_MS) origin = wall - elapsed;
  return { now: origin + elapsed, elapsed };
}

export interface Moment {
  /** Since the beginning of what is measured. */
  readonly ms: number;
  readonly stamp: number;
}

/**
 * Measures one thing from its beginning: the stamp of its end is that of its beginning and the time that has passed, so that the
 * duration between the two is right whatever happens to the wall clock.
 */
export class Stopwatch {
  readonly #clock: Clock;
  readonly startedAt: number;
  readonly #begun: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    const { now, elapsed } = clock.reading();
    this.startedAt = now;
    this.#begun = elapsed;
  }

  /** Milliseconds since it began. */
  elapsed(): number {
    return this.#clock.elapsed() - this.#begun;
  }

  /** The stamp of an end that is now. */
  endedAt(): number {
    return this.startedAt + this.elapsed();
  }

  /** How long it has been going on, and the stamp of that moment, which is not before the wall clock. */
  moment(): Moment {
    const { now, elapsed } = this.#clock.reading();
    const ms = elapsed - this.#begun;
    return { ms, stamp: Math.max(now, this.startedAt + ms) };
  }
}
