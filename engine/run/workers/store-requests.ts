import type { CachedOutput, CacheEntry } from '../../store/cached-outputs.ts';
import type { EffectRow } from '../../store/effect-store.ts';
import type { BatchOutput } from '../../store/outputs.ts';
import type { Page } from '../../store/pages.ts';
import type { SharedAccess } from '../../store/shared-store.ts';
import type { StoredSeen } from '../../store/seen-state-reader.ts';
import type { WaitingBatch, WaitingPage } from '../../store/split-reader.ts';
import type { StoredAttempt } from '../../store/step-reader.ts';
import type { StoredBatches, StoredSplits, StoredSteps } from '../stored-reads.ts';

/*
 * What a worker without the store's file asks of its runner. Where the answer may be long, it comes in pages.
 */

export interface SupersededBatch {
  readonly index: number;
  readonly scope: number;
  readonly attempt: number;
}

/** Each request with its arguments and its answer: see StoredReads, EffectReads and StoreOfSteps for what they mean. */
export interface StoreRequests {
  /** What the runner's clock shows. */
  time(): number;
  lastFreshSession(): number;
  seenIn(scope: number): StoredSeen[];

  itemsOf: StoredBatches['itemsOf'];
  itemsGone: StoredBatches['itemsGone'];
  undescribedItems: StoredBatches['undescribedItems'];
  batchCounts: StoredBatches['counts'];
  retriesUsed: StoredBatches['retriesUsed'];
  firstFailure: StoredBatches['firstFailure'];
  failedInside: StoredBatches['failedInside'];
  lastRound: StoredBatches['lastRound'];
  /** Those after this index. */
  outputs(node: number, parent: number, after: number): Page<BatchOutput>;

  outputOf(scope: number, of: { readonly node: number; readonly attempt: number }): string | undefined;
  namedResultsIn: StoredSteps['namedResultsIn'];
  lastOfRounds: StoredSteps['lastOfRounds'];
  /** Those after this `seq`. */
  attemptsIn(scope: number, after: number): Page<StoredAttempt>;

  splitProgress: StoredSplits['progress'];
  countsByStatus: StoredSplits['countsByStatus'];
  /** Those after so many. */
  superseded(node: number, parent: number, skip: number): Page<SupersededBatch>;
  waiting(page: WaitingPage): Page<WaitingBatch>;

  findEffect(key: string): EffectRow | undefined;
  isEffectInUse(scope: number, batchAttempt: number): boolean;

  cachedOutput(entry: CacheEntry): CachedOutput | undefined;
  sharedRead: SharedAccess['read'];
  sharedSet: SharedAccess['set'];
  sharedIncrement: SharedAccess['increment'];
  sharedRemove: SharedAccess['remove'];
  sharedCounts: SharedAccess['counts'];
  sharedDeleteExpired: SharedAccess['deleteExpired'];

  /** At what time is for the runner to say: another machine may have another one. */
  publishEvent(event: { readonly name: string; readonly payload: string; readonly by: string }): void;
  answerWait(token: string, answer: { readonly text: string; readonly by: string }): void;
}

/** As it travels: plain data, which JSON keeps. */
export type StoreRequest = {
  [Name in keyof StoreRequests]: readonly [name: Name, ...args: Parameters<StoreRequests[Name]>];
}[keyof StoreRequests];

export type StoreAnswer =
  /** In the codec's text. */
  | { readonly kind: 'value'; readonly text: string }
  | { readonly kind: 'error'; readonly name: string; readonly message: string };

/** How a worker asks. */
export interface AskStore {
  /** Holds the process up until the answer is here. */
  now(request: StoreRequest): StoreAnswer;
  later(request: StoreRequest): Promise<StoreAnswer>;
}
