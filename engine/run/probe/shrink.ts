/** What is left of a value from which everything was taken that its failure does not need. */
export interface Shrunk {
  readonly value: unknown;
  /** How often it was tried. */
  readonly probes: number;
  /** Without any one more part of it, it does not fail so. */
  readonly isSmallest: boolean;
}

/**
 * Takes parts of a value away while it still fails: members of plain objects and elements of lists, at every depth, large parts first.
 * What is no plain object and no list stays as it is, and the value that is given is not changed.
 * @param fails Whether a smaller value still fails with the same cause
 * @param most More probes are not tried: what was reached until then still fails.
 */
export async function shrink(
  value: unknown,
  fails: (smaller: unknown) => Promise<boolean>,
  most: number,
): Promise<Shrunk> {
  let smallest = value;
  let probes = 0;
  for (;;) {
    const before = smallest;
    for (const smaller of smallerThan(smallest)) {
      if (probes >= most) return { value: smallest, probes, isSmallest: false };
      probes += 1;
      if (!(await fails(smaller))) continue;
      smallest = smaller;
      break;
    }
    if (smallest === before) return { value: smallest, probes, isSmallest: true };
  }
}

/** The value without a part, for each of its parts: halves of its members first, the members of its members last. */
export function* smallerThan(value: unknown): Generator {
  const parts = partsOf(value);
  if (!parts) return;
  const { keys, without, withPart, part } = parts;
  for (let size = keys.length; size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2))
    for (let from = 0; from < keys.length; from += size) yield without(new Set(keys.slice(from, from + size)));
  for (const key of keys) for (const smaller of smallerThan(part(key))) yield withPart(key, smaller);
}

interface Parts {
  readonly keys: readonly string[];
  readonly part: (key: string) => unknown;
  readonly without: (keys: ReadonlySet<string>) => unknown;
  readonly withPart: (key: string, part: unknown) => unknown;
}

/** Of what can be taken apart. */
function partsOf(value: unknown): Parts | undefined {
  if (Array.isArray(value)) {
    const list: readonly unknown[] = value;
    return {
      keys: list.map((_, index) => String(index)),
      part: key => list[Number(key)],
      without: keys => list.filter((_, index) => !keys.has(String(index))),
      withPart: (key, part) => list.with(Number(key), part),
    };
  }
  if (!isPlain(value)) return undefined;
  const entries = Object.entries(value);
  return {
    keys: entries.map(([key]) => key),
    part: key => value[key],
    // A member may be called __proto__.
    without: keys => Object.fromEntries(entries.filter(([key]) => !keys.has(key))),
    withPart: (key, part) => Object.fromEntries(entries.map(([other, own]) => [other, other === key ? part : own])),
  };
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
