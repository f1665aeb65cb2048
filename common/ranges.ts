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

/** @param ranges In order: there may be many, and it is asked of each batch */
export function isIn(ranges: ReadonlyRanges, index: number): boolean {
  let [low, high] = [0, ranges.length - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const range = ranges[middle];
    if (!range || index < range[0]) high = middle - 1;
    else if (index > range[1]) low = middle + 1;
    else return true;
  }
  return false;
}

export function sizeOf(ranges: ReadonlyRanges): number {
  return ranges.reduce((sum, [from, to]) => sum + to - from + 1, 0);
}

/** Some of the indices in ranges: `count` of them, after the first `skip`. */
export function partOf(ranges: ReadonlyRanges, skip: number, count: number): Ranges {
  const part: Ranges = [];
  let [before, wanted] = [skip, count];
  for (const [from, to] of ranges) {
    if (wanted <= 0) break;
    const size = to - from + 1;
    if (before >= size) {
      before -= size;
      continue;
    }
    const first = from + before;
    const last = Math.min(to, first + wanted - 1);
    part.push([first, last]);
    wanted -= last - first + 1;
    before = 0;
  }
  return part;
}
