import { RateMeter } from '../../common/rate-meter.ts';
import type { Counts } from '../api/api.ts';

/** Before this, a guess would be worth nothing. */
const SETTLED_MS = 2_000;

/** How fast items get done, and how long the rest will take if it goes on like this. */
export class RateEstimator {
  readonly #meter = new RateMeter();
  #first: { readonly at: number; readonly done: number } | undefined;

  note(
    { succeeded, failed, cancelled, running, waiting }: Counts,
    complete: boolean,
    at: number,
  ): { rate: number; left: [number, number] | undefined } {
    const done = succeeded + failed + cancelled;
    this.#first ??= { at, done };
    const rate = Math.max(0, this.#meter.rate(done, at));
    const elapsed = at - this.#first.at;
    if (!complete || elapsed < SETTLED_MS || rate === 0) return { rate, left: undefined };
    // The last seconds and the whole time disagree about as much as the future will with either.
    const overall = ((done - this.#first.done) / elapsed) * 1000;
    const rest = running + waiting;
    const [slow, fast] = overall > 0 ? [Math.min(rate, overall), Math.max(rate, overall)] : [rate, rate];
    return { rate, left: [Math.round((rest / fast) * 900), Math.round((rest / slow) * 1100)] };
  }
}
