/**
 * The builder as a workflow author sees it. Types only: the one runtime builder is cast to these.
 *
 * Every method returns the flow with a longer type; these parameters carry what is known so far:
 *
 * - `Kind`     what the chain belongs to: `workflow` (top level), `loop` (a while body), `batch` (inside of a batch)
 * - `Steps`    `{ name: StepResult<Output> }` of the steps visible here; optional where a step may not have run
 * - `Last`     type of `ctx.last`
 * - `Payload`  type of `ctx.payload`
 * - `Prev`     the node just added, when modifiers may follow it: a `Modifiable`, else `undefined`
 * - `Open`     the `.if()` the chain is in: an `OpenIf`, else `undefined`
 *
 * A body's `flow` can't grow: `flow.step('a', …);` is a statement, and the type of `flow` stays what it was.
 * So there are two views of the same scope. The `ctx` of a chained handler is exact: it knows the steps chained
 * before it. The readers on `flow` itself know the outer steps by name and type and give `any` for every other
 * name, because inner steps may have been added since; `flow.last` is always `any`. What that costs:
 * - a misspelled name is caught in `ctx.steps`, not in `flow.steps`
 * - where an inner step takes an outer one's name, `flow.steps` shows the outer one's type
 * - steps added by statements are not known to `ctx`: chain them, or read them from `flow`
 */

import type { WorkflowTest, WorkflowTestCoverage, WorkflowTestOptions, WorkflowTestResult } from './test-types.ts';
import type {
  BatchPosition,
  BatchResult,
  Context,
  Duration,
  ErrorContext,
  Handler,
  ItemsContext,
  LogLevel,
  RunInfo,
  Simplify,
  State,
  StepResult,
  WhileResult,
} from './context-types.ts';
import type {
  BatchInfo,
  BatchOptions,
  CacheOptions,
  EventOptions,
  ForEachOptions,
  HumanAnswer,
  HumanOptions,
  ItemOf,
  ItemSource,
  Items,
  NodeInfo,
  ParallelOptions,
  RetryOptions,
  ScheduleOptions,
  StepInfo,
  StepOptions,
  SubflowInput,
  TriggerOverlap,
  WebhookOptions,
  WhileOptions,
} from './option-types.ts';

// ------------------------------------------------------------------------------- type bookkeeping

/** What a chain belongs to. @internal */
export type FlowKind = 'workflow' | 'loop' | 'batch';

/** Type of `ctx.batch` in a chain of this kind. */
export type PositionIn<Kind> = Kind extends 'batch' ? BatchPosition : undefined;

/** The kind of a while body's chain. */
type LoopIn<Kind> = Kind extends 'workflow' ? 'loop' : Kind;

/**
 * `Steps` with one more; an earlier one of the same name is shadowed. A name not known as text adds nothing.
 * An intersection on purpose: mapping over all steps at each step nests, and 60 of them are too deep for tsc.
 */
export type AddStep<Steps, Name extends string, Output> = string extends Name
  ? Steps
  : Without<Steps, Name> & { readonly [Key in Name]: StepResult<Output> };

type Without<Steps, Name extends string> = Name extends keyof Steps ? Omit<Steps, Name> : Steps;

/** `Steps` with any other name allowed too: see the comment on top. */
export type LooseSteps<Steps> = Steps & { readonly [name: string]: any };

/**
 * A node that modifiers may follow. `Name` is its own, `never` when `ctx.steps` doesn't have it; `Steps` and
 * `Last` are those before it.
 * @internal
 */
export interface Modifiable<Name extends string, Steps, Last, HasOutput extends boolean> {
  readonly name: Name;
  readonly steps: Steps;
  readonly last: Last;
  readonly hasOutput: HasOutput;
}
type AnyModifiable = Modifiable<any, any, any, any>;

/** What `.onError()` makes of the steps: the failed step's output may be the fallback. */
type StepsOrFallback<Steps, Last, Prev, Fallback> =
  Prev extends Modifiable<infer Name, infer Before, any, any>
    ? [Name] extends [never]
      ? Steps
      : AddStep<Before, Name, Last | Fallback>
    : Steps;

/** What `.onError()` makes of `ctx.last`. */
type LastOrFallback<Last, Prev, Fallback> = Prev extends Modifiable<any, any, any, true> ? Last | Fallback : Last;

/**
 * An `.if()` not yet ended. `Steps` and `Last` are those before it; `SeenSteps` and `SeenLast` are unions over
 * the branches before; `Outer` is the `.if()` around it.
 * @internal
 */
export interface OpenIf<Steps, Last, SeenSteps, SeenLast, HasElse extends boolean, Outer> {
  readonly steps: Steps;
  readonly last: Last;
  readonly seenSteps: SeenSteps;
  readonly seenLast: SeenLast;
  readonly hasElse: HasElse;
  readonly outer: Outer;
}
type AnyOpenIf = OpenIf<any, any, any, any, any, any>;

/** What `Prev` or `Open` says, `undefined` where there is none. */
type Field<Of, Key extends string> = Key extends keyof Of ? Of[Key] : undefined;

/** The `.if()` when its next branch begins. */
type NextBranch<Open, Steps, Last, HasElse extends boolean> =
  Open extends OpenIf<infer Before, infer BeforeLast, infer Seen, infer SeenLast, any, infer Outer>
    ? OpenIf<Before, BeforeLast, Seen | Steps, SeenLast | Last, HasElse, Outer>
    : undefined;

type NamesIn<Branches> = Branches extends unknown ? keyof Branches : never;
type StepIn<Branches, Name> = Branches extends unknown
  ? Name extends keyof Branches
    ? NonNullable<Branches[Name]>
    : never
  : never;

/**
 * The steps after `.endIf()`: those before the `.if()`, and those of the branches, each of which may not have run.
 * No alias for the second part: tsc compares aliases by their arguments, here all steps twice, so 2^n for n ifs.
 */
type StepsAfterIf<Open, Steps> =
  Open extends OpenIf<infer Before, any, infer Seen, any, any, any>
    ? Before & {
        readonly [Name in Exclude<NamesIn<Seen | Steps>, keyof Before>]?: StepIn<Seen | Steps, Name>;
      }
    : Steps;

/** `ctx.last` after `.endIf()`: the last output of one of the branches, or what was before when there is no `.else()`. */
type LastAfterIf<Open, Last> =
  Open extends OpenIf<any, infer Before, any, infer Seen, infer HasElse, any>
    ? Seen | Last | (HasElse extends true ? never : Before)
    : Last;

// A method at the wrong position is an error on `this`, whose text says where the method belongs.
type AfterNode<Prev, Method extends string> = Prev extends AnyModifiable
  ? unknown
  : `${Method} belongs right after the step, action, parallel or race that it changes`;
type InIf<Open, Method extends string> = Open extends AnyOpenIf ? unknown : `${Method} needs an .if() before it`;
type BeforeElse<Open, Method extends string> =
  Open extends OpenIf<any, any, any, any, true, any> ? `${Method} can't come after .else()` : InIf<Open, Method>;

type Handlers<Ctx> = readonly Handler<Ctx, unknown>[] | [] | { readonly [key: string]: Handler<Ctx, unknown> };

/** What a parallel node makes of its handlers: a tuple of their outputs, or a record with the same keys. */
export type OutputsOf<Members> = Simplify<{
  -readonly [Key in keyof Members]: Members[Key] extends (...args: any) => infer Result ? Awaited<Result> : never;
}>;

/** What a race makes of its handlers: the output of any one of them. */
export type OutputOfOne<Members> = Members extends readonly unknown[]
  ? OutputsOf<Members>[number]
  : OutputsOf<Members>[keyof Members];

// ------------------------------------------------------------------------------------ the builder

type Chain<Kind extends FlowKind, Steps, Last, Payload, Prev, Open> = [Kind] extends ['workflow']
  ? Workflow<Steps, Last, Payload, Prev, Open>
  : BodyFlow<Kind, Steps, Last, Payload, Prev, Open>;

/** The methods a workflow and a body's flow have in common. */
export interface Flow<Kind extends FlowKind, Steps, Last, Payload, Prev, Open> {
  // -- work

  /**
   * Runs `handler` and checkpoints its output, which becomes `ctx.last` and `ctx.steps[name].output`. A step
   * that is done is never executed again by a resume.
   * @param step a name, or `{ id, title, description, explain }`; unique among the steps around it
   * @param handler gets `ctx`; what it returns is awaited and must be data (JSON plus Date, Map, Set, BigInt,
   *   typed arrays), else the step fails with the path of the value that can't be stored
   */
  step<const Name extends string, Result>(
    step: Name | StepInfo<Name>,
    handler: Handler<Context<Steps, Last, Payload, PositionIn<Kind>>, Result>,
    options?: StepOptions,
  ): Chain<
    Kind,
    AddStep<Steps, Name, Awaited<Result>>,
    Awaited<Result>,
    Payload,
    Modifiable<Name, Steps, Last, true>,
    Open
  >;

  /**
   * Runs `handler` for its effect and waits for it. Its output is ignored: `ctx.last` and `ctx.steps` stay as
   * they were. Checkpointed like a step.
   * @param action a name, or `{ id, title, description, explain }`
   */
  action(
    action: string | StepInfo,
    handler: Handler<Context<Steps, Last, Payload, PositionIn<Kind>>, unknown>,
    options?: StepOptions,
  ): Chain<Kind, Steps, Last, Payload, Modifiable<never, Steps, Last, false>, Open>;

  /**
   * Runs all handlers at the same time, or `maxConcurrency` of them, and waits for all. The output has their shape: a tuple of
   * outputs for an array, a record for an object. Fails when one of them fails, after the others have ended.
   *
   * Without a name the output is only `ctx.last`.
   */
  parallel<const Members extends Handlers<Context<Steps, Last, Payload, PositionIn<Kind>>>>(
    handlers: Members,
    options?: ParallelOptions,
  ): Chain<Kind, Steps, OutputsOf<Members>, Payload, Modifiable<never, Steps, Last, true>, Open>;
  /**
   * Runs all handlers at the same time, or `maxConcurrency` of them, and waits for all. The output has their shape: a tuple of
   * outputs for an array, a record for an object. Fails when one of them fails, after the others have ended.
   */
  parallel<const Name extends string, const Members extends Handlers<Context<Steps, Last, Payload, PositionIn<Kind>>>>(
    node: Name | StepInfo<Name>,
    handlers: Members,
    options?: ParallelOptions,
  ): Chain<
    Kind,
    AddStep<Steps, Name, OutputsOf<Members>>,
    OutputsOf<Members>,
    Payload,
    Modifiable<Name, Steps, Last, true>,
    Open
  >;

  /**
   * Runs all handlers at the same time; the first that succeeds wins, and its output is the node's. The
   * others' `ctx.signal` aborts. Fails when all of them fail.
   *
   * Without a name the output is only `ctx.last`.
   */
  race<const Members extends Handlers<Context<Steps, Last, Payload, PositionIn<Kind>>>>(
    handlers: Members,
  ): Chain<Kind, Steps, OutputOfOne<Members>, Payload, Modifiable<never, Steps, Last, true>, Open>;
  /**
   * Runs all handlers at the same time; the first that succeeds wins, and its output is the node's. The
   * others' `ctx.signal` aborts. Fails when all of them fail.
   */
  race<const Name extends string, const Members extends Handlers<Context<Steps, Last, Payload, PositionIn<Kind>>>>(
    node: Name | StepInfo<Name>,
    handlers: Members,
  ): Chain<
    Kind,
    AddStep<Steps, Name, OutputOfOne<Members>>,
    OutputOfOne<Members>,
    Payload,
    Modifiable<Name, Steps, Last, true>,
    Open
  >;

  // -- modifiers of the node before

  /**
   * Executes the node before again when it fails: `.retry({ attempts: 3, backoff: { strategy: 'exponential' } })`.
   * After a parallel or race: each of its handlers.
   */
  retry(this: AfterNode<Prev, '.retry()'>, options: RetryOptions): Chain<Kind, Steps, Last, Payload, Prev, Open>;

  /**
   * Longest time for one attempt of the node before; then its `ctx.signal` aborts and the attempt fails.
   * After a parallel or race: of each of its handlers.
   */
  timeout(this: AfterNode<Prev, '.timeout()'>, limit: Duration): Chain<Kind, Steps, Last, Payload, Prev, Open>;

  /** Waits before the first attempt of the node before. */
  delay(this: AfterNode<Prev, '.delay()'>, wait: Duration): Chain<Kind, Steps, Last, Payload, Prev, Open>;

  /** Gives a later run the output of the step before, instead of executing it. */
  cache(
    this: AfterNode<Prev, '.cache()'>,
    options: CacheOptions<Context<Field<Prev, 'steps'>, Field<Prev, 'last'>, Payload, PositionIn<Kind>>>,
  ): Chain<Kind, Steps, Last, Payload, Prev, Open>;

  /**
   * Runs when the node before has failed for good, after its retries. What it returns is used as the
   * output, and the flow continues; when it throws, the node fails with that error. After an action what it
   * returns is ignored.
   * @param handler gets the context as it was before the node, and `ctx.error`
   */
  onError<Fallback>(
    this: AfterNode<Prev, '.onError()'>,
    handler: Handler<ErrorContext<Field<Prev, 'steps'>, Field<Prev, 'last'>, Payload, PositionIn<Kind>>, Fallback>,
  ): Chain<
    Kind,
    StepsOrFallback<Steps, Last, Prev, Awaited<Fallback>>,
    LastOrFallback<Last, Prev, Awaited<Fallback>>,
    Payload,
    Prev,
    Open
  >;

  // -- branches

  /**
   * Begins a branch that runs when `condition` gives something truthy, awaited. The choice is checkpointed.
   * End it with `.endIf()`. After that its steps may not have run: `ctx.steps['x']?.output`.
   */
  if(
    name: string | NodeInfo,
    condition: Handler<Context<Steps, Last, Payload, PositionIn<Kind>>, unknown>,
  ): Chain<Kind, Steps, Last, Payload, undefined, OpenIf<Steps, Last, never, never, false, Open>>;

  /** Begins a branch that runs when no branch before did and `condition` gives something truthy. */
  elseIf(
    this: BeforeElse<Open, '.elseIf()'>,
    name: string | NodeInfo,
    condition: Handler<Context<Field<Open, 'steps'>, Field<Open, 'last'>, Payload, PositionIn<Kind>>, unknown>,
  ): Chain<Kind, Field<Open, 'steps'>, Field<Open, 'last'>, Payload, undefined, NextBranch<Open, Steps, Last, false>>;

  /** Begins the branch that runs when no branch before did. */
  else(
    this: BeforeElse<Open, '.else()'>,
  ): Chain<Kind, Field<Open, 'steps'>, Field<Open, 'last'>, Payload, undefined, NextBranch<Open, Steps, Last, true>>;

  /** Ends the branches; what follows runs whichever was taken. `ctx.last` is the last output of that branch. */
  endIf(
    this: InIf<Open, '.endIf()'>,
  ): Chain<Kind, StepsAfterIf<Open, Steps>, LastAfterIf<Open, Last>, Payload, undefined, Field<Open, 'outer'>>;

  // -- loops

  /**
   * Cuts `items` into batches of `size` and runs the body's steps for each, `concurrency` at a time. A failed
   * batch doesn't stop the others; when some failed, the run fails here (see `tolerateFailures`) and they can
   * be run again. Output: `{ items, batches }`, each `{ total, succeeded, failed, setAside }`.
   * @param batch a name, or `{ id, title, description, unit, explain }`
   * @param body adds one batch's steps to `flow`; their `ctx.last` begins as it was before. Called with each
   *   batch's items (its own copy, free to change), and once with none, before a run, to draw the workflow: so
   *   do the work in steps
   */
  batch<const Name extends string, Source extends ItemSource>(
    batch: Name | BatchInfo<Name>,
    options: BatchOptions<Source, ItemsContext<Steps, Last, Payload, PositionIn<Kind>>>,
    body: (batch: ItemOf<Source>[], flow: BodyFlow<'batch', Steps, Last, Payload, undefined, undefined>) => void,
  ): Chain<Kind, AddStep<Steps, Name, BatchResult>, BatchResult, Payload, undefined, Open>;

  /**
   * Runs the body's steps for each item, one after the other unless `concurrency` says more: a batch of one
   * item each. Output: `{ items, batches }`, each `{ total, succeeded, failed, setAside }`.
   * @param forEach a name, or `{ id, title, description, unit, explain }`
   * @param items an array, iterable or async iterable, a promise of one, or a function of `ctx` that gives one
   * @param body adds one item's steps to `flow`; their `ctx.last` begins as it was before. Called with each
   *   item, and once with `undefined`, before a run, to draw the workflow: so do the work in steps
   */
  forEach<const Name extends string, Source extends ItemSource>(
    forEach: Name | BatchInfo<Name>,
    items: Items<Source, ItemsContext<Steps, Last, Payload, PositionIn<Kind>>>,
    body: (item: ItemOf<Source>, flow: BodyFlow<'batch', Steps, Last, Payload, undefined, undefined>) => void,
    options?: ForEachOptions,
  ): Chain<Kind, AddStep<Steps, Name, BatchResult>, BatchResult, Payload, undefined, Open>;

  /**
   * Runs the body's steps again and again as long as `condition` gives something truthy; it is asked before
   * each round. Output: `{ rounds }`.
   * @param condition sees the body's steps of the round before in `ctx.steps` (untyped, `undefined` before
   *   the first round), and the last output of that round as `ctx.last`
   * @param body adds one round's steps to `flow`; `ctx.last` begins as the last output of the round before (untyped)
   * @param options `maxRounds`, default 1000: the node fails when the condition holds for longer
   */
  while<const Name extends string>(
    loop: Name | NodeInfo<Name>,
    condition: Handler<Context<LooseSteps<Steps>, any, Payload, PositionIn<Kind>>, unknown>,
    body: (flow: BodyFlow<LoopIn<Kind>, Steps, any, Payload, undefined, undefined>) => void,
    options?: WhileOptions,
  ): Chain<Kind, AddStep<Steps, Name, WhileResult>, WhileResult, Payload, undefined, Open>;

  // -- the rest

  /** Waits: so long, or as a function of `ctx` says. The time it ends is checkpointed: a resume waits for the rest. */
  sleep(
    duration: Duration | Handler<Context<Steps, Last, Payload, PositionIn<Kind>>, Duration | Promise<Duration>>,
  ): Chain<Kind, Steps, Last, Payload, undefined, Open>;
  /** Waits, under a name that people see. The time it ends is checkpointed: a resume waits for the rest. */
  sleep(
    name: string | NodeInfo,
    duration: Duration | Handler<Context<Steps, Last, Payload, PositionIn<Kind>>, Duration | Promise<Duration>>,
  ): Chain<Kind, Steps, Last, Payload, undefined, Open>;

  /**
   * Waits until a person has decided: in the Studio, with `cronflow approve` or `cronflow reject`, or by `cronflow.resume`. No
   * process has to run meanwhile. The decision is `ctx.last`, checkpointed like the output of a step.
   */
  humanInTheLoop(
    options: HumanOptions<Context<Steps, Last, Payload, PositionIn<Kind>>>,
  ): Chain<Kind, Steps, HumanAnswer, Payload, undefined, Open>;
  /** The same under a name, so that later steps read the decision as `ctx.steps[name].output`. */
  humanInTheLoop<const Name extends string>(
    name: Name | NodeInfo<Name>,
    options?: HumanOptions<Context<Steps, Last, Payload, PositionIn<Kind>>>,
  ): Chain<Kind, AddStep<Steps, Name, HumanAnswer>, HumanAnswer, Payload, undefined, Open>;

  /**
   * Waits until an event of this name is published: by `cronflow.publishEvent` or `cronflow publish`. No process has to run
   * meanwhile. `ctx.last` is what was published with it, or `{ status: 'timeout', timedOut: true }` after `timeout`.
   */
  waitForEvent(
    event: string,
    timeout?: Duration,
    options?: EventOptions<Context<Steps, Last, Payload, PositionIn<Kind>>>,
  ): Chain<Kind, Steps, any, Payload, undefined, Open>;

  /**
   * Runs another workflow as a step: in a run of its own that is shown as a part of this one. `ctx.last` and
   * `ctx.steps[name].output` are what it comes to; the step fails when it does. An attempt after that goes on with the same run,
   * where that has failed.
   * @param subflow a name, or `{ id, title, description, explain }`
   * @param workflow the id of a workflow of this file, of a file that it imports, or of another file of its folder
   * @param input what the other workflow gets as `ctx.payload`: a value, or a function of `ctx` that gives it. Default `{}`
   */
  subflow<const Name extends string>(
    subflow: Name | StepInfo<Name>,
    workflow: string,
    input?: Handler<Context<Steps, Last, Payload, PositionIn<Kind>>, unknown> | SubflowInput,
  ): Chain<Kind, AddStep<Steps, Name, any>, any, Payload, Modifiable<Name, Steps, Last, true>, Open>;

  /**
   * Writes a line to the run's log.
   * @param message the line, or a function of `ctx` that gives it
   * @param level default `info`
   */
  log(
    message: string | Handler<Context<Steps, Last, Payload, PositionIn<Kind>>, string | Promise<string>>,
    level?: LogLevel,
  ): Chain<Kind, Steps, Last, Payload, undefined, Open>;

  /** Ends the run as `cancelled` when it gets here; meant for the inside of an `.if()`. */
  cancel(reason?: string): Chain<Kind, Steps, never, Payload, undefined, Open>;
}

/** A workflow, as `cronflow.define` and every method after it return it. A bare `Workflow` is any workflow. */
export interface Workflow<Steps = any, Last = any, Payload = any, Prev = any, Open = any> extends Flow<
  'workflow',
  Steps,
  Last,
  Payload,
  Prev,
  Open
> {
  /** A request to this path starts a run with its body as payload, where `cronflow serve --triggers` runs. */
  onWebhook(path: string, options?: WebhookOptions): this;
  /** Starts runs by a cron schedule, `'0 6 * * 1-5'`, where `cronflow serve --triggers` runs. */
  onSchedule(cron: string, options?: ScheduleOptions): this;
  /** An event of this name (`cronflow.publishEvent`) starts a run with its payload, where `cronflow serve --triggers` runs. */
  onEvent(name: string, options?: TriggerOverlap): this;
  /** Starts a run again and again, `'15 minutes'`, where `cronflow serve --triggers` runs. */
  onInterval(interval: Duration, options?: Omit<ScheduleOptions, 'timezone'>): this;
  /** Notes that people start this workflow by hand. Stored in the graph. */
  manual(): this;
  /**
   * Executes the workflow for a test, in this process and in memory, with a clock that leaps over what is waited for. Effects are only
   * recorded. `testRun` of `cronflow/test`, by which it does it, can more. While Cronflow loads the file, nothing is executed, and the
   * result says nothing: a notice says so.
   */
  test(options: WorkflowTestOptions): Promise<WorkflowTestResult>;
  test(): WorkflowTest;
  /** The same. */
  advancedTest(options: WorkflowTestOptions): Promise<WorkflowTestResult>;
  advancedTest(): WorkflowTest;
  /** How many of the steps the tests of this process have executed. */
  getTestCoverage(): Promise<WorkflowTestCoverage>;
}

/**
 * The `flow` of a batch, forEach or while body: all builder methods, and readers for the handlers inside.
 * The readers show what the handlers of this body see when they run; while the workflow is only being drawn they
 * throw. A bare `BodyFlow` is any body's, for helpers that add steps to it.
 */
export interface BodyFlow<
  Kind extends FlowKind = 'loop' | 'batch',
  Steps = any,
  Last = any,
  Payload = any,
  Prev = any,
  Open = any,
> extends Flow<Kind, Steps, Last, Payload, Prev, Open> {
  /** Output of the step before. Untyped: chain the steps and take `ctx.last` to have its type. */
  readonly last: any;
  /** Results by name, inner steps first, then outer ones. Outer names are typed, all others are `any`. */
  readonly steps: LooseSteps<Steps>;
  /** The run's key-value store. */
  readonly state: State;
  /** What the run was started with. */
  readonly payload: Payload;
  /** Which run this is. */
  readonly run: RunInfo;
  /** Aborts when the run is cancelled or paused, or the step times out. */
  readonly signal: AbortSignal;
}
