/** Places among batches as ranges, both ends included. */
export type Ranges = [number, number][];

export function toRanges(indices: Iterable<number>): Ranges {
  const ranges: Ranges = [];
  for (const index of [...indices].toSorted((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last && index <= last[1] + 1) last[1] = Math.max(last[1], index);
    else ranges.push([index, index]);
  }
  return ranges;
}

export function isIn(ranges: readonly (readonly [number, number])[], index: number): boolean {
  return ranges.some(([from, to]) => index >= from && index <= to);
}

export function sizeOf(ranges: readonly (readonly [number, number])[]): number {
  return ranges.reduce((sum, [from, to]) => sum + to - from + 1, 0);
}
