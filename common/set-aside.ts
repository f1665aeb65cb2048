import type { Finding } from './findings.ts';
import type { StoredError } from './stored-error.ts';

/** An item that its batch goes without, with the reason. */
export interface SetAsideItem {
  /** Its index among the items that the batch was created with. */
  readonly item: number;
  /** Its place in the source of the batch node, from 0. */
  readonly position: number;
  /** What the author calls it. */
  readonly label: string | undefined;
  /** How it was found to be at fault; undefined where a person has named it by its place. */
  readonly found: Finding['found'] | undefined;
  readonly error: StoredError | undefined;
  /** What a person says of it. */
  readonly reason: string | undefined;
  /** The person; undefined: the workflow itself (`onItemError`). */
  readonly who: string | undefined;
}

/*
 * A batch that goes without some of its items has a shorter list. An item is called by its index in the list that the batch was
 * created with, whatever is set aside, so that `2:17` always means the same one.
 */

/** The index that an item of the shorter list has in the whole one. @param gone What is set aside, in order */
export function wholeIndex(index: number, gone: readonly number[]): number {
  let whole = index;
  for (const other of gone) if (other <= whole) whole += 1;
  return whole;
}

/** The index that an item of the whole list has in the shorter one. It is not set aside itself. */
export function shortIndex(item: number, gone: readonly number[]): number {
  return item - gone.filter(other => other < item).length;
}

/** Those of the items that are not set aside, by their indices in the shorter list, in order. */
export function shortIndices(items: readonly number[], gone: readonly number[]): number[] {
  return items
    .filter(item => !gone.includes(item))
    .map(item => shortIndex(item, gone))
    .toSorted((a, b) => a - b);
}

/** The list without these items, and the items. @param gone What is set aside already, in order */
export function withoutItems(
  list: readonly unknown[],
  gone: readonly number[],
  items: readonly number[],
): { readonly left: unknown[]; readonly taken: unknown[] } {
  const indices = items.map(item => shortIndex(item, gone));
  const taken = new Set(indices);
  return { left: list.filter((_, index) => !taken.has(index)), taken: indices.map(index => list[index]) };
}

/**
 * The list with items back in their places; at the end where it has become shorter than that by an edit.
 * @param gone What is set aside, in order, with these
 */
export function withItems(
  list: readonly unknown[],
  gone: readonly number[],
  items: readonly { readonly item: number; readonly value: unknown }[],
): unknown[] {
  const result = [...list];
  const back = items.toSorted((a, b) => a.item - b.item);
  const still = gone.filter(other => !back.some(({ item }) => item === other));
  for (const { item, value } of back) result.splice(shortIndex(item, still), 0, value);
  return result;
}
