/** What a batch goes through, and the options of every node. Types only. */

import type { Duration, IsAny, ItemsContext } from './context-types.ts';

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

/** Options of a parallel node. */
export interface ParallelOptions {
  /** How many handlers run at a time, in their order: the next begins when one has ended. @default all of them */
  maxConcurrency?: number;
  /**
   * Longest time for all handlers together, from when the node begins, or goes on in a resume or re-run. Then the `ctx.signal` of
   * those that run aborts, and the node fails; those that have succeeded are not executed again. @default no limit
   */
  timeout?: Duration;
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

/** Which events `.waitForEvent()` waits for. */
export interface EventOptions<Ctx = any> {
  /** Whether it is the one that is meant: others of the same name are passed over, and the step waits on. */
  filter?: (event: any, ctx: Ctx) => unknown;
  /** `true`, or why the event is wrong: then the step fails. */
  validate?: (event: any, ctx: Ctx) => unknown;
}

/** What becomes of a firing while the run that its trigger has started before is still running. */
export interface TriggerOverlap {
  /**
   * `'skip'` starts nothing, `'allow'` starts another run all the same, and with `'queue'` the firing waits until that run has ended; a
   * webhook cannot wait. @default `'skip'` of a schedule or interval, else `'allow'`
   */
  overlap?: 'skip' | 'allow' | 'queue';
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
