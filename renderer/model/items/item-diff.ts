import { splitItems } from './split-items.ts';
import { flat, valueChanges, type ValueChange } from './value-changes.ts';

/** A value that an edit changes: its path is from the item. */
export interface ItemChange extends ValueChange {
  readonly item: number;
}

export interface ItemDiff {
  readonly changes: readonly ItemChange[];
  /** How many items change, with those that `changes` leaves out. */
  readonly items: number;
  readonly counts: readonly [before: number, after: number];
}

const MOST_CHANGES = 100;

/** What an edit of items changes, value by value. @param first The index of the first one. @throws SyntaxError, InexactNumberError where the new text cannot be read */
export function diffItems(before: string, after: string, first = 0): ItemDiff {
  const texts = (text: string) => (splitItems(text) ?? []).map(({ from, to }) => text.slice(from, to));
  const [old, edited] = [texts(before), texts(after)];
  const changes: ItemChange[] = [];
  let items = 0;
  for (const { item, left, right } of moved(old, edited) ?? inPlace(old, edited)) {
    if (left === right || (left !== undefined && right !== undefined && flat(left) === flat(right))) continue;
    items += 1;
    const room = MOST_CHANGES - changes.length;
    if (room > 0) changes.push(...valueChanges(left, right, room).map(change => ({ item: first + item, ...change })));
  }
  return { changes, items, counts: [old.length, edited.length] };
}

/** An item as it was and as it is; undefined where it is not there. */
interface Pair {
  readonly item: number;
  readonly left: string | undefined;
  readonly right: string | undefined;
}

/** Where items were only taken out, as those that are set aside, or only added: which. Undefined elsewhere. */
function moved(old: readonly string[], edited: readonly string[]): Pair[] | undefined {
  if (old.length === edited.length) return undefined;
  const isShorter = edited.length < old.length;
  const [short, long] = isShorter ? [edited, old] : [old, edited];
  const found: Pair[] = [];
  let next = 0;
  for (const [item, text] of long.entries()) {
    const other = short[next];
    if (other !== undefined && (other === text || flat(other) === flat(text))) next += 1;
    else found.push({ item, left: isShorter ? text : undefined, right: isShorter ? undefined : text });
  }
  return next === short.length ? found : undefined;
}

function inPlace(old: readonly string[], edited: readonly string[]): Pair[] {
  // Of a list that became longer or shorter, what is the same at its beginning and at its end stays.
  let tail = 0;
  if (old.length !== edited.length)
    while (tail < Math.min(old.length, edited.length) && old.at(-1 - tail) === edited.at(-1 - tail)) tail += 1;
  const [oldEnd, newEnd] = [old.length - tail, edited.length - tail];
  return Array.from({ length: Math.max(oldEnd, newEnd) }, (_, item) => ({
    item,
    left: item < oldEnd ? old[item] : undefined,
    right: item < newEnd ? edited[item] : undefined,
  }));
}
