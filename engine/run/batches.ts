import { encode, decode } from '../store/codec.ts';
import type { StoredError } from '../../common/stored-error.ts';
import { BatchStatus, StepStatus } from '../../common/status.ts';
import type { SourceLocations } from '../workflow/flow.ts';
import { describeValue } from '../workflow/errors.ts';
import type { BatchNode } from '../workflow/nodes.ts';
import type { Tolerance } from '../workflow/options.ts';
import { Attempt } from './attempt.ts';
import { buildBody, type Walk } from './body.ts';
import type { QueuedBatch } from './batch-queue.ts';
import { BatchSource } from './batch-source.ts';
import { move } from '../../common/counts.ts';
import { RateLimiter } from './rate-limiter.ts';
import { restoreScope } from './restore.ts';
import type { Run } from './run.ts';
import { Checkpoint, Scope } from './scope.ts';
import { backoff, mayRetry, StepFailed } from './steps.ts';
import { StopError, TimeoutError } from './stop.ts';
import { toStoredError } from './stored-error.ts';

/** Runs all batches of a batch or forEach node, as many at a time as it allows; a failing batch fails alone. */
export async function runBatchNode(
  run: Run,
  scope: Scope,
  node: BatchNode,
  path: string,
  places: SourceLocations,
  walk: Walk,
): Promise<Checkpoint> {
  const id = run.nodeId(path, node.kind);
  const done = scope.checkpoints.get(id);
  if (done) return done;
  await run.ready(scope);
  return await new BatchNodeRun(run, scope, node, id, path, places, walk).run();
}

class BatchNodeRun {
  readonly #run: Run;
  readonly #scope: Scope;
  readonly #node: BatchNode;
  readonly #id: number;
  readonly #path: string;
  readonly #places: SourceLocations;
  readonly #walk: Walk;
  readonly #feed: BatchSource;
  readonly #limiter: RateLimiter;
  readonly #attempt: Attempt;
  #active = 0;
  #halted = false;
  #wake: (() => void) | undefined;
  #cancelRateTimer: (() => void) | undefined;

  constructor(run: Run, scope: Scope, node: BatchNode, id: number, path: string, places: SourceLocations, walk: Walk) {
    this.#run = run;
    this.#scope = scope;
    this.#node = node;
    this.#id = id;
    this.#path = path;
    this.#places = places;
    this.#walk = walk;
    this.#limiter = new RateLimiter(node.policy.rateLimits);
    this.#feed = new BatchSource(run, node, {
      id,
      path,
      scope,
      notify: () => this.#wake?.(),
      room: () => this.#concurrency,
    });
    this.#attempt = new Attempt(
      { scope, node: id, path, number: (scope.previousAttempt(id)?.attempt ?? 0) + 1, startedAt: run.clock.now() },
      run.state,
    );
    this.#attempt.state.close(
      'items are read outside any step, where there is no checkpoint to keep it with. Write state in a step',
    );
  }

  async run(): Promise<Checkpoint> {
    const run = this.#run;
    const abortable = {
      scopeOf: this.#scope,
      abort: (error: Error) => {
        this.#attempt.abort(error);
        this.#wake?.();
      },
    };
    const offConcurrency = run.onConcurrency(() => this.#wake?.());
    run.attempts.add(this.#attempt);
    run.register(abortable);
    // An earlier process has seen more failures than are borne: nothing begins after them, what had begun goes on to its end.
    if (this.#node.policy.onBatchError === 'stop' && !this.#tolerated) this.#feed.endWithBegun();
    try {
      this.#feed.start(this.#attempt);
      await this.#pump();
      run.check(this.#scope);
      return await this.#finish();
    } catch (error) {
      this.#endAttempt(error);
      throw error;
    } finally {
      offConcurrency();
      this.#cancelRateTimer?.();
      this.#feed.close();
      this.#attempt.end();
      run.attempts.delete(this.#attempt);
      run.unregister(abortable);
    }
  }

  get #concurrency(): number {
    return this.#run.concurrencyOf(this.#path) ?? this.#node.policy.concurrency;
  }

  async #pump(): Promise<void> {
    for (;;) {
      const stopping = this.#run.stop !== undefined || this.#scope.abortedWith() !== undefined || this.#halted;
      if (!stopping) this.#startAll();
      if (this.#active === 0 && (stopping || this.#feed.isDrained)) return;
      await new Promise<void>(resolve => {
        this.#wake = resolve;
      });
      this.#wake = undefined;
    }
  }

  #startAll(): void {
    while (this.#active < this.#concurrency) {
      const items = this.#feed.peek();
      if (items === undefined) {
        this.#feed.take();
        return;
      }
      const now = this.#run.clock.now();
      const delay = this.#limiter.delay(now, items);
      if (delay > 0) {
        this.#cancelRateTimer?.();
        this.#cancelRateTimer = this.#run.clock.after(delay, () => this.#wake?.());
        return;
      }
      const row = this.#feed.take();
      if (!row) return;
      this.#limiter.started(now, row.items);
      this.#active += 1;
      void this.#runBatch(row).finally(() => {
        this.#active -= 1;
        this.#wake?.();
      });
    }
  }

  /** Runs one batch through all its tries. Never rejects: what becomes of it is in the counts and in the store. */
  async #runBatch(row: QueuedBatch): Promise<void> {
    const run = this.#run;
    const { policy } = this.#node;
    const scope = new Scope(row.scope, {
      path: this.#path,
      parent: this.#scope,
      index: row.index,
      attempt: row.attempt,
      batch: { node: this.#node.id, index: row.index, items: row.items },
    });
    scope.fresh = row.fresh;
    if (!row.fresh) restoreScope(run, scope);
    this.#move(row, BatchStatus.waiting, BatchStatus.running);
    try {
      for (let tries = 1; ; tries++) {
        const startedAt = run.clock.now();
        run.batches.set(row.scope, { startedAt, onRecord: false });
        const failure = await this.#tryBatch(row, scope);
        if (!failure) return this.#end(row, scope, startedAt, BatchStatus.succeeded);
        if (failure.thrown instanceof StopError) return this.#move(row, BatchStatus.running, BatchStatus.waiting);
        const again =
          policy.retry && tries < policy.retry.attempts && (await mayRetry(run, policy.retry, failure.thrown, tries));
        if (!again || this.#scope.abortedWith())
          return this.#end(row, scope, startedAt, BatchStatus.failed, failure.stored);
        run.batches.delete(row.scope);
        await this.#waitForNextTry(row, scope, startedAt, failure.stored, backoff(policy.retry, tries));
      }
    } catch (error) {
      // Only a stop, or a store that can no longer be written, gets here; the run knows of both.
      if (!(error instanceof StopError))
        run.requestStop({ as: 'interrupted', reason: error instanceof Error ? error.message : describeValue(error) });
      this.#move(row, BatchStatus.running, BatchStatus.waiting);
    } finally {
      run.batches.delete(row.scope);
    }
  }

  async #tryBatch(row: QueuedBatch, scope: Scope): Promise<{ thrown: unknown; stored: StoredError } | undefined> {
    const run = this.#run;
    const { timeout } = this.#node.policy;
    const cancelTimeout =
      timeout === undefined
        ? undefined
        : run.clock.after(timeout, () =>
            run.abortScope(
              scope,
              new TimeoutError(
                `The ${this.#node.kind === 'batch' ? 'batch' : 'item'} took longer than its timeout of ${timeout} ms`,
              ),
            ),
          );
    try {
      const body = this.#bodyOf(row, scope);
      const built = buildBody(run, scope, this.#places, body);
      await this.#walk(run, scope, built instanceof Promise ? await built : built, this.#places);
      return undefined;
    } catch (error) {
      if (error instanceof StepFailed) return { thrown: error.thrown, stored: this.#inBatchWords(error) };
      if (error instanceof StopError) return { thrown: error, stored: toStoredError(error) };
      return { thrown: error, stored: toStoredError(error, this.#node.explain, this.#node.at) };
    } finally {
      cancelTimeout?.();
      scope.abortedBy = undefined;
    }
  }

  /** A body gets items of its own, read from what is stored: what it does to them is gone at the next try. */
  #bodyOf(row: QueuedBatch, scope: Scope): (flow: unknown) => unknown {
    const { body, kind } = this.#node;
    const items = decode(row.text) as unknown[];
    if (kind === 'batch') {
      scope.restoreItems = () =>
        restoreInPlace(items, decode(this.#run.stored.batches.itemsOf(row.scope, row.attempt)));
      return flow => body(items as never, flow as never);
    }
    const item = items[0];
    scope.restoreItems = () =>
      restoreInPlace(item, (decode(this.#run.stored.batches.itemsOf(row.scope, row.attempt)) as unknown[])[0]);
    return flow => body(item as never, flow as never);
  }

  /** A batch's error is its step's, told in the batch's words where the step has none of its own. */
  #inBatchWords(error: StepFailed): StoredError {
    const { stack: _stack, cause: _cause, ...stored } = error.stored;
    return stored.explain === undefined && this.#node.explain
      ? { ...stored, explain: toStoredError(error.thrown, this.#node.explain).explain }
      : stored;
  }

  async #waitForNextTry(
    row: QueuedBatch,
    scope: Scope,
    startedAt: number,
    error: StoredError,
    ms: number,
  ): Promise<void> {
    const { journal, writer, clock } = this.#run;
    const endedAt = clock.now();
    // What has failed inside is opened again in the same transaction: else, after a kill between the two, an attempt that has executed nothing would fail.
    await journal.committed();
    journal.write(() => {
      writer.batchEnds({
        scope: row.scope,
        status: BatchStatus.failed,
        startedAt,
        endedAt,
        lastNode: null,
        lastAttempt: null,
        error: JSON.stringify(error),
      });
      writer.nextAttempt(row.scope, BatchStatus.retrying);
    });
    scope.attempt += 1;
    this.#reopenInside(scope);
    this.#move(row, BatchStatus.running, BatchStatus.retrying);
    try {
      await this.#run.wait(ms, this.#scope);
      await this.#untilRateAllows(row);
    } finally {
      this.#move(row, BatchStatus.retrying, BatchStatus.running);
    }
  }

  /** A further try is a start like any other to whatever the rate limit protects. */
  async #untilRateAllows({ items }: QueuedBatch): Promise<void> {
    const { clock } = this.#run;
    for (
      let delay = this.#limiter.delay(clock.now(), items);
      delay > 0;
      delay = this.#limiter.delay(clock.now(), items)
    ) {
      await this.#run.wait(delay, this.#scope);
    }
    this.#limiter.started(clock.now(), items);
  }

  /** What failed inside a batch that is tried again is to be tried again too; a node that bore its failures is done. */
  #reopenInside(scope: Scope): void {
    const { journal, writer, progress } = this.#run;
    for (const batch of this.#run.stored.batches.failedInside(scope.id)) {
      journal.write(() => writer.nextAttempt(batch.scope, BatchStatus.waiting));
      const counts = progress.get(batch.node);
      if (!counts) continue; // A round of a while.
      move(counts, BatchStatus.failed, BatchStatus.waiting, batch.items);
      this.#run.batchChanged(batch.node, batch.parent, batch.index, BatchStatus.waiting);
    }
    scope.fresh = false;
  }

  #end(row: QueuedBatch, scope: Scope, startedAt: number, status: BatchStatus, error?: StoredError): void {
    const { journal, writer, clock } = this.#run;
    const endedAt = clock.now();
    const { last } = scope;
    journal.write(() =>
      writer.batchEnds({
        scope: row.scope,
        status,
        startedAt,
        endedAt,
        lastNode: last?.node ?? null,
        lastAttempt: last?.attempt ?? null,
        error: error ? JSON.stringify(error) : null,
      }),
    );
    this.#move(row, BatchStatus.running, status);
    if (status !== BatchStatus.failed) return;
    if (this.#node.policy.onBatchError === 'stop' && !this.#tolerated) this.#halted = true;
  }

  #move({ index, items }: QueuedBatch, from: BatchStatus, to: BatchStatus): void {
    this.#feed.count(from, -1, -items);
    this.#feed.count(to, 1, items);
    this.#run.batchChanged(this.#id, this.#scope.id, index, to);
  }

  get #tolerated(): boolean {
    const { batches } = this.#feed.tally;
    return isTolerated(this.#node.policy.tolerate, batches.failed, batches.total);
  }

  async #finish(): Promise<Checkpoint> {
    const { error, tally } = this.#feed;
    if (error)
      throw new StepFailed(error.thrown, {
        ...toStoredError(error.thrown, this.#node.explain, this.#node.at),
        step: this.#path,
      });
    const { batches, items } = tally;
    if (batches.failed > 0 && (this.#halted || !this.#tolerated)) throw await this.#failure();
    await this.#run.journal.committed();
    this.#checkConservation();
    const pick = ({ total, succeeded, failed }: typeof batches) => ({ total, succeeded, failed });
    const text = encode({ items: pick(items), batches: pick(batches) }, 'output');
    this.#writeAttempt(StepStatus.succeeded, null, text);
    return new Checkpoint(this.#id, this.#attempt.attempt, text);
  }

  async #failure(): Promise<StepFailed> {
    await this.#run.journal.committed();
    const { batches } = this.#feed.tally;
    const { kind, id } = this.#node;
    const things = kind === 'batch' ? 'batches' : 'items';
    const first = this.#run.stored.batches.firstFailure(this.#id, this.#scope.id);
    const message = `${batches.failed} of ${batches.total} ${things} of ${describeValue(id)} failed${first ? `. The first: ${first.message}` : ''}`;
    const stored: StoredError = {
      name: 'BatchesFailed',
      message,
      fingerprint: `BatchesFailed ${this.#path}`,
      at: first?.at ?? this.#node.at,
      explain: first?.explain,
    };
    return new StepFailed(new Error(message), { ...stored, step: this.#path });
  }

  /** A node whose batches do not add up is not done, whatever the counters say. */
  #checkConservation(): void {
    const { tally } = this.#feed;
    const { succeeded, failed, total } = tally.batches;
    const stored = this.#run.stored.batches.counts(this.#id, this.#scope.id);
    const balanced =
      this.#feed.isExhausted &&
      succeeded + failed === total &&
      stored.batches === total &&
      stored.items === tally.items.total;
    if (!balanced) {
      throw new Error(
        `The batches of ${describeValue(this.#node.id)} do not add up: ${total} were counted and ${stored.batches} are stored, ${succeeded} succeeded and ${failed} failed. This is a defect of the engine; resume the run to go on.`,
      );
    }
  }

  #endAttempt(error: unknown): void {
    this.#scope.setResult(this.#id, {
      attempt: this.#attempt.attempt,
      output: null,
      failed: !(error instanceof StopError),
    });
    if (error instanceof StopError)
      this.#writeAttempt(error.stop.as === 'cancelled' ? StepStatus.cancelled : StepStatus.interrupted, null, null);
    else
      this.#writeAttempt(
        StepStatus.failed,
        JSON.stringify(error instanceof StepFailed ? error.stored : toStoredError(error)),
        null,
      );
  }

  #writeAttempt(status: StepStatus, error: string | null, output: string | null): void {
    const { journal, writer, clock } = this.#run;
    const attempt = this.#attempt;
    const endedAt = clock.now();
    const logs = attempt.logs.take({ at: endedAt });
    journal.write(() => {
      writer.attempt({
        scope: attempt.scope,
        node: attempt.node,
        attempt: attempt.attempt,
        batchAttempt: attempt.batchAttempt,
        status,
        startedAt: attempt.startedAt,
        endedAt,
        error,
        output,
      });
      writer.logs(attempt, logs);
    });
  }
}

export function isTolerated(tolerance: Tolerance, failed: number, total: number): boolean {
  return tolerance.kind === 'count' ? failed <= tolerance.count : failed * 100 <= tolerance.percent * total;
}

/** The author's closures hold this very object; what an earlier try did to it is undone in it. */
function restoreInPlace(item: unknown, fresh: unknown): void {
  if (item instanceof Map && fresh instanceof Map) {
    item.clear();
    for (const [key, value] of fresh) item.set(key, value);
  } else if (item instanceof Set && fresh instanceof Set) {
    item.clear();
    for (const value of fresh) item.add(value);
  } else if (
    typeof item === 'object' &&
    item !== null &&
    typeof fresh === 'object' &&
    fresh !== null &&
    !Object.isFrozen(item)
  ) {
    if (Array.isArray(item)) item.length = 0;
    else for (const key of Reflect.ownKeys(item)) Reflect.deleteProperty(item, key);
    Object.assign(item, fresh);
  }
}
