import { move } from '../../common/counts.ts';
import { BatchStatus } from '../../common/status.ts';
import type { StoredError } from '../../common/stored-error.ts';
import type { BatchRow } from '../store/records.ts';
import type { RetryPolicy } from '../workflow/options.ts';
import type { QueuedBatch } from './batch-queue.ts';
import type { BatchRunnerOptions } from './batch-runner.ts';
import type { Stopwatch } from './clock.ts';
import { backoff } from './retry.ts';
import type { Run } from './run.ts';
import type { Scope } from './scope.ts';
import type { WaitSpan } from './step-counts.ts';
import { wait } from './waits.ts';

/** What lies between two attempts of a batch. */
export class BatchRetries {
  readonly #run: Run;
  readonly #options: BatchRunnerOptions;

  constructor(run: Run, options: BatchRunnerOptions) {
    this.#run = run;
    this.#options = options;
  }

  /**
   * A resume continues the retries of a batch, and waits for what is left before its next attempt. Returns how many
   * attempts have been made.
   */
  async continue(batch: QueuedBatch, scope: Scope, retry: RetryPolicy): Promise<number> {
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

  /** Stores the failed attempt and begins the next one, which is executed after so many milliseconds. */
  async begin(batch: QueuedBatch, scope: Scope, stopwatch: Stopwatch, error: StoredError, ms: number): Promise<void> {
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

  async wait(batch: QueuedBatch, scope: Scope, ms: number): Promise<void> {
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
}
