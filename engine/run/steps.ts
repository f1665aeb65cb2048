import type { StoredError } from '../../common/stored-error.ts';
import type { SourceLocation } from '../../common/source-location.ts';
import type { Handler, StepNode, SubflowNode } from '../workflow/nodes.ts';
import { describeValue } from '../workflow/errors.ts';
import type { Abortable } from './abort-registry.ts';
import type { Attempt } from './attempt.ts';
import { StepContext } from './context.ts';
import { cachedOr } from './output-cache.ts';
import { anotherAttempt, backoff } from './retry.ts';
import { runAttempt, StepFailed, type AttemptSpec } from './run-attempt.ts';
import type { Run } from './run.ts';
import type { Checkpoint, Scope } from './scope.ts';
import { waitForDelay, waitForNextAttempt } from './step-waits.ts';
import { asError } from './stored-error.ts';
import { SubflowError } from './subflow/subflow-error.ts';
import type { RunSpans } from './telemetry/run-spans.ts';

/** How the members of a race, or of a parallel with a timeout, learn that they are over. */
export interface StepHooks {
  /** Gets each attempt, and each wait between attempts, when it begins. */
  readonly onWork?: (work: Abortable) => void;
  /** Called before each attempt: an error that it returns ends the step instead. */
  readonly isOver?: () => Error | undefined;
}

const NO_HOOKS: StepHooks = {};

interface StepOf {
  readonly run: Run;
  readonly scope: Scope;
  readonly node: StepNode | SubflowNode;
  readonly id: number;
  readonly path: string;
  readonly hooks: StepHooks;
}

/** One attempt of a step or action, or of its `onError`. A class, because there is one for every step of every batch. */
class StepSpec implements AttemptSpec {
  readonly #of: StepOf;
  readonly #instead: { readonly onError: Handler; readonly failure: StepFailed } | undefined;
  /** The run of another workflow that it has come to the output of. */
  #child: number | undefined;

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
    const { node } = this.#of;
    return node.explain ?? (node.kind === 'subflow' ? explainedInside : undefined);
  }
  get timeout(): number | undefined {
    return this.#of.node.rules.timeout;
  }
  /** An `onError` answers whatever has happened meanwhile. */
  get isOver(): AttemptSpec['isOver'] {
    return this.#instead ? undefined : this.#of.hooks.isOver;
  }
  get onWork(): AttemptSpec['onWork'] {
    return this.#of.hooks.onWork;
  }
  get answers(): StoredError | undefined {
    return this.#instead?.failure.stored;
  }

  functions(): readonly unknown[] {
    const { node } = this.#of;
    if (!this.#instead && node.kind === 'step' && typeof node.rules.cache?.key === 'function')
      return [node.rules.cache.key, node.handler];
    return [this.#instead ? this.#instead.onError : node.kind === 'subflow' ? node.input : node.handler];
  }

  call(attempt: Attempt): unknown {
    const { run, scope } = this.#of;
    if (this.#instead)
      return this.#instead.onError(
        new StepContext(run, scope, attempt, asError(this.#instead.failure.thrown)) as never,
      );
    const { demo } = run;
    return demo ? demo.perform(run, attempt, () => this.#execute(attempt)) : this.#execute(attempt);
  }

  #execute(attempt: Attempt): unknown {
    const { run, scope, node, path } = this.#of;
    const own = node.kind === 'subflow' ? () => this.#runOther(node, attempt) : node.handler;
    const handler = run.replacements?.handler(path, own) ?? own;
    const context = new StepContext(run, scope, attempt);
    const { cache } = node.rules;
    if (cache) return cachedOr(run, cache, attempt, context, () => handler(context as never));
    const result: unknown = handler(context as never);
    // An action is run for what it does, not for what it returns.
    return node.kind === 'action' ? nothingOf(result) : result;
  }

  async #runOther({ id, workflow, input }: SubflowNode, attempt: Attempt): Promise<unknown> {
    const { run, scope } = this.#of;
    if (!run.subflows)
      throw new Error(
        `subflow ${describeValue(id)} cannot run here: a worker executes its batch. Take workers out of the options of the batch.`,
      );
    const context = new StepContext(run, scope, attempt);
    const given: unknown =
      typeof input === 'function' ? await (input as (context: StepContext) => unknown)(context) : input;
    const { child, output } = await run.subflows.execute(attempt, {
      workflow,
      input: given === undefined ? {} : given,
      key: context.idempotencyKey,
    });
    this.#child = child;
    return output;
  }

  /** With the checkpoint: from then on, the step that begins anew runs the other workflow anew. */
  get alongside(): AttemptSpec['alongside'] {
    if (this.#of.node.kind !== 'subflow') return undefined;
    return () => {
      const { run } = this.#of;
      const child = this.#child;
      if (child !== undefined) run.journal.write(() => run.subflows?.take(child));
    };
  }
}

/** What the author of the other workflow says of its failure. */
function explainedInside(error: Error): string {
  return error instanceof SubflowError ? (error.explained ?? '') : '';
}

async function nothingOf(result: unknown): Promise<void> {
  await result;
}

/**
 * Executes a step or action until it succeeds, its attempts are used up, or its `onError` answers. Returns at once
 * where it has a checkpoint. Not async, and apart from what only some steps need: most steps have one attempt.
 */
export function runStep(
  run: Run,
  scope: Scope,
  node: StepNode | SubflowNode,
  path: string,
  hooks: StepHooks = NO_HOOKS,
): Promise<Checkpoint> | Checkpoint {
  const id = run.numbering.node(path, node.kind);
  const done = scope.checkpoints.get(id);
  if (done) return done;
  const { retry, delay, onError } = node.rules;
  const of: StepOf = { run, scope, node, id, path, hooks };
  const byRules = retry !== undefined || delay !== undefined || onError !== undefined;
  const { spans } = run;
  if (spans) return traced(spans, of, byRules);
  return byRules ? runByRules(of) : runAttempt(run, new StepSpec(of));
}

function traced(spans: RunSpans, of: StepOf, byRules: boolean): Promise<Checkpoint> {
  return spans.step(of.scope, of.path, () => (byRules ? runByRules(of) : runAttempt(of.run, new StepSpec(of))));
}

async function runByRules(of: StepOf): Promise<Checkpoint> {
  const { run, scope, node, id, path, hooks } = of;
  const { delay, onError } = node.rules;
  const retry = run.isProbe ? undefined : node.rules.retry;
  const step = { run, scope, node: id, path, onWork: hooks.onWork };
  const before = scope.attemptsBefore(id);
  if (delay !== undefined && before === 0) await waitForDelay(step, delay);
  const last = scope.previousAttempt(id);
  if (retry && last?.failed && last.waits) await waitForNextAttempt(step, last.waits.ms);
  for (let attempts = before + 1; ; attempts++) {
    try {
      return await runAttempt(run, new StepSpec(of));
    } catch (error) {
      if (!(error instanceof StepFailed) || hooks.isOver?.()) throw error;
      const again =
        retry && attempts < retry.attempts
          ? await anotherAttempt(run, scope, retry, error.thrown, attempts)
          : undefined;
      if (retry && again) {
        await waitForNextAttempt(step, again.asked ?? backoff(retry, attempts, run.replacements?.random), again.asked);
        scope.restoreItems?.();
        continue;
      }
      if (!onError) throw error;
      return await runAttempt(run, new StepSpec(of, { onError, failure: error }));
    }
  }
}
