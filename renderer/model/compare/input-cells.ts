import type { ComparedAttempt } from '../../../host/api/api.ts';
import { diffItems, type ItemDiff } from '../items/item-diff.ts';
import { splitItems } from '../items/split-items.ts';
import { brief } from './brief.ts';
import type { Side } from '../items/value-changes.ts';
import type { Column, Compared, Same } from './comparison.ts';

export type InputCell =
  | Same
  /** Of the first attempt: what becomes another value later, and the beginning of all items. */
  | { readonly kind: 'first'; readonly values: readonly ItemValue[]; readonly text: string }
  | { readonly kind: 'changes'; readonly diff: ItemDiff; readonly origin: ComparedAttempt }
  | { readonly kind: 'too large'; readonly origin: ComparedAttempt };

interface ItemValue {
  readonly item: number;
  readonly path: string;
  readonly side: Side | undefined;
}

/** The items of each attempt, beside those of the one it is compared with. */
export function inputCells(
  { attempts, items }: Pick<Compared, 'attempts' | 'items'>,
  columns: readonly Column[],
): { readonly cells: readonly InputCell[]; readonly isSame: boolean; readonly same: number } {
  const texts = attempts.map(({ attempt }) => textAt(attempts, items, attempt));
  const textOf = (number: number | undefined) => texts[attempts.findIndex(({ attempt }) => attempt === number)];
  const later = attempts.slice(1).map((origin, at): InputCell => {
    const reference = columns[at + 1]?.reference ?? 1;
    const [before, after] = [textOf(reference), texts[at + 1]];
    // One that has the items of the one before has none of its own here, however large those are.
    if (before === after && (before !== 'too large' || origin.input === 'same')) return { kind: 'same', as: reference };
    if (before === undefined || after === undefined || before === 'too large' || after === 'too large')
      return { kind: 'too large', origin };
    const diff = diffItems(before, after);
    return diff.items === 0 ? { kind: 'same', as: reference } : { kind: 'changes', diff, origin };
  });
  const changes = later.flatMap(cell => (cell.kind === 'changes' ? cell.diff.changes : []));
  const changed = new Set(changes.map(({ item }) => item));
  const [first] = texts;
  const total = first === undefined || first === 'too large' ? 0 : (splitItems(first)?.length ?? 0);
  return {
    cells: [{ kind: 'first', values: valuesOf(changes), text: first === undefined ? '' : brief(first) }, ...later],
    isSame: later.every(({ kind }) => kind === 'same'),
    same: Math.max(0, total - changed.size),
  };
}

/** The items of an attempt: its own, or those of the one before it. */
function textAt(attempts: readonly ComparedAttempt[], items: Compared['items'], number: number): string | undefined {
  const own = attempts.findLast(({ attempt }) => attempt <= number && items.has(attempt));
  return own && items.get(own.attempt);
}

const MOST_VALUES = 12;

/** What the first attempt had where a later one has something else: what it was before it changed for the first time. */
function valuesOf(changes: ItemDiff['changes']): ItemValue[] {
  const values = new Map<string, ItemValue>();
  for (const { item, path, before } of changes) {
    const place = `${item} ${path}`;
    if (!values.has(place)) values.set(place, { item, path, side: before });
  }
  return [...values.values()].slice(0, MOST_VALUES);
}
