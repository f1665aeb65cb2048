import type { BatchRow } from '../store/records.ts';
import { move } from '../../common/counts.ts';
import type { StoredError } from '../../common/stored-error.ts';
import { BatchStatus } from '../../common/status.ts';
import type { SourceLocations } from '../workflow/flow.ts';
import { describeValue } from '../workflow/errors.ts';
import type { BatchNode } from '../workflow/nodes.ts';
import type { RetryPolicy } from '../workflow/options.ts';
import { executeBatchAttempt, scopeOfBatch, type BatchFailure } from './batch-attempt.ts';
import type { QueuedBatch } from './batch-queue.ts';
import type { Walk } from './body.ts';
import { Stopwatch } from './clock.ts';
import type { RateLimiter } from './rate-limiter.ts';
import { backoff } from './retry.ts';
import type { Run } from './run.ts';
import type { Scope } from './scope.ts';
import type { WaitSpan } from './step-counts.ts';
import { BatchCancelled, StopError } from './stop.ts';
import { toStoredError } from './stored-error.ts';
import { wait } from './waits.ts';
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

/** Executes single batches of a node, each with all its attempts. */
export class BatchRunner {
  readonly #run: Run;
  readonly #options: BatchRunnerOptions;

  constructor(run: Run, options: BatchRunnerOptions) {
    this.#run = run;
    this.#options = options;
  }

  /**
   * Executes a batch until it succeeds, fails for good or is stopped. Never rejects: the counts and the store have its
   * status.
   */
  async execute(batch: QueuedBatch): Promise<void> {
    const run = this.#run;
    const { move } = this.#options;
    const scope = this.#scopeOf(batch);
    move(batch, BatchStatus.waiting, BatchStatus.running);
    run.batchCancels.enter(scope);
    run.spans?.beginBatch(scope, this.#options.path, batch.items);
    try {
      const cancelled = run.batchCancels.of(scope);
      if (cancelled) return this.#endCancelled(batch, scope, cancelled);
      if (batch.items === 0 && run.stored.batches.itemsGone(batch.scope).length > 0)
        return this.#end(batch, scope, new Stopwatch(run.clock), BatchStatus.setAside);
      await this.#executeAttempts(batch, scope);
    } catch (error) {
      // Cancelled while it waited for its next attempt.
      if (error instanceof BatchCancelled) return this.#endCancelled(batch, scope, error);
      // Only a stop, or a store that can no longer be written, gets here; the run knows of both.
      if (!(error instanceof StopError))
        run.stopping.request({
          as: 'interrupted',
          reason: error instanceof Error ? error.message : describeValue(error),
        });
      move(batch, BatchStatus.running, BatchStatus.waiting);
    } finally {
      // One that was stopped waits for another session.
      run.spans?.endBatch(scope, BatchStatus.waiting);
      run.batchCancels.leave(scope);
      run.inFlight.batches.delete(batch.scope);
      // One of the workflow itself waits for a later session, which is told where it is.
      if (this.#options.scope.id !== 0) run.openWork.ends(batch.scope);
    }
  }

  #scopeOf(batch: QueuedBatch): Scope {
    const { node, path, scope: parent, workers } = this.#options;
    // A worker restores it for itself.
    return scopeOfBatch(this.#run, { node, path, parent }, batch, workers === undefined);
  }

  async #executeAttempts(batch: QueuedBatch, scope: Scope): Promise<void> {
    const run = this.#run;
    const { node, id, scope: parent, limiter, move } = this.#options;
    const retry = run.isProbe ? undefined : node.policy.retry;
    const before = retry ? await this.#continueRetries(batch, scope, retry) : 0;
    for (let attempts = before + 1; ; attempts++) {
      const stopwatch = new Stopwatch(run.clock);
      const { startedAt } = stopwatch;
      run.inFlight.batches.set(batch.scope, {
        node: id,
        parent: parent.id,
        index: batch.index,
        startedAt: stopwatch.startedAt,
        onRecord: limiter.isLimited,
        retryWaits: 0,
      });
      // A resume after a kill counts it as well.
      if (limiter.isLimited) run.journal.write(() => run.writer.batchRuns(batch.scope, startedAt, BatchStatus.running));
      const failure = await this.#executeAttempt(batch, scope, attempts);
      if (!failure) return this.#end(batch, scope, stopwatch, BatchStatus.succeeded);
      if (failure.isStop) return move(batch, BatchStatus.running, BatchStatus.waiting);
      // Whatever its steps made of it.
      if (failure.isCancelled || run.batchCancels.of(scope))
        return this.#end(batch, scope, stopwatch, BatchStatus.cancelled, failure);
      const again = retry && attempts < retry.attempts ? await failure.again() : undefined;
      if (!retry || !again || parent.abortedWith())
        return this.#end(batch, scope, stopwatch, BatchStatus.failed, failure);
      run.inFlight.batches.delete(batch.scope);
      const ms = again.asked ?? backoff(retry, attempts, this.#run.replacements?.random);
      await this.#beginNextAttempt(batch, scope, stopwatch, { ...failure.stored, askedToWait: again.asked }, ms);
      await this.#waitForNextAttempt(batch, scope, ms);
    }
  }

  /**
   * A resume continues the retries of a batch, and waits for what is left before its next attempt. Returns how many
   * attempts have been made.
   */
  async #continueRetries(batch: QueuedBatch, scope: Scope, retry: RetryPolicy): Promise<number> {
    const { stored, clock } = this.#run;
    const { scope: parent } = this.#options;
    if (batch.fresh) return 0;
    const used = stored.batches.retriesUsed(batch.scope, parent.id, stored.lastFreshSession);
    if (used.attempts === 0 || used.isWaiting === 0) return used.attempts;
    // A store of an older version does not say until when it waits.
    const full =
      used.waitsUntil === null
        ? backoff(retry, used.attempts, this.#run.replacements?.random)
        : used.waitsUntil - used.endedAt;
    const left = Math.min(full, used.endedAt + full - clock.now());
    if (left <= 0) return used.attempts;
    await this.#asRetrying(batch, { since: used.endedAt, until: clock.now() + left }, () =>
      wait(this.#run, left, scope),
    );
    return used.attempts;
  }

  #executeAttempt(batch: QueuedBatch, scope: Scope, attempts: number): Promise<BatchFailure | undefined> {
    const { node, locations, walk, workers } = this.#options;
    return workers
      ? workers.attempt(batch, scope, attempts)
      : executeBatchAttempt(this.#run, { node, locations, walk }, batch, scope, attempts);
  }

  /** Stores the failed attempt and begins the next one, which is executed after so many milliseconds. */
  async #beginNextAttempt(
    batch: QueuedBatch,
    scope: Scope,
    stopwatch: Stopwatch,
    error: StoredError,
    ms: number,
  ): Promise<void> {
    const { journal, writer } = this.#run;
    const endedAt = stopwatch.endedAt();
    const { worker } = scope;
    await journal.committed();
    journal.write(() => {
      writer.batchEnds({
        ...this.#rowOf(batch),
        worker,
        status: BatchStatus.failed,
        startedAt: stopwatch.startedAt,
        endedAt,
        lastNode: null,
        lastAttempt: null,
        error: JSON.stringify(error),
      });
      writer.nextAttempt(this.#rowOf(batch), BatchStatus.retrying, endedAt + ms);
    });
    scope.attempt += 1;
    scope.worker = undefined;
    // In the same transaction: after a kill between two, the next attempt would fail without executing anything.
    this.#reopenInside(scope);
  }

  /** Opens what failed inside a batch for another attempt, too. A node that tolerated its failures is done. */
  #reopenInside(scope: Scope): void {
    const { journal, writer, progress, stored } = this.#run;
    for (const { scope: inner, node, parent, index, items } of stored.batches.failedInside(scope.id)) {
      journal.write(() => writer.nextAttempt({ scope: inner, node, items }, BatchStatus.waiting));
      const counts = progress.find(node);
      if (!counts) continue; // A round of a while.
      move(counts, BatchStatus.failed, BatchStatus.waiting, items);
      progress.batchChanged(node, parent, index, BatchStatus.waiting);
    }
    scope.fresh = false;
  }

  async #waitForNextAttempt(batch: QueuedBatch, scope: Scope, ms: number): Promise<void> {
    const since = this.#run.clock.now();
    await this.#asRetrying(batch, { since, until: since + ms }, async () => {
      await wait(this.#run, ms, scope);
      await this.#untilRateAllows(batch, scope);
    });
  }

  /** Shows the batch as one that is tried again, while it waits for that. */
  async #asRetrying(batch: QueuedBatch, span: WaitSpan, waiting: () => Promise<void>): Promise<void> {
    const { clock, progress } = this.#run;
    const { id, path, move } = this.#options;
    const counted = progress.steps.retryWait(id, path, span);
    move(batch, BatchStatus.running, BatchStatus.retrying);
    try {
      await waiting();
      counted.goesOn();
    } finally {
      counted.end(clock.now());
      move(batch, BatchStatus.retrying, BatchStatus.running);
    }
  }

  /** Another attempt counts against the rate limit like any other start. */
  async #untilRateAllows({ items }: QueuedBatch, scope: Scope): Promise<void> {
    const { limiter } = this.#options;
    const { clock } = this.#run;
    for (let delay = limiter.delay(clock.elapsed(), items); delay > 0; delay = limiter.delay(clock.elapsed(), items)) {
      await wait(this.#run, delay, scope);
    }
    limiter.started(clock.elapsed(), items);
  }

  #rowOf({ scope, items }: QueuedBatch): BatchRow {
    return { scope, node: this.#options.id, items };
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
    const endedAt = stopwatch.endedAt();
    const findings = failure?.findings() ?? [];
    openWork.ends(batch.scope);
    journal.write(() => {
      writer.batchEnds({
        ...this.#rowOf(batch),
        worker,
        status,
        startedAt: stopwatch.startedAt,
        endedAt,
        lastNode: last?.node ?? null,
        lastAttempt: last?.attempt ?? null,
        error: failure ? JSON.stringify(failure.stored) : null,
      });
      for (const finding of findings) writer.finding({ scope: batch.scope, attempt }, finding);
    });
    spans?.endBatch(scope, status, failure?.stored);
    this.#options.move(batch, BatchStatus.running, status);
  }
}
