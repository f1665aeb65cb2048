/** What a handler is given, what it may return, and the options of every node. Types only. */

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

type IsAny<T> = 0 extends 1 & T ? true : false;

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

// ------------------------------------------------------------------------------------------ items

type Cuttable = (Iterable<any> & object) | (AsyncIterable<any> & object);

/** What items can come from: an array, an iterable or async iterable (generator, object-mode stream), or a promise of one. */
export type ItemSource = Cuttable | Promise<Cuttable>;

/** The items of a source: `any` when the source is. */
export type ItemOf<Source> =
  IsAny<Awaited<Source>> extends true
    ? any
    : Awaited<Source> extends infer Items
      ? Items extends Iterable<infer Item> | AsyncIterable<infer Item>
        ? Item
        : never
      : never;

/** Where a batch's items come from: a source, or a function of the context that gives one. */
export type Items<Source extends ItemSource, Ctx> = Source | ((ctx: Ctx) => Source);

// ---------------------------------------------------------------------------------------- options

/** How long to wait between attempts. */
export interface Backoff {
  /**
   * `fixed`: always `delay`. `linear`: `delay` × attempts so far. `exponential`: `delay` × `multiplier` ^ (attempts so
   * far − 1). @default 'fixed'
   */
  strategy?: 'fixed' | 'linear' | 'exponential';
  /** The first wait. @default '1s' */
  delay?: Duration;
  /** The longest wait. @default no limit */
  maxDelay?: Duration;
  /** Growth per attempt, for `exponential`. @default 2 */
  multiplier?: number;
  /**
   * Picks each wait at random between half of the computed one and all of it, so that many failures don't retry
   * together. @default false
   */
  jitter?: boolean;
}

/** How many attempts to make, and when. */
export interface RetryOptions {
  /** Attempts in all, the first included: 3 means at most two more. An integer from 1. */
  attempts: number;
  /** How long to wait between attempts. @default always 1 s */
  backoff?: Backoff;
  /**
   * Says whether to make another attempt after this error, awaited; `attempt` is the number of the failed one, from 1.
   * @default always
   */
  retryOn?: (error: Error, attempt: number) => boolean | Promise<boolean>;
  /**
   * How long to wait after this error, awaited, where whoever failed asks for a time: the `Retry-After` of a service
   * (RFC 9110, section 10.2.3). A duration, or a Date at which the next attempt may begin; undefined or null: `backoff`
   * says. It is obeyed as it is, without `maxDelay` and `jitter`, up to 24 days. If it throws, or returns anything else,
   * the log says so and `backoff` holds. @default what `backoff` says
   */
  after?: (
    error: Error,
    attempt: number,
  ) => Duration | Date | undefined | null | Promise<Duration | Date | undefined | null>;
}

/** How a node is shown to people. */
export interface Labels {
  /** What people see instead of the name. */
  title?: string;
  /** A sentence or two on what the node is for. */
  description?: string;
}

/** A node's name with what people see. */
export interface NodeInfo<Name extends string = string> extends Labels {
  /** The name: what `ctx.steps` and the command line use. */
  id: Name;
}

/** How failures are described to people. */
export interface Explains {
  /** Says in plain words what an error means and what to do; shown above the error itself. */
  explain?: (error: Error) => string;
}

/** A step's name with what people see. */
export interface StepInfo<Name extends string = string> extends NodeInfo<Name>, Explains {}

/** A batch node's name with what people see. */
export interface BatchInfo<Name extends string = string> extends StepInfo<Name> {
  /**
   * `set-aside`: when a batch has failed for items that its step has named (`ctx.item`, `ctx.each`), these are set aside, and
   * the batch runs again without them, before the run goes on. At most half of the items of a batch, in at most ten rounds: what
   * fails beyond that fails its batch. @default 'fail'
   */
  onItemError?: 'fail' | 'set-aside';
  /** What one item and several items are called: `['film', 'films']`. @default ['item', 'items'] */
  unit?: [one: string, many: string];
  /** What people call an item: `order => `Order ${order.number}``. It is shown where the item is at fault. @default its number */
  label?: (item: any) => string;
}

/** Options of a step or action; the modifiers `.retry()`, `.timeout()`, `.delay()` set the same. */
export interface StepOptions extends Labels, Explains {
  /** @default one attempt */
  retry?: RetryOptions;
  /** Longest time for one attempt; then `ctx.signal` aborts and the attempt fails. @default no limit */
  timeout?: Duration;
  /** Wait before the first attempt. @default none */
  delay?: Duration;
  /** Gives a later run the output, instead of executing the step. Not of an action. */
  cache?: CacheOptions;
  /**
   * The handler changes nothing outside the run, so it may be called to find out which items make it fail, without asking
   * first. @default false
   */
  pure?: boolean;
}

/** When a step is given the output that an earlier run of the workflow has stored, and is not executed. */
export interface CacheOptions<Ctx = any> {
  /** Tells outputs apart: with the same key, the same step of the same workflow comes to the same. */
  key: string | ((ctx: Ctx) => string | Promise<string>);
  /** How long an output is given to others. @default for as long as its run is stored */
  ttl?: Duration;
}

/** How fast batches may start, over all concurrent ones. */
export interface RateLimit {
  /** At most so many items per span. */
  items?: number;
  /** At most so many batches per span. */
  batches?: number;
  /** The span: `'1s'`, `'1 minute'`. */
  per: Duration;
}

/** Options of a forEach node; a batch node has them too. A "batch" of a forEach is one item. */
export interface ForEachOptions extends Labels, Explains {
  /** Batches at work at a time, over all workers. @default 1, or one for each worker */
  concurrency?: number;
  /**
   * Executes the batches in so many processes of their own, from 1 to 64, so that steps that keep a processor busy run beside
   * each other; `'auto'`: as many as the machine can run at a time. Everything is as without, but for what a process has to
   * itself: each has its own module-level variables. A batch node inside runs in the worker of the batch it stands in.
   * @default none: the process of the run executes them
   */
  workers?: number | 'auto';
  /**
   * How many batches may fail without stopping the run here: a count, a share of all batches (`'5%'`), or
   * `'all'`. The failures stay on record. @default 0
   */
  tolerateFailures?: number | `${number}%` | 'all';
  /** Attempts of a whole batch; another attempt continues at the first step without a checkpoint. @default one attempt */
  retry?: RetryOptions;
  /** Longest time for one batch attempt. @default no limit */
  timeout?: Duration;
  /** How fast batches may start. Re-runs obey it too. @default no limit */
  rateLimit?: RateLimit;
  /** `continue`: the other batches are executed. `stop`: no other batch starts. @default 'continue' */
  onBatchError?: 'continue' | 'stop';
  /** What one item and several items are called: `['film', 'films']`. @default ['item', 'items'] */
  unit?: [one: string, many: string];
  /** What people call an item: `order => `Order ${order.number}``. It is shown where the item is at fault. @default its number */
  label?: (item: any) => string;
  /**
   * What an item amounts to: `order => order.euros`. What went in must come out: the run shows `€ 1,204,500 = € 1,180,000 done +
   * € 24,500 failed`, and does not complete where that does not add up. Summed exactly, to six decimals. A batch with an item
   * for which it throws, or gives no finite number, fails.
   */
  conserve?: (item: any) => number;
  /** What `conserve` counts: `'€'`, `'kg'`. A sign stands before the figure, a word after it. @default nothing */
  conserveUnit?: string;
}

/** Options of a batch node. */
export interface BatchOptions<Source extends ItemSource = any, Ctx = ItemsContext> extends ForEachOptions {
  /**
   * What to work on: `ctx => ctx.steps['load'].output`. An array, iterable or async iterable, or a promise of
   * one. Streams are read only as far as needed. A long one is sooner resumed when it begins at `ctx.resume.offset`.
   */
  items: Items<Source, Ctx>;
  /** Items per batch, an integer from 1; the last batch may have fewer. */
  size: number;
}

/** Options of a while node. */
export interface WhileOptions extends Labels {
  /** The node fails when the condition still holds after so many rounds. @default 1000 */
  maxRounds?: number;
}

/** What another workflow can be given as its payload, where it is not a function of `ctx`. */
export type SubflowInput = object | string | number | boolean | null;

/** What `.humanInTheLoop()` gives: what the person has decided. What else they were asked for is in it, too. */
export interface HumanAnswer {
  readonly approved: boolean;
  readonly status: 'approved' | 'rejected' | 'timeout';
  /** Nobody has decided in time. */
  readonly timedOut: boolean;
  readonly reason?: string;
  /** Who has decided, as the system calls them. */
  readonly by?: string;
  readonly [answer: string]: any;
}

/** How `.humanInTheLoop()` waits, and whom it tells. */
export interface HumanOptions<Ctx = any> extends Labels {
  /** Longest time it waits: then `ctx.last` is `{ approved: false, status: 'timeout', timedOut: true }`. @default for ever */
  timeout?: Duration;
  /**
   * Called once the wait is stored, to tell whoever is to decide; with the token that `cronflow approve` and
   * `cronflow.resume` take. Called again when the process was killed in the middle of it.
   */
  onPause?: (ctx: Ctx, token: string) => unknown;
  /** Called when nobody has decided in time, before the run goes on. */
  onTimeout?: (ctx: Ctx) => unknown;
  /** What is shown to whoever decides. @default `ctx.last` */
  payload?: (ctx: Ctx) => unknown;
}

/** Whether a trigger starts a run while the one it has started before is still running. */
export interface TriggerOverlap {
  /** @default `'skip'` of a schedule or interval, else `'allow'` */
  overlap?: 'skip' | 'allow';
}

export interface ScheduleOptions extends TriggerOverlap {
  /** The name of a time zone, such as `Europe/Berlin`. @default that of the machine */
  timezone?: string;
  /** What becomes of firings while nothing listened: nothing, or one run for all of them. @default 'skip' */
  missed?: 'skip' | 'once';
  /** What its runs are given: what JSON can hold. @default {} */
  payload?: unknown;
}

export interface WebhookOptions extends TriggerOverlap {
  /** @default 'POST' */
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Checks the body of the request: one that does not fit is answered with 400, and starts nothing. */
  schema?: StandardSchemaLike;
  /**
   * The name of the environment variable that has the secret of the webhook. The request has it as `Authorization: Bearer …`, or the
   * signature of its body in `X-Hub-Signature-256`. A webhook without a secret can be called from this machine only.
   */
  secretEnv?: string;
  /** The largest body. @default 1,000,000 */
  maxBytes?: number;
  /** Other options of files written for Cronflow. One that nobody knows is refused when the file is loaded. */
  [extra: string]: unknown;
}

/** A schema of any library that follows Standard Schema 1. */
export interface StandardSchemaLike {
  readonly '~standard': { readonly validate: (value: unknown) => unknown };
}

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
