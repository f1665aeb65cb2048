import { parseValueText, plainValueOf, type TextNode } from '../../../common/value-text.ts';
import { nodeAt, columnsOf, type Column, type Columns } from './columns.ts';
import { splitItems, type ItemSpan } from './split-items.ts';

/** An item that makes its batch fail, and where in it, if that is known. */
export interface ItemAtFault {
  /** Index in its batch, from 0. */
  readonly index: number;
  /** The members that lead to what is wrong. */
  readonly path?: readonly string[] | undefined;
  /** What it fails with. */
  readonly message?: string | undefined;
  /** What becomes of it with the code as it is now. */
  readonly now?: { readonly passes: boolean; readonly text: string } | undefined;
}

export interface ItemOrder {
  readonly column: Column | undefined;
  readonly isDescending: boolean;
}

type SortKey = number | string | undefined;

/** Columns are made of so many items: looking through 100,000 would hold up the page. */
const LOOKED_AT = 200;
const MOST_PARSED = 2_000;

/** The items of a batch as rows. Each is read when it is looked at. */
export class ItemTable {
  readonly text: string;
  readonly spans: readonly ItemSpan[];
  readonly columns: Columns;
  readonly #parsed = new Map<number, TextNode | undefined>();
  /** What the items are sorted by: to be read once. */
  readonly #keys = new Map<Column, readonly SortKey[]>();

  private constructor(text: string, spans: readonly ItemSpan[]) {
    this.text = text;
    this.spans = spans;
    const first = spans.slice(0, LOOKED_AT).flatMap((_, index) => this.item(index) ?? []);
    this.columns = columnsOf(first);
  }

  /** @returns undefined where the text is not that of a list */
  static of(text: string): ItemTable | undefined {
    const spans = splitItems(text);
    return spans && new ItemTable(text, spans);
  }

  textOf(index: number): string {
    const { from, to } = this.spans[index] ?? { from: 0, to: 0 };
    return this.text.slice(from, to);
  }

  /** Its parts stand in `textOf` the item. */
  item(index: number): TextNode | undefined {
    if (this.#parsed.has(index)) return this.#parsed.get(index);
    if (this.#parsed.size >= MOST_PARSED) this.#parsed.clear();
    const node = parsed(this.textOf(index));
    this.#parsed.set(index, node);
    return node;
  }

  /** The items that a person sees, in their order: those at fault first, as long as nothing else is asked for. */
  rows(filter: string, { column, isDescending }: ItemOrder, atFault: readonly ItemAtFault[]): readonly number[] {
    const wanted = filter.trim().toLowerCase();
    const all = [...this.spans.keys()];
    const rows = wanted === '' ? all : all.filter(index => this.textOf(index).toLowerCase().includes(wanted));
    if (column) return this.#sorted(rows, column, isDescending);
    const marked = new Set(atFault.map(({ index }) => index));
    const first = rows.filter(index => marked.has(index));
    return first.length === 0 ? rows : [...first, ...rows.filter(index => !marked.has(index))];
  }

  #sorted(rows: readonly number[], column: Column, isDescending: boolean): number[] {
    const keys = this.#sortKeys(column);
    const sign = isDescending ? -1 : 1;
    // What is not there comes last, whichever way.
    return rows.toSorted((a, b) => {
      const [left, right] = [keys[a], keys[b]];
      if (left === undefined || right === undefined) return Number(left === undefined) - Number(right === undefined);
      return sign * compared(left, right) || a - b;
    });
  }

  #sortKeys(column: Column): readonly SortKey[] {
    let keys = this.#keys.get(column);
    if (!keys) this.#keys.set(column, (keys = this.spans.map((_, index) => sortKey(this.textOf(index), column))));
    return keys;
  }
}

function sortKey(text: string, column: Column): SortKey {
  const node = parsed(text);
  const found = node && nodeAt(node, column);
  if (!found) return undefined;
  if (found.kind === 'leaf' && typeof found.value === 'bigint') return Number(found.value);
  const value = plainValueOf(found);
  if (value === null || value === undefined) return undefined;
  return typeof value === 'number' || typeof value === 'string' ? value : JSON.stringify(value);
}

function parsed(text: string): TextNode | undefined {
  try {
    return parseValueText(text);
  } catch {
    // It is shown as text: its columns stay empty.
    return undefined;
  }
}

const collator = new Intl.Collator('en', { numeric: true });

/** Numbers before texts. */
function compared(a: number | string, b: number | string): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'string' && typeof b === 'string') return collator.compare(a, b);
  return typeof a === 'number' ? -1 : 1;
}
