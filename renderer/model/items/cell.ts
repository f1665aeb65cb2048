import { parseValueText, type TextNode } from '../../../common/value-text.ts';

/** What a cell of a table shows. */
export interface Cell {
  readonly text: string;
  /** Said beside it where the text alone could be something else: a number in a column of texts, a date. */
  readonly kind: string;
  readonly isNumber: boolean;
}

const LONGEST = 200;

/** @param source The text that the node stands in */
export function cellOf(node: TextNode, source: string): Cell {
  const kind = kindOf(node);
  if (node.kind === 'leaf' && typeof node.value === 'string') return { text: brief(node.value), kind, isNumber: false };
  if (node.kind === 'made' && node.given.kind === 'leaf' && typeof node.given.value === 'string')
    return { text: brief(kind === 'Date' ? shortDate(node.given.value) : node.given.value), kind, isNumber: false };
  const text = brief(source.slice(node.from, Math.min(node.to, node.from + LONGEST * 4)).replaceAll(/\s+/g, ' '));
  return { text, kind, isNumber: kind === 'number' || kind === 'big integer' };
}

/** The kind of a value, in a word or two. */
export function kindOf(node: TextNode): string {
  switch (node.kind) {
    case 'list':
      return 'list';
    case 'set':
      return 'set';
    case 'map':
      return 'map';
    case 'object':
      return node.name ?? 'object';
    case 'made':
      return node.name;
    case 'leaf':
      return kindOfLeaf(node.value);
  }
}

function kindOfLeaf(value: Extract<TextNode, { kind: 'leaf' }>['value']): string {
  if (value === null || value === undefined) return 'nothing';
  switch (typeof value) {
    case 'string':
      return 'text';
    case 'boolean':
      return 'yes or no';
    case 'bigint':
      return 'big integer';
    default:
      return 'number';
  }
}

/** Leaves out a time that is midnight, and milliseconds that are 0. */
function shortDate(text: string): string {
  return text.replace(/T00:00:00\.000Z$/, '').replace(/\.000Z$/, 'Z');
}

function brief(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

/**
 * What a person has typed into a cell, as the text of a value of the kind that was there: a text needs no quotes where a text was, nor
 * a date the word. In quotes anything is a text. @throws SyntaxError in words
 */
export function typedText(typed: string, before: TextNode | undefined): string {
  const said = typed.trim();
  const kind = before ? kindOf(before) : 'nothing';
  if (kind === 'text' && !/^".*"$/s.test(said)) return JSON.stringify(typed);
  if (kind === 'Date' && !said.startsWith('Date(') && !Number.isNaN(Date.parse(said)))
    return `Date(${JSON.stringify(new Date(said).toISOString())})`;
  if (kind === 'big integer' && /^-?\d+$/.test(said)) return `${said}n`;
  try {
    const node = parseValueText(said);
    return said.slice(node.from, node.to);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SyntaxError(`Write a text in quotes, a number, true, false, null, Date("…") or 12n. ${reason}`);
  }
}

/** What stands in the field in which a cell is edited. */
export function textToEdit(node: TextNode | undefined, source: string): string {
  if (!node) return '';
  if (node.kind === 'leaf' && typeof node.value === 'string' && !/^".*"$/s.test(node.value.trim())) return node.value;
  return source.slice(node.from, node.to);
}
