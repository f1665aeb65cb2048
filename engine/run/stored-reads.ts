import type { BatchReader } from '../store/batch-reader.ts';
import type { EffectStore } from '../store/effect-store.ts';
import type { RunReader } from '../store/run-reader.ts';
import type { SplitReader, WaitingBatch, WaitingPage } from '../store/split-reader.ts';
import type { StepReader, StoredAttempt } from '../store/step-reader.ts';

/**
 * What executing steps and batches reads of what their run has stored: from the store's file, or, on another machine, from
 * the runner. See workers/remote-store.ts.
 */
export interface StoredReads extends Pick<RunReader, 'lastFreshSession' | 'seenIn' | 'shared' | 'cachedOutput'> {
  readonly batches: StoredBatches;
  readonly steps: StoredSteps;
  readonly splits: StoredSplits;
}

export type StoredBatches = Pick<
  BatchReader,
  | 'itemsOf'
  | 'itemsGone'
  | 'undescribedItems'
  | 'outputs'
  | 'counts'
  | 'retriesUsed'
  | 'firstFailure'
  | 'failedInside'
  | 'lastRound'
>;

export interface StoredSteps extends Pick<StepReader, 'valueOf' | 'namedResultsIn' | 'lastOfRounds'> {
  attemptsIn(scope: number): Iterable<StoredAttempt>;
}

export interface StoredSplits extends Pick<SplitReader, 'progress' | 'countsByStatus'> {
  superseded(
    node: number,
    parent: number,
  ): Iterable<{ readonly index: number; readonly scope: number; readonly attempt: number }>;
  waiting(page: WaitingPage): Iterable<WaitingBatch>;
}

/** What a step's `ctx.effect` reads. */
export interface EffectReads {
  find(key: string): ReturnType<EffectStore['find']> | Promise<ReturnType<EffectStore['find']>>;
  isInUse(scope: number, batchAttempt: number): boolean | Promise<boolean>;
}
