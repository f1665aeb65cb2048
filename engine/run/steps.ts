import { encode, NotDataError } from '../store/codec.ts';
import type { StateWrite } from '../store/records.ts';
import type { StoredError } from '../../common/stored-error.ts';
import { StepStatus } from '../../common/status.ts';
import { describeValue } from '../workflow/errors.ts';
import type { SourceLocation } from '../../common/source-location.ts';
import type { Handler, StepNode } from '../workflow/nodes.ts';
import type { RetryPolicy } from '../workflow/options.ts';
import { Attempt } from './attempt.ts';
import { StepContext } from './context.ts';
import type { Abortable, Run } from './run.ts';
import { Checkpoint, type Scope } from './scope.ts';
import { CancelRequest, RaceLost, StopError, TimeoutError } from './stop.ts';
import { asError, toStoredError } from './stored-error.ts';

/** A step has failed for good. Carries what was thrown, and how the store describes it. */
export class StepFailed extends Error {
  override readonly name = 'StepFailed';
  readonly thrown: unknown;
  readonly stored: StoredError;

  constructor(thrown: unknown, stored: StoredError) {
    super(stored.message);
    this.thrown = thrown;
    this.stored = stored;
  }
}

/** What makes one attempt: whose it is, and what it calls. */
export interface AttemptSpec {
  readonly scope: Scope;
  readonly node: number;
  readonly path: string;
  readonly at?: SourceLocation | undefined;
  readonly explain?: ((error: Error) => string) | undefined;
  readonly timeout?: number | undefined;
  call(attempt: Attempt): unknown;
  /** Writes that belong into the same transaction as the checkpoint. */
  readonly alongside?: ((output: unknown) => void) | undefined;
  /** Told of the attempt when it begins. */
  readonly onWork?: ((attempt: Abortable) => void) | undefined;
  /** The failure this attempt makes good, kept with its checkpoint (`onError`). */
  readonly answers?: StoredError | undefined;
}

/**
 * Runs one attempt to its end and writes down how it came out, in the turn of the event loop in which it ended.
 * @throws StepFailed when the author's code failed, StopError when the run stops
 */
export async function runAttempt(run: Run, spec: AttemptSpec): Promise<Checkpoint> {
  const { scope, node, path } = spec;
  const before = scope.previousAttempt(node);
  const number = (before?.attempt ?? 0) + 1;
  const attempt = new Attempt({ scope, node, path, number, startedAt: run.clock.now() }, run.state);
  run.attempts.add(attempt);
  run.register(attempt);
  run.stepsExecuted += 1;
  run.steps.begins(node, path, before?.failed === true);
  spec.onWork?.(attempt);
  const cancelTimeout =
    spec.timeout === undefined
      ? undefined
      : run.clock.after(spec.timeout, () =>
          attempt.abort(new TimeoutError(`${describeValue(path)} took longer than its timeout of ${spec.timeout} ms`)),
        );
  try {
    const output = await attempt.perform(() => spec.call(attempt));
    const text = encode(output, 'output');
    const writes = attempt.state.apply(attempt);
    endAttempt(run, attempt, StepStatus.succeeded, spec.answers, text, writes);
    run.steps.ends(node, path, 'succeeded');
    if (spec.alongside) spec.alongside(output);
    return new Checkpoint(node, number, text);
  } catch (thrown) {
    const error = failedAttempt(run, attempt, spec, thrown);
    const failed = error instanceof StepFailed;
    scope.setResult(node, { attempt: number, output: null, failed });
    run.steps.ends(node, path, failed ? 'failed' : undefined);
    throw error;
  } finally {
    cancelTimeout?.();
    attempt.end();
    run.attempts.delete(attempt);
    run.unregister(attempt);
  }
}

/** Writes down an attempt that did not succeed, and says what its caller is to throw. */
function failedAttempt(run: Run, attempt: Attempt, spec: AttemptSpec, thrown: unknown): Error {
  if (thrown instanceof CancelRequest) run.requestStop({ as: 'cancelled', reason: thrown.message });
  if (run.stop) {
    // Whatever a step throws once it has been asked to stop is its way of stopping.
    endAttempt(
      run,
      attempt,
      run.stop.as === 'cancelled' ? StepStatus.cancelled : StepStatus.interrupted,
      undefined,
      null,
      [],
    );
    return new StopError(run.stop);
  }
  if (thrown instanceof RaceLost) {
    endAttempt(run, attempt, StepStatus.cancelled, undefined, null, []);
    return thrown;
  }
  const stored = toStoredError(thrown, spec.explain, spec.at);
  endAttempt(run, attempt, StepStatus.failed, stored, null, []);
  return new StepFailed(thrown, { ...stored, step: attempt.path });
}

function endAttempt(
  run: Run,
  attempt: Attempt,
  status: StepStatus,
  error: StoredError | undefined,
  output: string | null,
  writes: readonly StateWrite[],
): void {
  const endedAt = run.clock.now();
  const logs = attempt.hasLogs ? attempt.logs.take({ at: endedAt }) : undefined;
  run.journal.write(() => {
    run.writer.attempt({
      scope: attempt.scope,
      node: attempt.node,
      attempt: attempt.attempt,
      batchAttempt: attempt.batchAttempt,
      status,
      startedAt: attempt.startedAt,
      endedAt,
      error: error ? JSON.stringify(error) : null,
      output,
    });
    if (logs) run.writer.logs(attempt, logs);
    for (const write of writes) run.writer.state(attempt, write);
  });
}

/** How the members of a race hear of each other. */
export interface StepHooks {
  /** Told of each attempt, and of each wait between attempts, when it begins. */
  readonly onWork?: (work: Abortable) => void;
  /** Asked before each try: an error means that there is to be none. */
  readonly over?: () => Error | undefined;
}

const NO_HOOKS: StepHooks = {};

interface StepOf {
  readonly run: Run;
  readonly scope: Scope;
  readonly node: StepNode;
  readonly id: number;
  readonly path: string;
  readonly hooks: StepHooks;
}

/** One attempt of a step or action; or of its `onError`, asked about the failure. A class, since there is one for every step of every batch. */
class StepSpec implements AttemptSpec {
  readonly #of: StepOf;
  readonly #instead: { readonly onError: Handler; readonly failure: StepFailed } | undefined;

  constructor(of: StepOf, instead?: { readonly onError: Handler; readonly failure: StepFailed }) {
    this.#of = of;
    this.#instead = instead;
  }

  get scope(): Scope {
    return this.#of.scope;
  }
  get node(): number {
    return this.#of.id;
  }
  get path(): string {
    return this.#of.path;
  }
  get at(): SourceLocation | undefined {
    return this.#of.node.at;
  }
  get explain(): AttemptSpec['explain'] {
    return this.#of.node.explain;
  }
  get timeout(): number | undefined {
    return this.#of.node.rules.timeout;
  }
  get onWork(): AttemptSpec['onWork'] {
    return this.#of.hooks.onWork;
  }
  get answers(): StoredError | undefined {
    return this.#instead?.failure.stored;
  }

  call(attempt: Attempt): unknown {
    const { run, scope, node } = this.#of;
    if (this.#instead)
      return this.#instead.onError(
        new StepContext(run, scope, attempt, asError(this.#instead.failure.thrown)) as never,
      );
    const result: unknown = node.handler(new StepContext(run, scope, attempt) as never);
    // An action is run for what it does, not for what it returns.
    return node.kind === 'step' ? result : nothingOf(result);
  }
}

async function nothingOf(result: unknown): Promise<void> {
  await result;
}

/** Runs a step or action until it succeeds, its tries are used up, or its `onError` answers. Does nothing where it has a checkpoint. */
export async function runStep(
  run: Run,
  scope: Scope,
  node: StepNode,
  path: string,
  hooks: StepHooks = NO_HOOKS,
): Promise<Checkpoint> {
  const id = run.nodeId(path, node.kind);
  const done = scope.checkpoints.get(id);
  if (done) return done;
  const { retry, delay, onError } = node.rules;
  if (delay !== undefined) await run.wait(delay, scope, hooks.onWork);
  for (let tries = 1; ; tries++) {
    await run.ready(scope);
    const over = hooks.over?.();
    if (over) throw over;
    try {
      return await runAttempt(run, new StepSpec({ run, scope, node, id, path, hooks }));
    } catch (error) {
      if (!(error instanceof StepFailed)) throw error;
      if (retry && tries < retry.attempts && (await mayRetry(run, retry, error.thrown, tries))) {
        await run.wait(backoff(retry, tries), scope, hooks.onWork);
        scope.restoreItems?.();
        continue;
      }
      if (!onError) throw error;
      await run.ready(scope);
      return await runAttempt(run, new StepSpec({ run, scope, node, id, path, hooks }, { onError, failure: error }));
    }
  }
}

/** What cannot be stored now cannot be stored the next time either. A `retryOn` that fails must not hide the failure it was asked about. */
export async function mayRetry(
  run: Run,
  { retryOn }: Pick<RetryPolicy, 'retryOn'>,
  thrown: unknown,
  tries: number,
): Promise<boolean> {
  if (thrown instanceof NotDataError) return false;
  if (!retryOn) return true;
  try {
    return Boolean(await retryOn(asError(thrown), tries));
  } catch (error) {
    const { name, message } = toStoredError(error);
    run.log({ at: run.clock.now(), level: 'error', text: `retryOn threw ${name}: ${message}` }, undefined);
    return false;
  }
}

/** Milliseconds to wait after the `tries`-th try has failed. With jitter, between half of it and all of it. */
export function backoff(policy: RetryPolicy, tries: number, random: () => number = Math.random): number {
  const factor = { fixed: 1, linear: tries, exponential: policy.multiplier ** (tries - 1) }[policy.strategy];
  const full = Math.min(policy.delay * factor, policy.maxDelay);
  return policy.jitter ? full * (0.5 + random() / 2) : full;
}
