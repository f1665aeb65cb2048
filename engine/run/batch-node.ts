import { encode } from '../store/codec.ts';
import type { StoredError } from '../../common/stored-error.ts';
import { BatchStatus, StepStatus } from '../../common/status.ts';
import { isTolerated } from '../../common/tolerance.ts';
import type { SourceLocations } from '../workflow/flow.ts';
import { describeValue } from '../workflow/errors.ts';
import type { BatchNode } from '../workflow/nodes.ts';
import { Attempt } from './attempt.ts';
import type { QueuedBatch } from './batch-queue.ts';
import { BatchRunner } from './batch-runner.ts';
import { BatchSource } from './batch-source.ts';
import type { Walk } from './body.ts';
import { isToRecount } from './conservation.ts';
import { Stopwatch } from './clock.ts';
import { describeSetAside } from './items/describe-set-aside.ts';
import type { OpenSplit } from './open-work.ts';
import type { RateLimiter } from './rate-limiter.ts';
import { endAttempt, StepFailed } from './run-attempt.ts';
import type { Run } from './run.ts';
import { Checkpoint, type Scope } from './scope.ts';
import { BatchCancelled, StopError, stoppedStatus } from './stop.ts';
import { toStoredError } from './stored-error.ts';
import { ready } from './waits.ts';
import type { WorkerBatches } from './workers/workers.ts';

/** Executes all batches of a batch or forEach node, as many at a time as it allows. One that fails does not stop the others. */
export async function runBatchNode(
  run: Run,
  scope: Scope,
  node: BatchNode,
  path: string,
  locations: SourceLocations,
  walk: Walk,
): Promise<Checkpoint> {
  const id = run.numbering.node(path, node.kind);
  const done = scope.checkpoints.get(id);
  if (done) return done;
  await ready(run, scope);
  return await new BatchNodeRun(run, { scope, node, id, path, locations, walk }).run();
}

interface BatchNodeRunOptions {
  /** The scope that the node stands in. */
  readonly scope: Scope;
  readonly node: BatchNode;
  readonly id: number;
  readonly path: string;
  readonly locations: SourceLocations;
  readonly walk: Walk;
}

class BatchNodeRun {
  readonly #run: Run;
  readonly #scope: Scope;
  readonly #node: BatchNode;
  readonly #id: number;
  readonly #path: string;
  readonly #source: BatchSource;
  readonly #runner: BatchRunner;
  readonly #limiter: RateLimiter;
  readonly #split: OpenSplit;
  readonly #attempt: Attempt;
  readonly #workers: WorkerBatches | undefined;
  #active = 0;
  #begun = 0;
  #halted = false;
  #wake: (() => void) | undefined;
  #cancelRateTimer: (() => void) | undefined;

  constructor(run: Run, { scope, node, id, path, locations, walk }: BatchNodeRunOptions) {
    this.#run = run;
    this.#scope = scope;
    this.#node = node;
    this.#id = id;
    this.#path = path;
    this.#limiter = run.rateLimiters.of(id, node.policy.rateLimits);
    this.#source = new BatchSource(run, node, {
      id,
      path,
      scope,
      notify: this.#goOn,
      room: () => this.#concurrency,
    });
    this.#split = run.openWork.splitBegins(id, scope.id, this.#source.hasBatches);
    this.#workers = run.workers?.open({ scope, node, id, path, concurrency: () => this.#concurrency });
    this.#runner = new BatchRunner(run, {
      node,
      id,
      path,
      scope,
      locations,
      walk,
      limiter: this.#limiter,
      workers: this.#workers,
      move: (batch, from, to) => this.#move(batch, from, to),
    });
    this.#attempt = new Attempt(
      {
        scope,
        node: id,
        path,
        number: (scope.previousAttempt(id)?.attempt ?? 0) + 1,
        stopwatch: new Stopwatch(run.clock),
      },
      run,
    );
    this.#attempt.onFault = error => this.#source.fail(error);
    const outside = 'items are read outside any step, where no checkpoint could store it. Write state in a step';
    this.#attempt.state.close(outside);
    this.#attempt.shared.close(outside);
  }

  async run(): Promise<Checkpoint> {
    const { concurrency, inFlight, stopping } = this.#run;
    const abortable = {
      scopeOf: this.#scope,
      abort: (error: Error) => {
        this.#attempt.abort(error);
        this.#goOn();
      },
      starve: (error: Error) => {
        const { isReading } = this.#source;
        if (isReading) this.#source.fail(error);
        return isReading;
      },
      isAtRest: () => !this.#source.isReading,
    };
    const stopListening = concurrency.onChange(this.#goOn);
    inFlight.attempts.add(this.#attempt);
    stopping.abortables.register(abortable);
    // More batches failed in an earlier process than are tolerated: no other batch begins, and those that had begun are finished.
    if (this.#hasTooManyFailures) this.#source.endWithBegun();
    describeSetAside(this.#run, this.#node, { node: this.#id, parent: this.#scope.id });
    try {
      this.#source.start(this.#attempt);
      await this.#executeAll();
      stopping.check(this.#scope);
      return await this.#finish();
    } catch (error) {
      this.#endAttempt(error);
      throw error;
    } finally {
      stopListening();
      this.#cancelRateTimer?.();
      this.#noLongerHeld();
      this.#source.close();
      this.#run.openWork.splitEnds(this.#split);
      this.#workers?.close();
      this.#attempt.end();
      inFlight.attempts.delete(this.#attempt);
      stopping.abortables.unregister(abortable);
    }
  }

  get #concurrency(): number {
    return this.#run.concurrency.of(this.#path) ?? this.#node.policy.concurrency;
  }

  /** Only where nothing but room decides when a batch begins. */
  get #ahead(): number {
    const isDecidedHere = this.#limiter.isLimited || this.#node.policy.onBatchError === 'stop';
    return isDecidedHere ? 0 : (this.#workers?.ahead ?? 0);
  }

  async #executeAll(): Promise<void> {
    for (;;) {
      const isStopping =
        this.#run.stopping.stop !== undefined || this.#scope.abortedWith() !== undefined || this.#halted;
      if (!isStopping) this.#startAll();
      if (this.#active === 0 && (isStopping || this.#source.isDrained)) return;
      await new Promise<void>(resolve => {
        this.#wake = resolve;
      });
    }
  }

  /** Has `#executeAll` look again. Once: Node hears of each promise that is resolved again, and most batches would do that. */
  readonly #goOn = (): void => {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  };

  /** Starts as many batches as concurrency and rate limits allow. */
  #startAll(): void {
    while (this.#active < this.#concurrency + this.#ahead) {
      const items = this.#source.peek();
      if (items === undefined) {
        // Taking also makes the source read further.
        this.#source.take();
        return;
      }
      if (this.#limiter.isLimited && this.#isHeld(items)) return;
      const batch = this.#source.take();
      if (!batch) return;
      if (this.#limiter.isLimited) {
        this.#noLongerHeld();
        this.#limiter.started(this.#run.clock.elapsed(), batch.items);
      }
      this.#run.openWork.batchBegins(this.#split, batch.index, batch.scope);
      this.#active += 1;
      this.#begun += 1;
      // It never rejects.
      void this.#runner.execute(batch).then(this.#onBatchEnd);
    }
  }

  /** Whether a rate limit lets no batch of so many items begin now. It is asked again when it does. */
  #isHeld(items: number): boolean {
    const { clock, progress } = this.#run;
    const delay = this.#limiter.delay(clock.elapsed(), items);
    if (delay <= 0) return false;
    progress.steps.holds(this.#id, this.#path, clock.now() + delay);
    this.#cancelRateTimer?.();
    this.#cancelRateTimer = clock.after(delay, this.#goOn);
    return true;
  }

  #noLongerHeld(): void {
    if (this.#limiter.isLimited) this.#run.progress.steps.holds(this.#id, this.#path, undefined);
  }

  readonly #onBatchEnd = (): void => {
    this.#active -= 1;
    this.#goOn();
  };

  #move({ index, items }: QueuedBatch, from: BatchStatus, to: BatchStatus): void {
    this.#source.count(from, -1, -items);
    this.#source.count(to, 1, items);
    this.#run.progress.batchChanged(this.#id, this.#scope.id, index, to);
    if (to === BatchStatus.failed && this.#hasTooManyFailures) this.#halted = true;
  }

  get #isTolerated(): boolean {
    return isTolerated(this.#node.policy.tolerate, this.#source.tally.batches);
  }

  /** With `onBatchError: 'stop'`, no other batch begins then. */
  get #hasTooManyFailures(): boolean {
    return this.#node.policy.onBatchError === 'stop' && !this.#isTolerated;
  }

  async #finish(): Promise<Checkpoint> {
    const { error, tally } = this.#source;
    if (error)
      throw new StepFailed(error.thrown, {
        ...toStoredError(error.thrown, this.#node.explain, this.#node.at),
        step: this.#path,
      });
    const { batches, items } = tally;
    if (batches.failed > 0 && (this.#halted || !this.#isTolerated)) throw await this.#failure();
    await this.#run.journal.committed();
    // Also where the failures are tolerated: what comes after must not be executed twice.
    if (batches.failed > 0 && this.#run.goesWithout()) throw await this.#failure();
    this.#checkConservation();
    const pick = ({ total, succeeded, failed, setAside, cancelled }: typeof batches) => ({
      total,
      succeeded,
      failed,
      setAside,
      ...(cancelled > 0 && { cancelled }),
    });
    const output = encode({ items: pick(items), batches: pick(batches) }, 'output');
    endAttempt(this.#run, this.#attempt, { status: StepStatus.succeeded, output });
    return new Checkpoint(this.#id, this.#attempt.attempt, output);
  }

  async #failure(): Promise<StepFailed> {
    await this.#run.journal.committed();
    const { batches } = this.#source.tally;
    const { kind, id } = this.#node;
    const things = kind === 'batch' ? 'batches' : 'items';
    const first = this.#run.stored.batches.firstFailure(this.#id, this.#scope.id);
    const message =
      `${batches.failed} of ${batches.total} ${things} of ${describeValue(id)} ` +
      `failed${first ? `. The first: ${first.message}` : ''}`;
    const stored: StoredError = {
      name: 'BatchesFailed',
      message,
      fingerprint: `BatchesFailed ${this.#path}`,
      at: first?.at ?? this.#node.at,
      explain: first?.explain,
    };
    return new StepFailed(new Error(message), { ...stored, step: this.#path });
  }

  /** A node whose batches do not add up is not done. @throws Error */
  #checkConservation(): void {
    const { tally, isExhausted } = this.#source;
    const { succeeded, failed, setAside, cancelled, total } = tally.batches;
    const stored = isToRecount(total, this.#begun)
      ? this.#run.stored.batches.counts(this.#id, this.#scope.id)
      : { batches: total, items: tally.items.total };
    const isBalanced =
      isExhausted &&
      succeeded + failed + setAside + cancelled === total &&
      stored.batches === total &&
      stored.items === tally.items.total;
    if (isBalanced) return;
    throw new Error(
      `The batches of ${describeValue(this.#node.id)} do not add up: ${total} were counted and ${stored.batches} ` +
        `are stored, ${succeeded} succeeded, ${failed} failed, ${setAside} are set aside and ${cancelled} cancelled. This is a defect of the engine; resume the run to ` +
        `go on.`,
    );
  }

  #endAttempt(error: unknown): void {
    const isStop = error instanceof StopError;
    this.#scope.setResult(this.#id, { attempt: this.#attempt.attempt, output: null, failed: !isStop });
    if (isStop) {
      endAttempt(this.#run, this.#attempt, { status: stoppedStatus(error.stop) });
      return;
    }
    if (error instanceof BatchCancelled) {
      endAttempt(this.#run, this.#attempt, { status: StepStatus.cancelled });
      return;
    }
    const stored = error instanceof StepFailed ? error.stored : toStoredError(error);
    endAttempt(this.#run, this.#attempt, { status: StepStatus.failed, error: stored });
  }
}
