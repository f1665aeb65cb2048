import { parseValueText, type TextNode } from '../../../common/value-text.ts';
import { cellOf, kindOf } from './cell.ts';
import { splitItems } from './split-items.ts';

/** A value that an edit changes. Undefined: it is not there. */
export interface ItemChange {
  readonly item: number;
  /** From the item: `address.city`, empty for the item itself. */
  readonly path: string;
  readonly before: Side | undefined;
  readonly after: Side | undefined;
}

export interface Side {
  readonly text: string;
  readonly kind: string;
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
    if (changes.length >= MOST_CHANGES) continue;
    const side = (text: string | undefined) => (text === undefined ? undefined : { node: parseValueText(text), text });
    collect(changes, first + item, '', side(left), side(right));
  }
  return { changes: changes.slice(0, MOST_CHANGES), items, counts: [old.length, edited.length] };
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

interface Read {
  readonly node: TextNode;
  readonly text: string;
}

function collect(
  into: ItemChange[],
  item: number,
  path: string,
  before: Read | undefined,
  after: Read | undefined,
): void {
  if (into.length >= MOST_CHANGES || flatPart(before) === flatPart(after)) return;
  const [old, edited] = [membersOf(before), membersOf(after)];
  if (!old || !edited) {
    into.push({ item, path, before: sideOf(before), after: sideOf(after) });
    return;
  }
  for (const key of new Set([...old.keys(), ...edited.keys()]))
    collect(into, item, path === '' ? key : `${path}.${key}`, old.get(key), edited.get(key));
}

function membersOf(read: Read | undefined): ReadonlyMap<string, Read> | undefined {
  if (read?.node.kind === 'object' && read.node.name === undefined)
    return new Map(read.node.members.map(({ key, value }) => [key, { node: value, text: read.text }]));
  return undefined;
}

function sideOf(read: Read | undefined): Side | undefined {
  return read && { text: cellOf(read.node, read.text).text, kind: kindOf(read.node) };
}

function flatPart(read: Read | undefined): string | undefined {
  return read && flat(read.text.slice(read.node.from, read.node.to));
}

/** Spaces between values mean nothing. */
function flat(text: string): string {
  return text.replaceAll(/("(?:[^"\\]|\\.)*")|\s+/g, (_, quoted?: string) => quoted ?? '');
}
