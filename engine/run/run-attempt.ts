import type { ArrayPages } from '../store/array-pages.ts';
import { encodeInPages } from '../store/codec.ts';
import type { LogLine } from '../store/records.ts';
import type { StoredError } from '../../common/stored-error.ts';
import { StepStatus } from '../../common/status.ts';
import { describeValue } from '../workflow/errors.ts';
import type { SourceLocation } from '../../common/source-location.ts';
import type { Abortable } from './abort-registry.ts';
import { Attempt } from './attempt.ts';
import { Stopwatch } from './clock.ts';
import { checkpointInPages } from './large-outputs.ts';
import type { Run } from './run.ts';
import { Checkpoint, type Scope } from './scope.ts';
import { BatchCancelled, CancelRequest, RaceLost, StopError, stoppedStatus, TimeoutError } from './stop.ts';
import type { StateOfAttempt } from './state.ts';
import { toStoredError } from './stored-error.ts';
import type { Span } from './telemetry/span.ts';

/** A step failed for good. Has what was thrown, and the error as the store describes it. */
export class StepFailed extends Error {
  override readonly name = 'StepFailed';
  readonly thrown: unknown;
  readonly stored: StoredError;
  /** The items of the batch that the step named as at fault. */
  readonly marked: readonly MarkedError[];

  constructor(thrown: unknown, stored: StoredError, marked: readonly MarkedError[] = []) {
    super(stored.message);
    this.thrown = thrown;
    this.stored = stored;
    this.marked = marked;
  }
}

/** An item of the batch, by its index, and the error it failed with. */
export interface MarkedError {
  readonly item: number;
  readonly thrown: unknown;
  readonly error: StoredError;
}

/** What one attempt executes, and for which node. */
export interface AttemptSpec {
  readonly scope: Scope;
  readonly node: number;
  readonly path: string;
  readonly at?: SourceLocation | undefined;
  readonly explain?: ((error: Error) => string) | undefined;
  readonly timeout?: number | undefined;
  /** It executes nothing of the author's, and is written together with what has been written before in this turn. */
  readonly atOnce?: true;
  /** Called right before it begins: an error that it returns ends it instead. */
  readonly isOver?: (() => Error | undefined) | undefined;
  call(attempt: Attempt): unknown;
  /** The author's functions that `call` may call. */
  functions?(): readonly unknown[];
  /** Makes writes that must commit together with the checkpoint. */
  readonly alongside?: ((output: unknown) => void) | undefined;
  /** Gets the attempt when it begins. */
  readonly onWork?: ((attempt: Abortable) => void) | undefined;
  /** The failure that this attempt answers (`onError`): stored with its checkpoint. */
  readonly answers?: StoredError | undefined;
}

/**
 * Executes one attempt as soon as everything that has been written is durable, and writes its result, in the turn of the
 * event loop in which it ended. Small, because all that an async function has to do with is allocated with each call: with
 * what `AttemptWork` does in it, 1.4 kB a step instead of 0.8.
 * @throws StepFailed when the author's code failed, StopError when the run stops, what ended the scope
 */
export async function runAttempt(run: Run, spec: AttemptSpec): Promise<Checkpoint> {
  if (!spec.atOnce) {
    run.stopping.check(spec.scope);
    await run.journal.committed();
    run.stopping.check(spec.scope);
  }
  const work = new AttemptWork(run, spec);
  try {
    const committing = work.succeeds(await work.perform());
    if (committing) await committing;
    return work.checkpoint();
  } catch (thrown) {
    throw work.fails(thrown);
  } finally {
    work.close();
  }
}

/** What one attempt does before, between and after its waits. */
class AttemptWork {
  readonly #run: Run;
  readonly #spec: AttemptSpec;
  readonly #attempt: Attempt;
  readonly #cancelTimeout: (() => void) | undefined;
  readonly #span: Span | undefined;
  /** Its output, in the codec's text. */
  #text: string | ArrayPages = '';

  /** Begins. @throws what `isOver` returns */
  constructor(run: Run, spec: AttemptSpec) {
    const over = spec.isOver?.();
    if (over) throw over;
    const { scope, node, path } = spec;
    const before = scope.previousAttempt(node);
    const number = (before?.attempt ?? 0) + 1;
    const attempt = new Attempt({ scope, node, path, number, stopwatch: new Stopwatch(run.clock) }, run);
    this.#run = run;
    this.#spec = spec;
    this.#attempt = attempt;
    run.inFlight.attempts.add(attempt);
    run.inFlight.executing += 1;
    run.stopping.abortables.register(attempt);
    run.progress.steps.begins(node, path, before?.failed === true);
    spec.onWork?.(attempt);
    const { timeout } = spec;
    this.#cancelTimeout = timeout === undefined ? undefined : startTimeout(run, spec, timeout, attempt);
    this.#span = run.spans?.attempt(scope, path, number);
  }

  /** Calls the author's function. Returns its result, or a promise of it. */
  perform(): unknown {
    const span = this.#span;
    this.#run.onCall?.(this.#spec.path, this.#spec.functions?.() ?? []);
    const call = () => this.#spec.call(this.#attempt);
    return this.#attempt.perform(span ? () => span.perform(call) : call);
  }

  /** Writes its result. In a worker, what it has written into the state is sent with it: that is to be waited for. */
  succeeds(output: unknown): Promise<void> | undefined {
    const attempt = this.#attempt;
    const { runner } = this.#run;
    this.#text = encodeInPages(output, 'output');
    if (runner && attempt.state.hasWrites) {
      attempt.isEnding = true;
      return runner.commit(attempt, reads => this.#writeSuccess(output, { writes: [], reads }));
    }
    this.#writeSuccess(output, attempt.applyState());
    return undefined;
  }

  #writeSuccess(output: unknown, state: StateOfAttempt | undefined): readonly LogLine[] {
    const { answers: error, alongside } = this.#spec;
    const logs = endAttempt(this.#run, this.#attempt, {
      status: StepStatus.succeeded,
      error,
      output: this.#text,
      state,
    });
    if (alongside) alongside(output);
    return logs;
  }

  /** After its result is written. */
  checkpoint(): Checkpoint {
    const { node, path } = this.#spec;
    this.#run.progress.steps.ends(node, path, 'succeeded');
    this.#span?.end({ 'cronflow.status': 'succeeded' });
    const text = this.#text;
    return typeof text === 'string'
      ? new Checkpoint(node, this.#attempt.attempt, text)
      : checkpointInPages(this.#run, this.#attempt, text);
  }

  /** Writes that it has not succeeded. Returns what its caller throws. */
  fails(thrown: unknown): Error {
    const { scope, node, path } = this.#spec;
    const error = failedAttempt(this.#run, this.#attempt, this.#spec, thrown);
    const failed = error instanceof StepFailed;
    this.#span?.end({ 'cronflow.status': failed ? 'failed' : 'interrupted' }, failed ? error.stored : undefined);
    scope.setResult(node, { attempt: this.#attempt.attempt, output: null, failed });
    this.#run.progress.steps.ends(node, path, failed ? 'failed' : undefined);
    return error;
  }

  close(): void {
    const { inFlight, stopping } = this.#run;
    this.#cancelTimeout?.();
    this.#attempt.end();
    inFlight.attempts.delete(this.#attempt);
    inFlight.executing -= 1;
    stopping.abortables.unregister(this.#attempt);
  }
}

/** Called only where there is one: a function that makes another has what that reads allocated with each call. */
function startTimeout(run: Run, { path }: AttemptSpec, timeout: number, attempt: Attempt): (() => void) | undefined {
  if (run.hasNoTimeouts) return undefined;
  // The pace of a demo is not the step's doing.
  return run.clock.after(timeout + (run.demo?.paceOf(attempt) ?? 0), () =>
    attempt.abort(new TimeoutError(`${describeValue(path)} took longer than its timeout of ${timeout} ms`)),
  );
}

/** Writes an attempt that did not succeed. Returns the error that its caller throws. */
function failedAttempt(run: Run, attempt: Attempt, spec: AttemptSpec, thrown: unknown): Error {
  if (thrown instanceof CancelRequest) run.stopping.request({ as: 'cancelled', reason: thrown.message });
  const { stop } = run.stopping;
  if (stop) {
    // A step that was asked to stop may throw anything: that is how it stops.
    endAttempt(run, attempt, { status: stoppedStatus(stop) });
    return new StopError(stop);
  }
  if (thrown instanceof RaceLost || thrown instanceof BatchCancelled) {
    endAttempt(run, attempt, { status: StepStatus.cancelled });
    return thrown;
  }
  const error = toStoredError(thrown, spec.explain, spec.at);
  endAttempt(run, attempt, { status: StepStatus.failed, error });
  const step = attempt.path;
  const marked = attempt.itemsAtFault(thrown).map(({ item, thrown: own }) => ({
    item,
    thrown: own,
    error: { ...toStoredError(own, spec.explain, spec.at), step },
  }));
  return new StepFailed(thrown, { ...error, step }, marked);
}

export interface AttemptEnd {
  readonly status: StepStatus;
  readonly error?: StoredError | undefined;
  /** In the codec's text. */
  readonly output?: string | ArrayPages;
  readonly state?: StateOfAttempt | undefined;
}

const NO_LINES: readonly LogLine[] = [];

/** Writes the end of an attempt, with its logs and what it wrote into the run's state. Returns these logs. */
export function endAttempt(
  run: Run,
  attempt: Attempt,
  { status, error, output, state }: AttemptEnd,
): readonly LogLine[] {
  const endedAt = attempt.stopwatch.endedAt();
  const logs = attempt.hasLogs ? attempt.logs.take({ at: run.clock.now() }) : NO_LINES;
  const { caches } = attempt;
  const expiresAt = caches?.ttl === undefined ? null : endedAt + caches.ttl;
  const shared = status === StepStatus.succeeded ? attempt.takeShared() : undefined;
  run.journal.write(() => {
    run.writer.attempt({
      scope: attempt.scope,
      node: attempt.node,
      attempt: attempt.attempt,
      batchAttempt: attempt.batchAttempt,
      status,
      startedAt: attempt.stopwatch.startedAt,
      endedAt,
      error: error ? JSON.stringify(error) : null,
      output: output ?? null,
      reads: state?.reads ?? null,
      cachedRun: attempt.cachedRun,
    });
    if (status === StepStatus.succeeded && caches) run.writer.cached(attempt, caches.entry, expiresAt);
    if (logs.length > 0) run.writer.logs(attempt, logs);
    if (state) for (const write of state.writes) run.writer.state(attempt, write);
    if (shared) for (const write of shared) run.shared.write(attempt, write);
  });
  return logs;
}
