import type { Figures } from './text.ts';

/* Where everything is: shares that always add up to the whole. The bar, the arc and the sum in figures show the same ones. */

export type SharePart =
  /** All that are done. */
  | 'done'
  /** Those of them that went through the first time, where others were repaired. */
  | 'first'
  | 'repaired'
  | 'running'
  | 'waiting'
  | 'cancelled'
  | 'aside'
  /** In batches that failed. */
  | 'failed'
  /** Where it is known who is at fault: those that only wait with them, and those. */
  | 'held'
  | 'fault';

export interface Share {
  readonly part: SharePart;
  readonly count: number;
}

/** The parts that are not zero, in the order in which they are told. */
export function sharesOf(figures: Figures): readonly Share[] {
  const { done, repaired, running, waiting, cancelled, aside, failed, fault } = figures;
  const isRepaired = repaired > 0 && repaired <= done;
  // Counts of two queries may be of two moments: what does not add up is not told.
  const isKnown = fault !== undefined && fault.items + fault.waiting === failed;
  const shares: readonly Share[] = [
    ...(isRepaired
      ? ([
          { part: 'first', count: done - repaired },
          { part: 'repaired', count: repaired },
        ] as const)
      : [{ part: 'done', count: done } as const]),
    { part: 'running', count: running },
    ...(isKnown ? [{ part: 'held', count: fault.waiting } as const] : []),
    { part: 'waiting', count: waiting },
    { part: 'cancelled', count: cancelled },
    { part: 'aside', count: aside },
    isKnown ? { part: 'fault', count: fault.items } : { part: 'failed', count: failed },
  ];
  return shares.filter(({ count }) => count > 0);
}
