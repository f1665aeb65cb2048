import type { TextNode } from '../../../common/value-text.ts';

/** A column of a table of items: what stands at a path in each. */
export interface Column {
  /** Empty: the item itself, of items that have no members. */
  readonly path: readonly string[];
  readonly title: string;
  /** Where an item has no object at the path above, the first of these columns shows what it has instead. */
  readonly isFirstOfParent: boolean;
}

/** More columns than this nobody looks through; the text has all. */
const MOST_COLUMNS = 60;
const MOST_INSIDE = 6;

export interface Columns {
  readonly columns: readonly Column[];
  /** How many there are beyond those. */
  readonly more: number;
}

/** The columns for some items: all their members, in the order in which they come, and those of objects in them one level deep. */
export function columnsOf(items: readonly TextNode[]): Columns {
  const all = namesIn(items).flatMap((name): Column[] => {
    const inside = namesInside(items, name);
    if (!inside) return [{ path: [name], title: name, isFirstOfParent: false }];
    return inside.map((inner, at) => ({ path: [name, inner], title: `${name}.${inner}`, isFirstOfParent: at === 0 }));
  });
  const hasOthers = items.some(item => !isPlain(item));
  const columns = hasOthers || all.length === 0 ? [{ path: [], title: 'Item', isFirstOfParent: false }, ...all] : all;
  return { columns: columns.slice(0, MOST_COLUMNS), more: Math.max(0, columns.length - MOST_COLUMNS) };
}

/** What an item has in a column. */
export function nodeAt(item: TextNode, { path, isFirstOfParent }: Column): TextNode | undefined {
  if (path.length === 0) return isPlain(item) ? undefined : item;
  let node: TextNode | undefined = item;
  for (const [depth, name] of path.entries()) {
    if (node?.kind !== 'object' || node.name !== undefined) return depth > 0 && isFirstOfParent ? node : undefined;
    // Of a member that is there twice, the last one counts, as in JSON.
    node = node.members.findLast(({ key }) => key === name)?.value;
  }
  return node;
}

type PlainObject = Extract<TextNode, { kind: 'object' }>;

function isPlain(node: TextNode): node is PlainObject {
  return node.kind === 'object' && node.name === undefined;
}

function namesIn(nodes: readonly TextNode[]): string[] {
  return [...new Set(nodes.flatMap(node => (isPlain(node) ? node.members.map(({ key }) => key) : [])))];
}

/** The names inside a member that is a small object wherever it is something. */
function namesInside(items: readonly TextNode[], name: string): string[] | undefined {
  const found: PlainObject[] = [];
  for (const item of items) {
    const value = isPlain(item) ? item.members.findLast(({ key }) => key === name)?.value : undefined;
    if (!value || (value.kind === 'leaf' && (value.value === null || value.value === undefined))) continue;
    if (!isPlain(value) || value.members.length === 0) return undefined;
    found.push(value);
  }
  const names = namesIn(found);
  return found.length > 0 && names.length <= MOST_INSIDE ? names : undefined;
}
