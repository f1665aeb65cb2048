import fc from 'fast-check';
import { range } from './outside.ts';

/** A batch node whose first batch fails for what is planted in it; the batches after it are good. Items are `{ id }`, from 0. */
export interface Planted {
  /** How many items a batch has. */
  readonly size: number;
  readonly batches: number;
  /** Reads one item after the other, or works on all at the same time. */
  readonly style: 'in order' | 'all at once';
  /** Fail alone, each with one of so many causes. */
  readonly broken: readonly number[];
  readonly causes: number;
  /** Fail only where all of them are there. */
  readonly together: readonly number[];
  /** More items than this fail. 0: no limit. */
  readonly most: number;
  /** Fail each second time. */
  readonly flaky: readonly number[];
  /** The step refuses items that it has seen before in its process; or everything, after so many calls. */
  readonly remembers: boolean;
  readonly callsLeft: number;
  /** Fails with fewer items than a batch has. */
  readonly needsAll: boolean;
}

/** What a process of the author's code keeps from one call to the next. */
export interface Kept {
  readonly seen: Set<number>;
  calls: number;
}

export const NOTHING_PLANTED: Planted = {
  ...{ size: 20, batches: 2, style: 'in order', broken: [], causes: 1, together: [], most: 0, flaky: [] },
  ...{ remembers: false, callsLeft: 0, needsAll: false },
};

/** Refuses what is planted. Its text goes into workflow files, too: it uses nothing from outside. */
export async function refusePlanted(
  planted: Planted,
  kept: Kept,
  items: readonly { readonly id: number }[],
): Promise<number> {
  kept.calls += 1;
  if (planted.callsLeft > 0 && kept.calls > planted.callsLeft) throw new Error('no connection is left');
  if (planted.needsAll && items.length < planted.size) throw new Error('the total is missing');
  // Only the first batch is full: all others are good.
  const isFirst = items.every(item => item.id < planted.size);
  if (planted.most > 0 && isFirst && items.length > planted.most) throw new Error('too many items');
  if (planted.remembers)
    for (const item of items) {
      if (kept.seen.has(item.id)) throw new Error('it was seen before');
      kept.seen.add(item.id);
    }
  const refuse = (id: number) => {
    if (planted.broken.includes(id)) throw new Error(`broken by ${'abc'[id % planted.causes]}`);
    if (planted.flaky.includes(id) && (kept.calls + id) % 2 === 0) throw new Error('now and then');
  };
  if (planted.style === 'all at once')
    await Promise.all(
      items.map(async item => {
        await Promise.resolve();
        refuse(item.id);
      }),
    );
  else for (const item of items) refuse(item.id);
  if (planted.together.length > 0 && planted.together.every(id => items.some(item => item.id === id)))
    throw new Error('only together');
  return items.length;
}

/** So many different items of a batch. */
const someOf = (size: number, { min, max }: { min: number; max: number }) =>
  fc.uniqueArray(fc.nat(size - 1), { minLength: Math.min(min, size), maxLength: Math.max(1, Math.min(max, size)) });

const style = fc.constantFrom<Planted['style']>('in order', 'all at once');

/** A batch and what is planted in it. */
function plantedIn(sizes: { min: number; max: number }, of: (size: number) => Record<string, fc.Arbitrary<unknown>>) {
  return fc
    .integer(sizes)
    .chain(size => fc.record({ size: fc.constant(size), style, ...of(size) }))
    .map((chosen): Planted => ({ ...NOTHING_PLANTED, ...chosen }));
}

const few = (size: number) => someOf(size, { min: 1, max: Math.floor(size / 5) });

export const PLANTED = {
  /** Items that fail alone, of several causes, at most one in five. */
  alone: plantedIn({ min: 5, max: 60 }, size => ({ broken: few(size), causes: fc.integer({ min: 1, max: 3 }) })),
  /** So many that groups no longer help. */
  dense: plantedIn({ min: 3, max: 25 }, size => ({ broken: someOf(size, { min: 1, max: size }) })),
  together: plantedIn({ min: 8, max: 60 }, size => ({ together: someOf(size, { min: 2, max: 4 }) })),
  /** A limit, and items that fail alone beside it. */
  limit: plantedIn({ min: 12, max: 60 }, size => ({
    most: fc.integer({ min: 3, max: size - 1 }),
    broken: fc.oneof(fc.constant([]), someOf(size, { min: 1, max: 2 })),
  })),
  flaky: plantedIn({ min: 5, max: 40 }, size => ({ flaky: someOf(size, { min: 1, max: 2 }), broken: few(size) })),
  remembers: plantedIn({ min: 5, max: 20 }, size => ({
    broken: someOf(size, { min: 1, max: 2 }),
    remembers: fc.constant(true),
  })),
  leaks: plantedIn({ min: 5, max: 20 }, size => ({
    broken: someOf(size, { min: 1, max: 3 }),
    callsLeft: fc.integer({ min: 3, max: 12 }),
  })),
  needsAll: plantedIn({ min: 5, max: 20 }, size => ({
    broken: someOf(size, { min: 1, max: 2 }),
    needsAll: fc.constant(true),
  })),
} as const;

export function itemsOf({ size, batches }: Planted): { readonly id: number }[] {
  return range(size * batches).map(id => ({ id }));
}
