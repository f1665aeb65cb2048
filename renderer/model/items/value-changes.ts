import { parseValueText, type TextNode } from '../../../common/value-text.ts';
import { cellOf, kindOf } from './cell.ts';

/** A value that is another one. Undefined: it is not there. */
export interface ValueChange {
  /** `address.city`, `rows.3`; empty for the value itself. */
  readonly path: string;
  readonly before: Side | undefined;
  readonly after: Side | undefined;
  /** How much more a number has become. */
  readonly by?: number;
}

export interface Side {
  readonly text: string;
  readonly kind: string;
}

/** The kind, where it has changed: 1941 and "1941" look alike. Beside nothing, a value says for itself what it is. */
export function kindToTell(side: Side, other: Side | undefined): string | undefined {
  const isOther = other !== undefined && other.kind !== side.kind;
  return isOther && side.kind !== 'nothing' && other.kind !== 'nothing' ? side.kind : undefined;
}

interface Read {
  readonly node: TextNode;
  readonly text: string;
}

/** What is other in a value, in the text by which values are shown, member by member: at most `most` changes. @throws SyntaxError, InexactNumberError where a text cannot be read */
export function valueChanges(before: string | undefined, after: string | undefined, most: number): ValueChange[] {
  const changes: ValueChange[] = [];
  collect(changes, most, '', readOf(before), readOf(after));
  return changes;
}

function readOf(text: string | undefined): Read | undefined {
  return text === undefined ? undefined : { node: parseValueText(text), text };
}

function collect(
  into: ValueChange[],
  most: number,
  path: string,
  before: Read | undefined,
  after: Read | undefined,
): void {
  if (into.length >= most || flatPart(before) === flatPart(after)) return;
  const [old, now] = membersOf(before, after);
  if (!old || !now) {
    const by = differenceOf(before, after);
    into.push({ path, before: sideOf(before), after: sideOf(after), ...(by !== undefined && { by }) });
    return;
  }
  for (const key of new Set([...old.keys(), ...now.keys()]))
    collect(into, most, path === '' ? key : `${path}.${key}`, old.get(key), now.get(key));
}

type Members = ReadonlyMap<string, Read> | undefined;

/** Of two objects, and of two lists of one length: in others no element has its place. */
function membersOf(before: Read | undefined, after: Read | undefined): readonly [Members, Members] {
  if (before?.node.kind === 'list' && after?.node.kind === 'list') {
    if (before.node.elements.length !== after.node.elements.length) return [undefined, undefined];
    const members = ({ text }: Read, elements: readonly TextNode[]) =>
      new Map(elements.map((node, index) => [String(index), { node, text }]));
    return [members(before, before.node.elements), members(after, after.node.elements)];
  }
  return [fieldsOf(before), fieldsOf(after)];
}

function fieldsOf(read: Read | undefined): Members {
  if (read?.node.kind !== 'object' || read.node.name !== undefined) return undefined;
  return new Map(read.node.members.map(({ key, value }) => [key, { node: value, text: read.text }]));
}

function sideOf(read: Read | undefined): Side | undefined {
  return read && { text: cellOf(read.node, read.text).text, kind: kindOf(read.node) };
}

function differenceOf(before: Read | undefined, after: Read | undefined): number | undefined {
  const [was, is] = [before, after].map(read => (read?.node.kind === 'leaf' ? read.node.value : undefined));
  if (typeof was !== 'number' || typeof is !== 'number') return undefined;
  const by = is - was;
  return Number.isFinite(by) ? by : undefined;
}

function flatPart(read: Read | undefined): string | undefined {
  return read && flat(read.text.slice(read.node.from, read.node.to));
}

/** Spaces between values mean nothing. */
export function flat(text: string): string {
  return text.replaceAll(/("(?:[^"\\]|\\.)*")|\s+/g, (_, quoted?: string) => quoted ?? '');
}
