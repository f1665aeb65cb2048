/** The engine's time. Tests use a clock that they advance themselves. */
export interface Clock {
  /**
   * The wall clock, for stamps: milliseconds since 1970, with fractions. It can be set, also back, while a run goes on: no
   * duration is measured by it.
   */
  now(): number;
  /** A clock that nobody sets, for durations and deadlines: milliseconds since some moment of this process. */
  elapsed(): number;
  /** Calls back after `ms` milliseconds of `elapsed`. Returns a function that cancels the call. */
  after(ms: number, call: () => void): () => void;
}

/** `Date` knows whole milliseconds only. What it says beyond that has been set, or the computer has slept. */
const SAME_MS = 2;

let origin = performance.timeOrigin;

export const systemClock: Clock = {
  now() {
    const wall = Date.now();
    const fine = origin + performance.now();
    if (Math.abs(fine - wall) < SAME_MS) return fine;
    origin += wall - fine;
    return wall;
  },
  elapsed: () => performance.now(),
  after(ms, call) {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  },
};

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
    this.startedAt = clock.now();
    this.#begun = clock.elapsed();
  }

  /** Milliseconds since it began. */
  elapsed(): number {
    return this.#clock.elapsed() - this.#begun;
  }

  /** The stamp of an end that is now. */
  endedAt(): number {
    return this.startedAt + this.elapsed();
  }
}
