import type { CachedOutput, CacheEntry } from '../../store/cached-outputs.ts';
import { batchOutputs } from '../../store/outputs.ts';
import { decode } from '../../store/codec.ts';
import type { WaitingBatch, WaitingPage } from '../../store/split-reader.ts';
import type { StoredAttempt } from '../../store/step-reader.ts';
import type { StoreOfSteps } from '../current-store.ts';
import type { EffectReads, StoredBatches, StoredReads, StoredSplits, StoredSteps } from '../stored-reads.ts';
import { AnswerCache } from './answer-cache.ts';
import type { AskTime } from './runners-clock.ts';
import type { AskStore, StoreAnswer, StoreRequest, StoreRequests, SupersededBatch } from './store-requests.ts';

/** The store for a worker that has not got its file: asks its runner. */
export class RemoteStore implements StoredReads {
  readonly batches: StoredBatches;
  readonly steps: StoredSteps;
  readonly splits: StoredSplits;
  readonly effects: EffectReads;
  readonly #ask: AskStore;
  readonly #cache = new AnswerCache();
  #lastFreshSession: number | undefined;

  constructor(ask: AskStore) {
    this.#ask = ask;
    this.batches = {
      itemsOf: (...of) => this.#onceNow('itemsOf', ...of),
      itemsGone: scope => this.#now('itemsGone', scope),
      undescribedItems: (...of) => this.#now('undescribedItems', ...of),
      outputs: (node, parent) => batchOutputs(after => this.#later('outputs', node, parent, after)),
      counts: (...of) => this.#now('batchCounts', ...of),
      retriesUsed: (...of) => this.#now('retriesUsed', ...of),
      firstFailure: (...of) => this.#now('firstFailure', ...of),
      failedInside: scope => this.#now('failedInside', scope),
      lastRound: (...of) => this.#now('lastRound', ...of),
    };
    this.steps = {
      // Also an attempt is.
      valueOf: (scope, { node, attempt }) => {
        const text = this.#onceNow('outputOf', scope, { node, attempt });
        return text === undefined ? undefined : decode(text);
      },
      attemptsIn: scope => this.#attemptsIn(scope),
      namedResultsIn: scope => this.#now('namedResultsIn', scope),
      lastOfRounds: (...of) => this.#now('lastOfRounds', ...of),
    };
    this.splits = {
      progress: (...of) => this.#now('splitProgress', ...of),
      countsByStatus: (...of) => this.#now('countsByStatus', ...of),
      superseded: (node, parent) => this.#superseded(node, parent),
      waiting: page => this.#waiting(page),
    };
    this.effects = {
      find: key => this.#later('findEffect', key),
      isInUse: (...of) => this.#later('isEffectInUse', ...of),
    };
  }

  get lastFreshSession(): number {
    return (this.#lastFreshSession ??= this.#now('lastFreshSession'));
  }

  seenIn(scope: number): ReturnType<StoredReads['seenIn']> {
    return this.#now('seenIn', scope);
  }

  readonly time: AskTime = { now: () => this.#now('time'), later: () => this.#later('time') };

  cachedOutput(entry: CacheEntry): CachedOutput | undefined {
    return this.#now('cachedOutput', entry);
  }

  shared(workflow: string, key: string): string | undefined {
    return this.#now('sharedRead', workflow, key);
  }

  /** For what steps write that is not the run's. */
  get ofSteps(): StoreOfSteps {
    return {
      publishEvent: ({ name, payload, by }) => this.#now('publishEvent', { name, payload, by }),
      answerWait: (token, { text, by }) => this.#now('answerWait', token, { text, by }),
      shared: {
        read: (...of) => this.#now('sharedRead', ...of),
        set: (...given) => this.#now('sharedSet', ...given),
        increment: (...given) => this.#now('sharedIncrement', ...given),
        remove: (...of) => this.#now('sharedRemove', ...of),
        counts: () => this.#now('sharedCounts'),
        deleteExpired: () => this.#now('sharedDeleteExpired'),
      },
    };
  }

  *#attemptsIn(scope: number): Generator<StoredAttempt, void> {
    for (let after = -1; ;) {
      const { rows, isLast } = this.#now('attemptsIn', scope, after);
      yield* rows;
      if (isLast) return;
      after = rows.at(-1)?.seq ?? after;
    }
  }

  *#superseded(node: number, parent: number): Generator<SupersededBatch, void> {
    for (let read = 0; ;) {
      const { rows, isLast } = this.#now('superseded', node, parent, read);
      yield* rows;
      if (isLast) return;
      read += rows.length;
    }
  }

  *#waiting(page: WaitingPage): Generator<WaitingBatch, void> {
    for (let { after, limit } = page; limit > 0;) {
      const { rows, isLast } = this.#now('waiting', { ...page, after, limit });
      yield* rows;
      if (isLast) return;
      after = rows.at(-1)?.index ?? after;
      limit -= rows.length;
    }
  }

  #now<Name extends keyof StoreRequests>(
    ...request: readonly [Name, ...Parameters<StoreRequests[Name]>]
  ): ReturnType<StoreRequests[Name]> {
    return valueOf(this.#ask.now(request as unknown as StoreRequest));
  }

  async #later<Name extends keyof StoreRequests>(
    ...request: readonly [Name, ...Parameters<StoreRequests[Name]>]
  ): Promise<ReturnType<StoreRequests[Name]>> {
    return valueOf(await this.#ask.later(request as unknown as StoreRequest));
  }

  /** What does not change any more once it is there is asked for once. */
  #onceNow<Name extends 'itemsOf' | 'outputOf'>(
    ...request: readonly [Name, ...Parameters<StoreRequests[Name]>]
  ): ReturnType<StoreRequests[Name]> {
    const key = JSON.stringify(request);
    const known = this.#cache.get(key);
    if (known !== undefined) return known as ReturnType<StoreRequests[Name]>;
    const value = this.#now(...request);
    if (value !== undefined) this.#cache.set(key, value);
    return value;
  }
}

function valueOf<Value>(answer: StoreAnswer): Value {
  if (answer.kind === 'value') return decode(answer.text) as Value;
  const { name, message } = answer;
  throw Object.assign(new Error(message), { name });
}
