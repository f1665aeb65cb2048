import { ended } from '../../common/counts.ts';
import { RateMeter } from '../../common/rate-meter.ts';
import type { Counts } from '../api/api.ts';

/** An estimate made earlier than this would be worthless. */
const SETTLED_MS = 2_000;

/** Estimates how many items are done a second, and how long the rest takes at that rate. */
export class RateEstimator {
  readonly #meter = new RateMeter();
  #first: { readonly at: number; readonly done: number } | undefined;
  /** When something was done last. */
  #latest: { readonly at: number; readonly done: number } | undefined;

  /** @param complete Whether all items are known: while a stream can bring more, nobody can say how long it takes. */
  note(counts: Counts, complete: boolean, at: number): { rate: number; left: [number, number] | undefined } {
    const { running, waiting } = counts;
    const done = ended(counts);
    this.#first ??= { at, done };
    if (this.#latest?.done !== done) this.#latest = { at, done };
    const rate = Math.max(0, this.#meter.rate(done, at));
    const elapsed = at - this.#first.at;
    if (!complete || elapsed < SETTLED_MS || rate === 0) return { rate, left: undefined };
    // The rate of the last seconds and the rate of the whole time are about as far apart as the future is from either.
    const overall = ((done - this.#first.done) / elapsed) * 1000;
    const rest = running + waiting;
    const [slow, fast] = overall > 0 ? [Math.min(rate, overall), Math.max(rate, overall)] : [rate, rate];
    const [least, most] = [Math.round((rest / fast) * 900), Math.round((rest / slow) * 1100)];
    // All of the rest should have been done by now: a step hangs, and until when nobody can say.
    if (at - (this.#latest?.at ?? at) > most) return { rate, left: undefined };
    return { rate, left: [least, most] };
  }
}
