/** What a handler is given, and what it may return. Types only; option-types.ts beside it has the options of nodes. */

type Unit =
  | 'ms'
  | 'msec'
  | 'msecs'
  | 'millisecond'
  | 'milliseconds'
  | 's'
  | 'sec'
  | 'secs'
  | 'second'
  | 'seconds'
  | 'm'
  | 'min'
  | 'mins'
  | 'minute'
  | 'minutes'
  | 'h'
  | 'hr'
  | 'hrs'
  | 'hour'
  | 'hours'
  | 'd'
  | 'day'
  | 'days'
  | 'w'
  | 'week'
  | 'weeks';

/** A span of time: milliseconds as a number, or text such as `'500ms'`, `'2s'`, `'5 minutes'`, `'1.5h'`. */
export type Duration = number | `${number}${Unit}` | `${number} ${Unit}`;

/** How serious a log line is. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

// ---------------------------------------------------------------------------------------- outputs

/** The value of `ctx.steps[name]` once the step is done. */
export interface StepResult<Output> {
  /** What the step's handler returned, awaited; or its `.onError()` fallback. */
  readonly output: Output;
}

/** How many there were and how they ended. `total = succeeded + failed + setAside + cancelled` once the node is done. */
export interface ResultCounts {
  readonly total: number;
  readonly succeeded: number;
  readonly failed: number;
  /** Items that their batches went without; and batches of which all are. */
  readonly setAside: number;
  /** Those of batches that a person has cancelled while the run went on; absent where there are none. */
  readonly cancelled?: number;
}

/** Output of a `batch` or `forEach` node. The batches' own outputs are read with `ctx.results(name)`. */
export interface BatchResult {
  /** Counted in items. A failed batch counts all its items as failed. */
  readonly items: ResultCounts;
  /** Counted in batches; for `forEach`, a batch is one item. */
  readonly batches: ResultCounts;
}

/** Output of a `while` node. */
export interface WhileResult {
  /** How often the body ran; 0 when the condition was false at once. */
  readonly rounds: number;
}

/** One succeeded batch, as `ctx.results(name)` yields it. */
export interface BatchOutput<Output = unknown> {
  /** The batch's number, from 0. */
  readonly index: number;
  /** The output of the last step of the batch's body, `undefined` when it had none. */
  readonly output: Output;
}

/** Writes an object type out, so that editors show its members and not how it was made. @internal */
export type Simplify<T> = { [Key in keyof T]: T[Key] } & {};

/** @internal */
export type IsAny<T> = 0 extends 1 & T ? true : false;

/** The names of `Steps` that are batch or forEach nodes. @internal */
export type BatchNames<Steps> =
  IsAny<Steps> extends true
    ? string
    : keyof { [Name in keyof Steps as IsBatch<Steps[Name]> extends true ? Name : never]: Name } & string;

type IsBatch<Step> =
  NonNullable<Step> extends StepResult<infer Output>
    ? IsAny<Output> extends true
      ? false
      : [Output] extends [BatchResult]
        ? true
        : false
    : false;

// ------------------------------------------------------------------------------------------ state

/** What an empty default says about the values to come: nothing, so they are `any`. */
type Loosened<T> = [T] extends [null | undefined]
  ? any
  : [T] extends [readonly never[]]
    ? any[]
    : [{}, keyof T] extends [T, never]
      ? any
      : // `infer` keeps a literal default wide: get('n', 0) is a number, not 0.
        T extends infer Wide
        ? Wide
        : never;

/**
 * The run's own key-value store, shared by all its steps and batches. Values are data (JSON plus Date,
 * Map, Set, BigInt, typed arrays). Writes made in a step are stored when the step succeeds and dropped when
 * it throws, so a retry, a resume or a re-run never counts twice.
 *
 * With `concurrency` above 1 a `get` followed by a `set` can lose another batch's update: use `incr` or `update`.
 */
export interface State {
  /**
   * The value at `key`, `undefined` when there is none. Not a promise; awaiting it is harmless.
   * Untyped unless you say `get<number>('n')`.
   */
  get<Value = any>(key: string): Value | undefined;
  /**
   * The value at `key`, `fallback` when there is none. Not a promise; awaiting it is harmless.
   * The type is the fallback's; `null`, `[]` and `{}` say nothing about it and leave it untyped.
   */
  get<Value>(key: string, fallback: Value): Loosened<Value>;
  /** Stores `value` at `key`; `undefined` removes it. Rejects when the value can't be stored, such as a function. */
  set(key: string, value: unknown): Promise<void>;
  /**
   * Adds `by` to the number at `key` (0 when there is none) in one go, and resolves to the sum.
   * Rejects when the value there is not a number.
   * @param by default 1; may be negative
   */
  incr(key: string, by?: number): Promise<number>;
  /**
   * Replaces the value at `key` by `change(current)` in one go, and resolves to the new value.
   * `current` is `undefined` when there is no value yet. `change` may be called more than once, and not be async:
   * it computes and does nothing else.
   */
  update<Value = any>(key: string, change: (current: Value | undefined) => Value): Promise<Value>;
  /** Removes `key`; no error when it is not there. */
  delete(key: string): Promise<void>;
}

// ---------------------------------------------------------------------------------------- context

/** Which run this is. */
export interface RunInfo {
  /** The run's id: what `cronflow resume`, `rerun` and `show` take. */
  readonly id: string;
  /** The `id` given to `cronflow.define`. */
  readonly workflowId: string;
  /** Whether it is a demo, in which nothing should be done outside. What `ctx.effect` does is only pretended in it anyway. */
  readonly isDemo: boolean;
}

/** Which batch a handler works on. */
export interface BatchPosition {
  /** Name of the batch or forEach node. */
  readonly node: string;
  /** Number of the batch in that node, from 0. */
  readonly index: number;
  /** How many items the batch has; for `forEach`, 1. */
  readonly items: number;
}

/** Options of `ctx.each`. */
export interface EachOptions {
  /** Calls at a time. @default 1 */
  concurrency?: number;
}

/** Options of `ctx.effect`. */
export interface EffectOptions<Receipt = unknown> {
  /**
   * Looks up whether it was done: its receipt when it was, `undefined` or `null` when it was not. Asked before `fn` is
   * called again where that is not certain: after a crash, a stop or a timeout, and after `fn` has thrown.
   */
  verify?: (
    key: string,
  ) => Receipt | Awaited<Receipt> | undefined | null | Promise<Awaited<Receipt> | undefined | null>;
  /**
   * What exactly is done, such as `{ cents: order.cents }`; data. The same key with other params is an error, and the step
   * fails instead of returning the receipt of something else. With params, several batches may mean the same effect.
   */
  params?: unknown;
  /** What a demo returns in the place of the receipt: there nothing is done. @default undefined */
  inDemo?: (key: string) => Receipt | Awaited<Receipt>;
  /** What one and several of them are called where a re-run counts them: `['mail', 'mails']`. @default ['effect', 'effects'] */
  unit?: [one: string, many: string];
}

/**
 * What every handler is given. A bare `Context` is untyped, for helpers that take any workflow's context.
 */
export interface Context<Steps = any, Last = any, Payload = any, Batch = BatchPosition | undefined> {
  /** What the run was started with; checked by the workflow's `payload` schema when it has one. */
  readonly payload: Payload;
  /**
   * Results of the steps before this one, by name: `ctx.steps['load'].output`. In a body the inner steps
   * come first, then the outer ones. A step of an `.if()` branch may not have run: `ctx.steps['x']?.output`.
   */
  readonly steps: Simplify<Steps>;
  /** Output of the step before; actions do not change it. `undefined` at the start; a body begins with the outer one. */
  readonly last: Last;
  /** The run's key-value store. */
  readonly state: State;
  /** Which run this is. */
  readonly run: RunInfo;
  /** The workflow's id, as `ctx.run.workflowId`: for `cronflow.setWorkflowState` and its like. */
  readonly workflow_id: string;
  /** Which batch this is, the innermost one when batches are nested; `undefined` outside of batches. */
  readonly batch: Batch;
  /** The number of this attempt of the step, from 1. */
  readonly attempt: number;
  /** Aborts when the run is cancelled or paused, the step times out, or another member has won the race. */
  readonly signal: AbortSignal;
  /**
   * The same for every attempt of this step with the same items: give it to outside systems, to do things once. A batch that
   * gets other items gets other keys, and an `onError` has a key of its own.
   */
  readonly idempotencyKey: string;
  /**
   * The outputs of a finished batch or forEach node's succeeded batches, in order, read from the store as
   * you go: `for await (const { index, output } of ctx.results<Invoice>('bill')) …`
   * @param name a batch or forEach node before this step
   */
  results<Output = unknown>(name: BatchNames<Steps>): AsyncIterable<BatchOutput<Output>>;
  /**
   * Says which item of the batch the code works on now, by its index in the batch. When the step then fails, this item is
   * named as the one at fault, and nothing has to be searched for. For code that works on one item after another; give
   * `ctx.each` what works on several at a time.
   * @param index from 0
   */
  item(index: number): void;
  /**
   * Calls `fn` for each item of the batch, in order, and returns what the calls returned. Also after one has thrown: all
   * items are tried. Then the first error is thrown, and every item that failed is named as at fault with its own error.
   * @param items the items of the batch, all of them
   */
  each<Item, Result>(
    items: readonly Item[],
    fn: (item: Item, index: number) => Result,
    options?: EachOptions,
  ): Promise<Awaited<Result>[]>;
  /**
   * Does something outside that must not be done twice, such as a payment or a mail, and returns what `fn` returned: its
   * receipt. The receipt is stored under `key` for the whole run. Whoever comes to the same key again, after a retry, a
   * resume or a re-run, and also when the item was edited, is given the receipt, and `fn` is not called.
   *
   * That `fn` is about to be called is stored before the call. When the process ends, the step times out, or the run is
   * stopped before `fn` has answered, nobody knows whether it was done: then `verify` is asked. Without one the step fails
   * and says how to settle it (`cronflow effects`). A `fn` that throws has failed, and is called again by the next attempt.
   *
   * A key belongs to one step and one batch: put into it what it is about. The same key for something else is an error.
   * @param key `mail ${order.number}`
   * @param fn does it; called at most once for each time that it is known not to have been done
   */
  effect<Receipt>(key: string, fn: () => Receipt, options?: EffectOptions<Receipt>): Promise<Awaited<Receipt>>;
  /** Stops here and ends the run as `cancelled`. What was checkpointed stays. Never returns: it throws. */
  cancel(reason?: string): never;
}

/** What an `.onError()` handler is given: the failed step's context, and why it failed. */
export interface ErrorContext<
  Steps = any,
  Last = any,
  Payload = any,
  Batch = BatchPosition | undefined,
> extends Context<Steps, Last, Payload, Batch> {
  /** What the last attempt threw; anything that is not an Error is wrapped in one. */
  readonly error: Error;
}

/** What the `items` function of a batch is given. */
export interface ItemsContext<
  Steps = any,
  Last = any,
  Payload = any,
  Batch = BatchPosition | undefined,
> extends Context<Steps, Last, Payload, Batch> {
  /**
   * `offset`: how many items were split into batches before an interruption; 0 on a first run. A function that
   * reads it must begin at that item; for one that does not, the engine skips the items itself.
   */
  readonly resume: { readonly offset: number };
}

/** A function that does a step's work. Its result is awaited and must be data. */
export type Handler<Ctx, Result> = (ctx: Ctx) => Result;

/** What `hooks.onSuccess` and `hooks.onFailure` are given: the run as it has ended. */
export interface HookContext<Payload = any> {
  readonly payload: Payload;
  readonly run: RunInfo;
  readonly status: 'completed' | 'failed';
  /** The output of the last step, when the run has completed. */
  readonly last: any;
  /** Why the run has failed: name, message and own fields as they are stored. */
  readonly error: Error | undefined;
  /** Counted over the outermost batch and forEach nodes. */
  readonly items: ResultCounts;
  readonly batches: ResultCounts;
  /** The run's state as it ended. A hook cannot change it. */
  readonly state: Pick<State, 'get'>;
  /** Aborts when the time of the hook is up, after ten seconds. */
  readonly signal: AbortSignal;
}

/** Called once a run has ended and that is stored. Its result is not used; what it throws is a warning in the log. */
export type Hook<Payload = any> = (ctx: HookContext<Payload>, stepId?: undefined) => unknown;
