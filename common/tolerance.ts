import type { Counts } from './counts.ts';

/** How many failed batches a batch node tolerates and still counts as succeeded. */
export type Tolerance =
  | { readonly kind: 'count'; readonly count: number }
  | { readonly kind: 'percent'; readonly percent: number };

/**
 * The tolerance that an author wrote as `tolerateFailures`: a number, a share such as '5%', or 'all'. Undefined where
 * it is none of them.
 */
export function parseTolerance(value: unknown): Tolerance | undefined {
  if (value === 'all') return { kind: 'percent', percent: 100 };
  if (typeof value === 'number')
    return Number.isInteger(value) && value >= 0 ? { kind: 'count', count: value } : undefined;
  const percent = typeof value === 'string' ? /^(\d+(?:\.\d+)?)\s*%$/.exec(value.trim())?.[1] : undefined;
  return percent === undefined || Number(percent) > 100 ? undefined : { kind: 'percent', percent: Number(percent) };
}

/** The tolerance of a stored graph's node, where its settings have one. */
export function readTolerance(setting: unknown): Tolerance | undefined {
  if (typeof setting !== 'object' || setting === null) return undefined;
  if ('count' in setting && typeof setting.count === 'number') return { kind: 'count', count: setting.count };
  if ('percent' in setting && typeof setting.percent === 'number') return { kind: 'percent', percent: setting.percent };
  return undefined;
}

/** Whether a batch node with these counts of batches still counts as succeeded. */
export function isTolerated(tolerance: Tolerance, { failed, total }: Pick<Counts, 'failed' | 'total'>): boolean {
  return tolerance.kind === 'count' ? failed <= tolerance.count : failed * 100 <= tolerance.percent * total;
}
