import { waitingText } from '../../../common/findings.ts';
import { counted, number, rangesText, type Unit } from '../../../common/format.ts';
import { searchNote } from '../../../common/search-note.ts';
import type { FailureCause, ItemAtFault, ItemCheck, ItemSearch, SearchedBatch } from '../../../host/api/api.ts';
import { label } from '../shown-text.ts';
import { CHECKED_WORDS, checkedItems } from './fix-progress.ts';
import type { ItemAtFault as MarkedItem } from './item-table.ts';

/* What the Studio says of items at fault. */

const LONGEST_NAME = 60;

/** What the author calls the item, else its place in its batch. */
export function itemName({ label: called, item }: Pick<ItemAtFault, 'label' | 'item'>, [one]: Unit): string {
  return called === undefined ? `${one} ${number(item)}` : label(called, LONGEST_NAME);
}

/** What the item fails with, for people where the author says it. */
export function itemCause({ error, found, others }: ItemAtFault): string {
  const cause = error.explain ?? error.message;
  if (found === 'together') return `${cause} (only together with #${rangesText(others)} of its batch)`;
  return found === 'flaky' ? `${cause} (not each time)` : cause;
}

/** `10 films are at fault, 490 wait with them.` */
export function countsText(counts: { readonly items: number; readonly waiting: number }, unit: Unit): string {
  const { items, waiting } = counts;
  const rest = waiting === 0 ? '' : `, ${waitingText(counts)}`;
  return `${counted(items, unit)} ${items === 1 ? 'is' : 'are'} at fault${rest}`;
}

/** `3 of 5 batches searched · 7 at fault · 45 probes` */
export function searchText({ batches, batchesDone, items, probes, state }: ItemSearch): string {
  const done = `${number(batchesDone)} of ${counted(batches, ['batch', 'batches'])} searched`;
  const found = `${number(items)} at fault so far · ${counted(probes, ['probe', 'probes'])}`;
  return `${state === 'stopping' ? 'Stopping… ' : ''}${done} · ${found}`;
}

/** Why the searches of some batches do not say all, or what they say instead of an item. */
export function searchNotes(searches: readonly SearchedBatch[], unit: Unit): string[] {
  return searches.flatMap(({ batch, uncertain: why, isComplete, items, limit }) => {
    const most = limit && limitText(limit, unit);
    const note = most ?? searchNote({ why, isComplete, items, limit }, 'look for them again.');
    return note === undefined ? [] : [`Batch ${number(batch)}: ${note}`];
  });
}

function limitText({ items, error }: NonNullable<SearchedBatch['limit']>, unit: Unit): string {
  const most = items === 1 ? `more than one ${unit[0]} fails` : `more than ${counted(items, unit)} fail`;
  return `${most}, whichever they are: ${label(error.explain ?? error.message, 200)}`;
}

/** Those that fail for a cause, in the batches that it stands for. */
export function itemsOfCause(items: readonly ItemAtFault[], { path, fingerprint }: FailureCause): ItemAtFault[] {
  return items.filter(item => item.path === path && item.error.fingerprint === fingerprint);
}

/** Those whose cause no batch has failed with yet: another item of their batch has failed before them. */
export function itemsBehind(items: readonly ItemAtFault[], causes: readonly FailureCause[]): ItemAtFault[] {
  return items.filter(
    ({ path, error }) => !causes.some(cause => cause.path === path && cause.fingerprint === error.fingerprint),
  );
}

/** As the table of a batch's items marks them. */
export function markedItems(items: readonly ItemAtFault[], scope: number, check: ItemCheck | undefined): MarkedItem[] {
  const own = items.filter(item => item.scope === scope);
  return checkedItems(own, check).map(({ item, as, message }) => ({
    index: item.row,
    message: itemCause(item),
    ...(item.member !== undefined && { path: [item.member] }),
    ...(as !== 'unknown' && { now: { passes: as === 'passes', text: message ?? CHECKED_WORDS[as] } }),
  }));
}
