/** Indices of batches as ranges, both ends included. */
export type Ranges = [number, number][];
export type ReadonlyRanges = readonly (readonly [number, number])[];

export function toRanges(indices: Iterable<number>): Ranges {
  return mergeRanges(Array.from(indices, (index): [number, number] => [index, index]));
}

/** Sorts ranges and joins those that overlap or touch. */
export function mergeRanges(ranges: ReadonlyRanges): Ranges {
  const merged: Ranges = [];
  for (const [from, to] of ranges.toSorted((a, b) => a[0] - b[0])) {
    const last = merged.at(-1);
    if (last && from <= last[1] + 1) last[1] = Math.max(last[1], to);
    else merged.push([from, to]);
  }
  return merged;
}

/** The ranges without one range of indices. */
export function withoutRange(ranges: ReadonlyRanges, [from, to]: readonly [number, number]): Ranges {
  return ranges.flatMap(([first, last]): Ranges => {
    const rest: Ranges = [];
    if (first < from) rest.push([first, Math.min(last, from - 1)]);
    if (last > to) rest.push([Math.max(first, to + 1), last]);
    return rest;
  });
}

export function isIn(ranges: ReadonlyRanges, index: number): boolean {
  return ranges.some(([from, to]) => index >= from && index <= to);
}

export function sizeOf(ranges: ReadonlyRanges): number {
  return ranges.reduce((sum, [from, to]) => sum + to - from + 1, 0);
}
