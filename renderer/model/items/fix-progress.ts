import type { FailureCause, ItemAtFault, ItemCheck, Progress, RerunRequest, Result } from '../../../host/api/api.ts';
import { clock, number } from '../../../common/format.ts';

/* The way from red to green: open the line, save it, see the items at fault pass, run their batches again. */

/** What an item at fault comes to with the code as it is now. */
export type CheckedAs = 'passes' | 'fails' | 'needs-effect' | 'unknown';

export const CHECKED_WORDS: Readonly<Record<CheckedAs, string>> = {
  passes: 'passes now',
  fails: 'still fails',
  'needs-effect': 'passes up to an effect, which is not executed here',
  unknown: 'not tried yet',
};

export interface CheckedItem {
  readonly item: ItemAtFault;
  readonly as: CheckedAs;
  /** The error that it fails with now. */
  readonly message?: string | undefined;
}

/** The items that are known, with what is known of them: others may have been found since, and some are in no batch that failed any more. */
export function checkedItems(items: readonly ItemAtFault[], check: ItemCheck | undefined): CheckedItem[] {
  const results = new Map(check?.results.map(result => [`${result.scope} ${result.item}`, result]));
  return items.map(item => {
    const result = results.get(`${item.scope} ${item.item}`);
    return result
      ? { item, as: result.outcome, ...(result.error && { message: result.error.explain ?? result.error.message }) }
      : { item, as: 'unknown' };
  });
}

/** `8 of 10 pass now` */
export function passText(checked: readonly CheckedItem[]): string {
  const passing = checked.filter(({ as }) => as === 'passes').length;
  return `${number(passing)} of ${number(checked.length)} ${passing === 1 ? 'passes' : 'pass'} now`;
}

export function allPass(checked: readonly CheckedItem[]): boolean {
  return checked.length > 0 && checked.every(({ as }) => as === 'passes');
}

/** Where the first of them fails. */
export function lineToFix(items: readonly ItemAtFault[], causes: readonly FailureCause[]): FailureCause['at'] {
  return causes.find(({ at }) => at)?.at ?? items.find(({ error }) => error.at)?.error.at;
}

/** The re-run of the batches that the items at fault are in. */
export function rerunOfTheirs(
  findings: Result<'getFindings'>,
  progress: Progress,
): { readonly request: RerunRequest; readonly batches: number } {
  const { counts, items } = findings;
  const [path, ...others] = new Set(items.map(item => item.path));
  const isWhole = counts.items === items.length && items.every(({ parent }) => parent === 0);
  if (counts.batches === progress.failedBatches || path === undefined || others.length > 0 || !isWhole)
    return { request: { select: 'failed' }, batches: progress.failedBatches };
  const indices = [...new Set(items.map(({ batch }) => batch))].toSorted((a, b) => a - b);
  return {
    request: { node: path, select: { ranges: indices.map(index => [index, index]) } },
    batches: indices.length,
  };
}

/** `3 s ago`, `2 min ago` */
export function savedText(savedAt: number, now: number): string {
  const seconds = Math.max(0, Math.round((now - savedAt) / 1_000));
  if (seconds < 60) return `Saved ${seconds} s ago`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `Saved ${minutes} min ago`;
  return `Saved at ${clock(savedAt).slice(0, 5)}`;
}
