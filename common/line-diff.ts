/** Lines that were replaced, in the text as it is now. */
export interface Hunk {
  /** The first of its lines, from 1, in the text as it is now. */
  readonly line: number;
  readonly removed: readonly string[];
  readonly added: readonly string[];
}

/** Of more changed lines than this on either side, what lies between the first and the last one is one hunk. */
const MOST_COMPARED = 600;

/** What has changed between two texts, line by line. */
export function lineDiff(before: string, after: string): Hunk[] {
  const [old, now] = [before.split(/\r?\n/), after.split(/\r?\n/)];
  let head = 0;
  while (head < old.length && head < now.length && old[head] === now[head]) head += 1;
  let tail = 0;
  while (tail < old.length - head && tail < now.length - head && old.at(-1 - tail) === now.at(-1 - tail)) tail += 1;
  const [left, right] = [old.slice(head, old.length - tail), now.slice(head, now.length - tail)];
  if (left.length === 0 && right.length === 0) return [];
  if (left.length > MOST_COMPARED || right.length > MOST_COMPARED)
    return [{ line: head + 1, removed: left, added: right }];
  return hunksOf(left, right, head + 1);
}

/** Walks along the longest common subsequence of both. */
function hunksOf(left: readonly string[], right: readonly string[], first: number): Hunk[] {
  const common = commonLengths(left, right);
  const hunks: { line: number; removed: string[]; added: string[] }[] = [];
  let current: (typeof hunks)[number] | undefined;
  let [i, j] = [0, 0];
  while (i < left.length || j < right.length) {
    const [was, is] = [left[i], right[j]];
    if (was !== undefined && was === is) {
      current = undefined;
      i += 1;
      j += 1;
      continue;
    }
    if (!current) hunks.push((current = { line: first + j, removed: [], added: [] }));
    const removes = is === undefined || (was !== undefined && lengthAt(common, i + 1, j) >= lengthAt(common, i, j + 1));
    if (removes && was !== undefined) {
      current.removed.push(was);
      i += 1;
    } else if (is !== undefined) {
      current.added.push(is);
      j += 1;
    }
  }
  return hunks;
}

/** How long the longest common subsequence is of what follows in both, by where each begins. */
function commonLengths(left: readonly string[], right: readonly string[]): readonly Uint16Array[] {
  const lengths = Array.from({ length: left.length + 1 }, () => new Uint16Array(right.length + 1));
  for (let i = left.length - 1; i >= 0; i--) {
    const row = lengths[i];
    if (!row) continue;
    for (let j = right.length - 1; j >= 0; j--)
      row[j] =
        left[i] === right[j]
          ? lengthAt(lengths, i + 1, j + 1) + 1
          : Math.max(lengthAt(lengths, i + 1, j), lengthAt(lengths, i, j + 1));
  }
  return lengths;
}

function lengthAt(lengths: readonly Uint16Array[], i: number, j: number): number {
  return lengths[i]?.[j] ?? 0;
}
