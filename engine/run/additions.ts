import type { Adds } from '../store/records.ts';

/** What a `set` that builds on what its batch has read added to it. */
export function addsOf(delta: number | null, items: number | undefined): Adds {
  if (delta === 1) return items === 1 ? 'both' : 'one';
  return delta !== null && delta === items ? 'items' : 'other';
}

/** An update adds when it adds the same to another number: a maximum or a doubling does not. */
export function addedBy(change: (current: unknown) => unknown, before: number, after: number): number | null {
  const delta = after - before;
  try {
    for (const probe of [before + 1, before - delta - 1, before]) {
      const result = change(probe);
      if (typeof result !== 'number' || Math.abs(result - probe - delta) > 1e-9 * Math.max(1, Math.abs(result)))
        return null;
    }
    return delta;
  } catch {
    // It throws for another number: it is not a plain addition.
    return null;
  }
}
