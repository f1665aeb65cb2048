import type { BatchEnd } from '../store/records.ts';
import { BatchStatus } from '../../common/status.ts';
import type { SourceLocations } from '../workflow/flow.ts';
import { describeValue } from '../workflow/errors.ts';
import type { BatchNode } from '../workflow/nodes.ts';
import type { RetryPolicy } from '../workflow/options.ts';
import { executeBatchAttempt, scopeOfBatch, type BatchFailure } from './batch-attempt.ts';
import type { QueuedBatch } from './batch-queue.ts';
import { BatchRetries } from './batch-retries.ts';
import type { Walk } from './body.ts';
import { Stopwatch } from './clock.ts';
import type { RateLimiter } from './rate-limiter.ts';
import { backoff } from './retry.ts';
import type { Run } from './run.ts';
import type { Scope } from './scope.ts';
import { BatchCancelled, StopError } from './stop.ts';
import { toStoredError } from './stored-error.ts';
import type { WorkerBatches } from './workers/workers.ts';

export interface BatchRunnerOptions {
  readonly node: BatchNode;
  readonly id: number;
  readonly path: string;
  /** The scope that the node stands in. */
  readonly scope: Scope;
  readonly locations: SourceLocations;
  readonly limiter: RateLimiter;
  readonly walk: Walk;
  /** Executes its batches in other processes; undefined: in this one. */
  readonly workers: WorkerBatches | undefined;
  /** Counts a batch under another status. */
  readonly move: (batch: QueuedBatch, from: BatchStatus, to: BatchStatus) => void;
}

interface FailedAttempt {
  readonly stopwatch: Stopwatch;
  readonly failure: BatchFailure;
  readonly retry: RetryPolicy | undefined;
  /** How many there have been with this one. */
  readonly attempts: number;
}

/** Executes single batches of a node, each with all its attempts. */
export class BatchRunner {
  readonly #run: Run;
  readonly #options: BatchRunnerOptions;
  readonly #retries: BatchRetries;

  constructor(run: Run, options: BatchRunnerOptions) {
    this.#run = run;
    this.#options = options;
    this.#retries = new BatchRetries(run, options);
  }

  /**
   * Executes a batch until it succeeds, fails for good or is stopped. Never rejects: the counts and the store have its
   * status. Small, and one function for all its waits: see `runAttempt`.
   */
  async execute(batch: QueuedBatch): Promise<void> {
    const scope = this.#begin(batch);
    const retry = this.#run.isProbe ? undefined : this.#options.node.policy.retry;
    try {
      if (this.#endsAtOnce(batch, scope)) return;
      const before = retry ? await this.#retries.continue(batch, scope, retry) : 0;
      for (let attempts = before + 1; ; attempts++) {
        const stopwatch = this.#beginAttempt(batch);
        const failure = await this.#executeAttempt(batch, scope, attempts);
        if (!failure) return this.#end(batch, scope, stopwatch, BatchStatus.succeeded);
        if (!(await this.#goesOn(batch, scope, { stopwatch, failure, retry, attempts }))) return;
      }
    } catch (error) {
      this.#stopped(batch, scope, error);
    } finally {
      this.#leave(batch, scope);
    }
  }

  #begin(batch: QueuedBatch): Scope {
    const { batchCancels, spans } = this.#run;
    const scope = this.#scopeOf(batch);
    this.#options.move(batch, BatchStatus.waiting, BatchStatus.running);
    batchCancels.enter(scope);
    spans?.beginBatch(scope, this.#options.path, batch.items);
    return scope;
  }

  /** Ends it where nothing of it is to be executed. */
  #endsAtOnce(batch: QueuedBatch, scope: Scope): boolean {
    const { batchCancels, stored, clock } = this.#run;
    const cancelled = batchCancels.of(scope);
    if (cancelled) this.#endCancelled(batch, scope, cancelled);
    else if (batch.items === 0 && stored.batches.itemsGone(batch.scope).length > 0)
      this.#end(batch, scope, new Stopwatch(clock), BatchStatus.setAside);
    else return false;
    return true;
  }

  #stopped(batch: QueuedBatch, scope: Scope, error: unknown): void {
    // Cancelled while it waited for its next attempt.
    if (error instanceof BatchCancelled) return this.#endCancelled(batch, scope, error);
    // Only a stop, or a store that can no longer be written, gets here; the run knows of both.
    if (!(error instanceof StopError))
      this.#run.stopping.request({
        as: 'interrupted',
        reason: error instanceof Error ? error.message : describeValue(error),
      });
    this.#options.move(batch, BatchStatus.running, BatchStatus.waiting);
  }

  #leave(batch: QueuedBatch, scope: Scope): void {
    const { spans, batchCancels, inFlight, openWork } = this.#run;
    // One that was stopped waits for another session.
    spans?.endBatch(scope, BatchStatus.waiting);
    batchCancels.leave(scope);
    inFlight.batches.delete(batch.scope);
    // One of the workflow itself waits for a later session, which is told where it is.
    if (this.#options.scope.id !== 0) openWork.ends(batch.scope);
  }

  #scopeOf(batch: QueuedBatch): Scope {
    const { node, path, scope: parent, workers } = this.#options;
    // A worker restores it for itself.
    return scopeOfBatch(this.#run, { node, path, parent }, batch, workers === undefined);
  }

  #beginAttempt(batch: QueuedBatch): Stopwatch {
    const { clock, inFlight, journal, writer } = this.#run;
    const { id, scope: parent, limiter } = this.#options;
    const stopwatch = new Stopwatch(clock);
    const { startedAt } = stopwatch;
    inFlight.batches.set(batch.scope, {
      node: id,
      parent: parent.id,
      index: batch.index,
      startedAt,
      onRecord: limiter.isLimited,
      retryWaits: 0,
    });
    // A resume after a kill counts it as well.
    if (limiter.isLimited) journal.write(() => writer.batchRuns(batch.scope, startedAt, BatchStatus.running));
    return stopwatch;
  }

  /** After an attempt that has not succeeded: ends the batch, or waits for its next attempt. Whether there is one. */
  async #goesOn(
    batch: QueuedBatch,
    scope: Scope,
    { stopwatch, failure, retry, attempts }: FailedAttempt,
  ): Promise<boolean> {
    const run = this.#run;
    const { scope: parent, move } = this.#options;
    if (failure.isStop) {
      move(batch, BatchStatus.running, BatchStatus.waiting);
      return false;
    }
    // Whatever its steps made of it.
    if (failure.isCancelled || run.batchCancels.of(scope)) {
      this.#end(batch, scope, stopwatch, BatchStatus.cancelled, failure);
      return false;
    }
    const again = retry && attempts < retry.attempts ? await failure.again() : undefined;
    if (!retry || !again || parent.abortedWith()) {
      this.#end(batch, scope, stopwatch, BatchStatus.failed, failure);
      return false;
    }
    run.inFlight.batches.delete(batch.scope);
    const ms = again.asked ?? backoff(retry, attempts, run.replacements?.random);
    await this.#retries.begin(batch, scope, stopwatch, { ...failure.stored, askedToWait: again.asked }, ms);
    await this.#retries.wait(batch, scope, ms);
    return true;
  }

  #executeAttempt(batch: QueuedBatch, scope: Scope, attempts: number): Promise<BatchFailure | undefined> {
    const { node, locations, walk, workers } = this.#options;
    return workers
      ? workers.attempt(batch, scope, attempts)
      : executeBatchAttempt(this.#run, { node, locations, walk }, batch, scope, attempts);
  }

  /** None of its attempts is at work. */
  #endCancelled(batch: QueuedBatch, scope: Scope, error: BatchCancelled): void {
    const failure: BatchFailure = {
      isStop: false,
      isCancelled: true,
      stored: toStoredError(error),
      again: async () => undefined,
      findings: () => [],
    };
    this.#end(batch, scope, new Stopwatch(this.#run.clock), BatchStatus.cancelled, failure);
  }

  #end(batch: QueuedBatch, scope: Scope, stopwatch: Stopwatch, status: BatchStatus, failure?: BatchFailure): void {
    const { journal, writer, openWork, spans } = this.#run;
    const { last, attempt, worker } = scope;
    const end: BatchEnd = {
      scope: batch.scope,
      node: this.#options.id,
      items: batch.items,
      worker,
      status,
      startedAt: stopwatch.startedAt,
      endedAt: stopwatch.endedAt(),
      lastNode: last?.node ?? null,
      lastAttempt: last?.attempt ?? null,
      error: failure ? JSON.stringify(failure.stored) : null,
    };
    openWork.ends(batch.scope);
    journal.write(() => writer.batchEnds(end));
    for (const finding of failure?.findings() ?? [])
      journal.write(() => writer.finding({ scope: end.scope, attempt }, finding));
    spans?.endBatch(scope, status, failure?.stored);
    this.#options.move(batch, BatchStatus.running, status);
  }
}
