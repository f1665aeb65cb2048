import { parseValueText, type TextNode } from '../../../common/value-text.ts';
import { nodeAt, type Column } from './columns.ts';
import type { ItemTable } from './item-table.ts';

/** The text of an item with another value in a column. Nothing else in it changes. */
export function withCell(itemText: string, column: Column, value: string): string {
  const item = parseValueText(itemText);
  const there = nodeAt(item, column);
  if (there) return `${itemText.slice(0, there.from)}${value}${itemText.slice(there.to)}`;
  return withMember(itemText, item, column.path, value);
}

/** Adds a member where the item has none. @throws SyntaxError where there is nothing to add it to */
function withMember(text: string, node: TextNode, [name, ...rest]: readonly string[], value: string): string {
  if (node.kind !== 'object' || node.name !== undefined || name === undefined)
    throw new SyntaxError('This item has no members. Edit it as text.');
  const inner = node.members.findLast(({ key }) => key === name)?.value;
  if (inner) return withMember(text, inner, rest, value);
  const added = `${JSON.stringify(name)}: ${rest.reduceRight((of, key) => `{${JSON.stringify(key)}: ${of}}`, value)}`;
  const end = node.members.at(-1)?.value.to;
  if (end === undefined) return `${text.slice(0, node.from)}{${added}}${text.slice(node.to)}`;
  return `${text.slice(0, end)}, ${added}${text.slice(end)}`;
}

/** The text of all items with some of them as they were edited, by index. */
export function withItems({ text, spans }: ItemTable, edited: ReadonlyMap<number, string>): string {
  const parts: string[] = [];
  let at = 0;
  for (const [index, item] of [...edited].toSorted(([a], [b]) => a - b)) {
    const span = spans[index];
    if (!span) continue;
    parts.push(text.slice(at, span.from), item);
    at = span.to;
  }
  return [...parts, text.slice(at)].join('');
}
