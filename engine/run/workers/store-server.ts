import { encode } from '../../store/codec.ts';
import { EffectStore } from '../../store/effect-store.ts';
import type { StoreDatabase } from '../../store/open.ts';
import { pageOf } from '../../store/pages.ts';
import { RunReader } from '../../store/run-reader.ts';
import { describeValue } from '../../workflow/errors.ts';
import type { Clock } from '../clock.ts';
import type { StoreOfSteps } from '../current-store.ts';
import type { StoreAnswer, StoreRequest, StoreRequests } from './store-requests.ts';

/** How long a page of an answer is, about. */
const PAGE_CHARS = 256 * 1024;

export interface StoreServerOptions {
  readonly db: StoreDatabase;
  readonly run: number;
  readonly clock: Clock;
  /** For what steps write that is not the run's. */
  readonly steps: StoreOfSteps;
}

/**
 * A runner's side: answers what workers ask that cannot read the store's file. It reads what is committed, as one that can:
 * whoever reads what itself has written waits until that is acknowledged.
 */
export class StoreServer {
  readonly #requests: StoreRequests;

  constructor(options: StoreServerOptions) {
    this.#requests = requestsOf(options);
  }

  /** Never throws: what a read throws is its answer. */
  answer([name, ...args]: StoreRequest): StoreAnswer {
    try {
      if (!Object.hasOwn(this.#requests, name))
        throw new TypeError(`Nothing in a store is asked for as ${describeValue(name)}.`);
      const read: (...args: never[]) => unknown = this.#requests[name];
      return { kind: 'value', text: encode(read(...(args as never[])), 'answer') };
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      return { kind: 'error', name: error.name, message: error.message };
    }
  }
}

/** A reader of its own: that of the run knows some things by heart, and tells each once. */
function requestsOf({ db, run, clock, steps: others }: StoreServerOptions): StoreRequests {
  const reader = new RunReader(db, run);
  const { batches, steps, splits } = reader;
  // It only reads: the number of the session is for what is written.
  const effects = new EffectStore(db, run, 0);
  return {
    time: () => clock.now(),
    lastFreshSession: () => reader.lastFreshSession,
    seenIn: scope => reader.seenIn(scope),
    itemsOf: (scope, attempt) => batches.itemsOf(scope, attempt),
    itemsGone: scope => batches.itemsGone(scope),
    undescribedItems: (node, parent) => batches.undescribedItems(node, parent),
    batchCounts: (node, parent) => batches.counts(node, parent),
    retriesUsed: (scope, parent, since) => batches.retriesUsed(scope, parent, since),
    firstFailure: (node, parent) => batches.firstFailure(node, parent),
    failedInside: scope => batches.failedInside(scope),
    lastRound: (node, parent) => batches.lastRound(node, parent),
    outputs: (node, parent, after) => batches.pageOfOutputs(node, parent, after, PAGE_CHARS),
    outputOf: (scope, of) => steps.outputOf(scope, of),
    namedResultsIn: scope => steps.namedResultsIn(scope),
    lastOfRounds: (node, parent) => steps.lastOfRounds(node, parent),
    attemptsIn: (scope, after) =>
      pageOf(steps.attemptsIn(scope, after), PAGE_CHARS, ({ output }) => output?.length ?? 0),
    splitProgress: (node, parent) => splits.progress(node, parent),
    countsByStatus: (node, parent) => splits.countsByStatus(node, parent),
    superseded: (node, parent, skip) =>
      pageOf(Iterator.from(splits.superseded(node, parent)).drop(skip), PAGE_CHARS, () => 0),
    waiting: page => pageOf(splits.waiting(page), PAGE_CHARS, ({ text }) => text.length),
    findEffect: key => effects.find(key),
    isEffectInUse: (scope, batchAttempt) => effects.isInUse(scope, batchAttempt),
    cachedOutput: entry => reader.cachedOutput(entry, clock.now()),
    sharedRead: (workflow, key) => others.shared.read(workflow, key),
    sharedSet: (workflow, key, value, ttlMs) => others.shared.set(workflow, key, value, ttlMs),
    sharedIncrement: (workflow, key, by) => others.shared.increment(workflow, key, by),
    sharedRemove: (workflow, key) => others.shared.remove(workflow, key),
    sharedCounts: () => others.shared.counts(),
    sharedDeleteExpired: () => others.shared.deleteExpired(),
    publishEvent: event => others.publishEvent({ ...event, at: clock.now() }),
    answerWait: (token, answer) => others.answerWait(token, { ...answer, at: clock.now() }),
  };
}
