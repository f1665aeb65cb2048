import type { StepMoment } from '../../../engine/store/time-queries.ts';

/** How long the attempts of a step took, in milliseconds. */
export interface StepFigures {
  readonly count: number;
  readonly p50: number;
  readonly p95: number;
  readonly max: number;
  /** Of up to 16 lengths of time that get longer and longer: how many took that long. `to` is not part of it. */
  readonly bins: readonly { readonly from: number; readonly to: number; readonly count: number }[];
  /** The batch, or round, with the longest. */
  readonly slowest: number;
}

/** Gathers the times of each step, by its node. */
export function figuresOf(moments: Iterable<StepMoment>): ReadonlyMap<number, StepFigures> {
  const times = new Map<number, { ms: number[]; max: number; slowest: number }>();
  for (const [node, scope, startedAt, endedAt] of moments) {
    let own = times.get(node);
    if (!own) times.set(node, (own = { ms: [], max: -1, slowest: 0 }));
    // A clock that was set back.
    const ms = Math.max(0, endedAt - startedAt);
    own.ms.push(ms);
    if (ms > own.max) Object.assign(own, { max: ms, slowest: scope });
  }
  return new Map(
    Array.from(times, ([node, { ms, max, slowest }]) => {
      const sorted = Float64Array.from(ms).sort();
      return [
        node,
        {
          count: sorted.length,
          p50: quantile(sorted, 0.5),
          p95: quantile(sorted, 0.95),
          max,
          bins: binsOf(sorted),
          slowest,
        },
      ];
    }),
  );
}

/** One of the values: the least that so many of them are not above. @param sorted At least one value */
function quantile(sorted: ArrayLike<number>, share: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}

const MOST_BINS = 16;
/** Bounds in each power of ten, the finest first: so that a bar has bounds that can be said. */
const SERIES = [[1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8], [1, 1.5, 2, 3, 5, 7], [1, 2, 5], [1, 3], [1]] as const;
/** Shorter ones are in the first bar. */
const LEAST_MS = 0.1;

function binsOf(sorted: Float64Array): StepFigures['bins'] {
  const [least, most] = [sorted[0] ?? 0, sorted.at(-1) ?? 0];
  for (const series of SERIES) {
    const bounds = boundsFor(least, most, series);
    if (bounds.length - 1 > MOST_BINS && series.length > 1) continue;
    let at = 0;
    return bounds.slice(0, -1).map((from, index) => {
      const to = bounds[index + 1] ?? Infinity;
      const begin = at;
      while (at < sorted.length && (sorted[at] ?? 0) < to) at += 1;
      return { from, to, count: at - begin };
    });
  }
  return [];
}

/** From the last bound that is not above the least value to the first one that is above the most. */
function boundsFor(least: number, most: number, series: readonly number[]): number[] {
  const bounds: number[] = least < LEAST_MS ? [0] : [];
  for (let power = -1; ; power += 1) {
    for (const factor of series) {
      const bound = Number((factor * 10 ** power).toPrecision(3));
      if (bound <= least) bounds.length = 0;
      bounds.push(bound);
      if (bound > most) return bounds;
    }
  }
}
