import type { Clock, Reading } from '../run/clock.ts';
import type { Run } from '../run/run.ts';
import { endWhatWaitsForEver } from '../run/starved.ts';

interface Timer {
  readonly at: number;
  readonly call: () => void;
}

/** Turns of the event loop that are looked at without a pause: what a step awaits has mostly come by then. */
const QUICK_TURNS = 20;

/**
 * A clock for tests: its time stands still while anything is executed, and leaps to the next timer when nothing is. An hour between two
 * attempts takes no time, and a step takes none either, however slow the machine is.
 */
export class TestClock implements Clock {
  readonly #timers = new Set<Timer>();
  readonly #startAt: number;
  #elapsed = 0;
  /** Calls that wait for this clock only: they are no reason not to go on. */
  #held = 0;

  constructor(startAt: number) {
    this.#startAt = startAt;
  }

  now(): number {
    return this.#startAt + this.#elapsed;
  }

  elapsed(): number {
    return this.#elapsed;
  }

  reading(): Reading {
    return { now: this.now(), elapsed: this.#elapsed };
  }

  after(ms: number, call: () => void): () => void {
    const timer = { at: this.#elapsed + ms, call };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  /** For a step: waits on this clock, or for ever. Rejects when the signal aborts. */
  hold(ms: number | undefined, signal: AbortSignal): Promise<void> {
    this.#held += 1;
    return new Promise<void>((resolve, reject) => {
      const cancel = ms === undefined ? undefined : this.after(ms, resolve);
      const abort = () => {
        cancel?.();
        reject(signal.reason as Error);
      };
      if (signal.aborted) abort();
      else signal.addEventListener('abort', abort, { once: true });
    }).finally(() => {
      this.#held -= 1;
    });
  }

  /** Lets time pass, from timer to timer, until the run has come to its end. */
  async passUntil<T>(end: Promise<T>, current: () => Run): Promise<T> {
    let isOver = false;
    const note = () => {
      isOver = true;
    };
    end.then(note, note);
    for (let turns = 0; !isOver; turns++) {
      await (turns < QUICK_TURNS ? turn() : rest());
      if (isOver || !this.#isAtRest(current())) continue;
      // What an event of this turn has set in motion comes first.
      await turn();
      if (isOver || !this.#isAtRest(current())) continue;
      turns = 0;
      if (!this.#leap()) endWhatWaitsForEver(current());
    }
    return await end;
  }

  #isAtRest(run: Run): boolean {
    const runs = run.withSubflows;
    const executing = runs.reduce((sum, { inFlight }) => sum + inFlight.executing, 0);
    const isAsking = runs.some(({ inFlight }) => inFlight.asking > 0);
    return executing <= this.#held && !isAsking && !process.getActiveResourcesInfo().includes('Immediate');
  }

  #leap(): boolean {
    let next: Timer | undefined;
    for (const timer of this.#timers) if (!next || timer.at < next.at) next = timer;
    if (!next) return false;
    this.#timers.delete(next);
    this.#elapsed = Math.max(this.#elapsed, next.at);
    next.call();
    return true;
  }
}

function turn(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve));
}

/** Something real is waited for: a file, a server. */
function rest(): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, 1));
}
