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

/** What an edit of items changes, value by value. @throws SyntaxError, InexactNumberError where the new text cannot be read */
export function diffItems(before: string, after: string): ItemDiff {
  const [old, edited] = [splitItems(before) ?? [], splitItems(after) ?? []];
  const changes: ItemChange[] = [];
  let items = 0;
  // Of a list that became longer or shorter, what is the same at its beginning and at its end stays.
  const same = (a: number, b: number) => sliceOf(before, old[a]) === sliceOf(after, edited[b]);
  let tail = 0;
  if (old.length !== edited.length)
    while (tail < Math.min(old.length, edited.length) && same(old.length - 1 - tail, edited.length - 1 - tail))
      tail += 1;
  const [oldEnd, newEnd] = [old.length - tail, edited.length - tail];
  for (let index = 0; index < Math.max(oldEnd, newEnd); index++) {
    const [left, right] = [
      index < oldEnd ? sliceOf(before, old[index]) : undefined,
      index < newEnd ? sliceOf(after, edited[index]) : undefined,
    ];
    if (left === right || (left !== undefined && right !== undefined && flat(left) === flat(right))) continue;
    items += 1;
    if (changes.length >= MOST_CHANGES) continue;
    const side = (text: string | undefined) => (text === undefined ? undefined : { node: parseValueText(text), text });
    collect(changes, index, '', side(left), side(right));
  }
  return { changes: changes.slice(0, MOST_CHANGES), items, counts: [old.length, edited.length] };
}

interface Read {
  readonly node: TextNode;
  readonly text: string;
}

function sliceOf(text: string, span: { readonly from: number; readonly to: number } | undefined): string | undefined {
  return span && text.slice(span.from, span.to);
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
