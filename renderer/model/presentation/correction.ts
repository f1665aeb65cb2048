import type { ItemCheck, Result } from '../../../host/api/api.ts';
import { checkedItems, type CheckedItem } from '../items/fix-progress.ts';

/* Whether what failed has been corrected since: said only where it was tested on everything that was at fault. */

type Findings = Result<'getFindings'>;

export type Correction =
  /** Nothing has changed since. */
  | { readonly kind: 'none' }
  /** Something has, and nobody knows whether it works now. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'testing'; readonly passing: number; readonly done: number; readonly total: number }
  /** Some of them still fail, or all. */
  | { readonly kind: 'partly'; readonly passing: number; readonly total: number }
  | { readonly kind: 'corrected'; readonly total: number; readonly at: number };

/** Whether every failed batch was searched to its end, so that who is at fault is known of all of them. */
export function isAllFound({ counts, items, searches }: Findings, failedBatches: number): boolean {
  return (
    failedBatches > 0 &&
    counts.batches === failedBatches &&
    counts.items === items.length &&
    searches.length >= failedBatches &&
    searches.every(({ isComplete, limit, uncertain }) => isComplete && limit === undefined && uncertain === undefined)
  );
}

export interface CorrectionInput {
  readonly findings: Findings | undefined;
  readonly check: ItemCheck | undefined;
  readonly failedBatches: number;
  readonly endedAt: number | undefined;
  readonly codeChanged: boolean;
}

export function correctionOf({ findings, check, failedBatches, endedAt, codeChanged }: CorrectionInput): Correction {
  const changed: Correction = { kind: codeChanged ? 'unknown' : 'none' };
  if (!findings || !isAllFound(findings, failedBatches)) return changed;
  // One from before the run's end is of another file, or of other items.
  if (!check || check.asks === true || check.problem || check.begunAt <= (endedAt ?? Infinity)) return changed;
  const checked = checkedItems(findings.items, check);
  const total = checked.length;
  const passing = checked.filter(({ as }) => as === 'passes').length;
  if (check.state === 'checking')
    return { kind: 'testing', passing, total, done: checked.filter(({ as }) => as !== 'unknown').length };
  if (passing === total) return { kind: 'corrected', total, at: check.begunAt };
  // One that was not tried after all: nobody knows of it.
  if (checked.some(({ as }) => as === 'unknown')) return changed;
  return codeChanged || passing > 0 ? { kind: 'partly', passing, total } : changed;
}

/** Outermost batches of a node whose items at fault all pass now. */
export function correctedBatches(checked: readonly CheckedItem[], path: string): ReadonlySet<number> {
  const own = checked.filter(({ item }) => item.path === path && item.parent === 0);
  const batches = new Set(own.map(({ item }) => item.batch));
  for (const { item, as } of own) if (as !== 'passes') batches.delete(item.batch);
  return batches;
}

/** Whether items at fault are to be tested now: the file has changed, and what is known is of before. */
export function isTestDue({ findings, check, failedBatches, endedAt, codeChanged }: CorrectionInput): boolean {
  if (!codeChanged || !findings || !isAllFound(findings, failedBatches)) return false;
  return !check || check.begunAt <= (endedAt ?? Infinity);
}
