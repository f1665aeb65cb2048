import { describeValue } from '../../workflow/errors.ts';
import { asOptions, positiveInteger, rejectUnknown } from '../../workflow/options.ts';
import type { ItemMarks } from './marks.ts';

/** What `ctx.each` needs of the attempt it is called in. */
export interface EachOf {
  readonly marks: ItemMarks;
  /** How many items the batch has. */
  readonly batchItems: number;
  /** Whether the attempt has been ended meanwhile. */
  readonly isOver: () => boolean;
}

/** Calls `fn` for all items, also after one has failed, and then throws the first error. */
export async function each(of: EachOf, items: unknown, fn: unknown, options: unknown = {}): Promise<unknown[]> {
  const list = checkedItems(items, of.batchItems);
  if (typeof fn !== 'function')
    throw new TypeError(`ctx.each got ${describeValue(fn)}: its second argument is a function of an item.`);
  const call = fn as (item: unknown, index: number) => unknown;
  const results: unknown[] = [];
  const failures: { readonly index: number; readonly thrown: unknown }[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < list.length && !of.isOver()) {
      const index = next++;
      try {
        results[index] = await call(list[index], index);
      } catch (thrown) {
        failures.push({ index, thrown });
        of.marks.failed(index, thrown);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrencyOf(options), list.length) }, work));
  const [first] = failures.toSorted((a, b) => a.index - b.index);
  if (first) throw first.thrown;
  return results;
}

/** An index says which item failed only where it is an index in the batch. */
function checkedItems(items: unknown, batchItems: number): readonly unknown[] {
  if (!Array.isArray(items))
    throw new TypeError(`ctx.each got ${describeValue(items)}: its first argument is the items.`);
  if (items.length === batchItems) return items;
  throw new RangeError(
    `ctx.each got ${items.length} items, and the batch has ${batchItems}: give it all items of the batch. For some of them, ` +
      `call ctx.item(index) before each.`,
  );
}

function concurrencyOf(options: unknown): number {
  const given = asOptions(options, 'ctx.each: what it is given as options');
  rejectUnknown(given, ['concurrency'], 'ctx.each');
  return positiveInteger(given.concurrency ?? 1, 'ctx.each: concurrency');
}
