import { inspect } from 'node:util';

/** Up to this length, listing the keys of an array is faster than asking what it has beside its elements. */
const SHORT = 16;

/**
 * True when an array has nothing beside its elements and its length: no named members, hidden ones, or symbols. The keys
 * of a long array take ten times as long to list as the array to encode; `inspect` tells what there is beside the
 * elements without looking at these.
 */
export function hasOnlyElements(array: readonly unknown[]): boolean {
  const { length } = array;
  if (length <= SHORT) {
    const keys = Object.getOwnPropertyNames(array);
    // Of an array with holes there are fewer. The keys of elements come first, and `length` is the next.
    return keys.at(-1) === 'length' && Object.getOwnPropertySymbols(array).length === 0;
  }
  const beside = inspect(array, { maxArrayLength: 0, showHidden: true, depth: 0, breakLength: Infinity });
  return beside.endsWith(`more items, [length]: ${length} ]`);
}
