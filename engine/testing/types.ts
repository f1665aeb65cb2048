import type { BatchStatusName, StepStatusName } from '../../common/status.ts';
import type { DefinedWorkflow, RunResult } from '../program/types.ts';
import type { Context, Duration } from '../workflow/context-types.ts';

/* What tests of workflows use: `cronflow/test`. Types only: they are part of the package's declarations. */

/** What is executed in a test, and what the steps before it have left. */
export interface BatchToExecute {
  /** The id of the workflow. The test imports its file. */
  readonly workflow: string;
  /** The id of the batch or forEach node. It stands in the workflow itself, or in a branch of it. */
  readonly node: string;
  /** The items of the batch. A forEach has one. */
  readonly items: readonly unknown[];
  /** What `ctx.payload` is. */
  readonly payload?: unknown;
  /** Outputs of the steps before the node, by name: what `ctx.steps[name].output` is. */
  readonly steps?: Readonly<Record<string, unknown>> | undefined;
  /** What `ctx.state` has. */
  readonly state?: Readonly<Record<string, unknown>> | undefined;
}

/** Executes the body of a batch node over items, and keeps nothing. */
export interface ExecuteBatch {
  /**
   * Executes the body of a batch node over items, in this process and with the code as it is. What its steps write into the state is
   * dropped, and nothing is stored. Delays, sleeps and retries are left out. It ends at the first `ctx.effect`, which is not executed.
   * What else the steps do outside is done.
   *
   * Returns what the last step of the body has returned. Rejects with the very error that a step throws.
   */
  (batch: BatchToExecute): Promise<unknown>;
}

/** Executes a workflow for a test: in this process, in a store of its own in memory, with a clock that leaps over what is waited for. */
export type TestRun = (workflow: DefinedWorkflow, options?: TestOptions) => Promise<TestedRun>;

export interface TestOptions {
  /** What `ctx.payload` is. @default {} */
  readonly payload?: unknown;
  /** What is executed in the place of steps and actions, by their names or paths (`'charge'`, `'orders/charge'`). */
  readonly steps?: Readonly<Record<string, ReplacedStep>> | undefined;
  /** What batches and forEachs go through in the place of their items, by their names or paths: an array, an iterable, a function of ctx. */
  readonly items?: Readonly<Record<string, unknown>> | undefined;
  /** How steps and actions fail, by their names or paths. */
  readonly failures?: Readonly<Record<string, FailureRule>> | undefined;
  /**
   * What becomes of steps that wait for people and events, by their names or paths, or by the name of the event. For people
   * `{ approved: true }` or `{ approved: false }`, with `reason` and whatever else they were asked for; for an event, what is published with
   * it; `'timeout'` for nobody in time. Without one the run pauses there.
   */
  readonly answers?: Readonly<Record<string, unknown>> | undefined;
  /** What effects return, by their keys, or as a function says: it may throw. @default undefined */
  readonly receipts?: Readonly<Record<string, unknown>> | ((effect: RecordedEffect) => unknown) | undefined;
  /** Calls the functions of effects. Without it they are recorded only. @default false */
  readonly executeEffects?: boolean | undefined;
  /** What `cronflow.getGlobalState` gives, by key. Each test has a global state of its own. @default nothing */
  readonly globalState?: Readonly<Record<string, unknown>> | undefined;
  /** What the clock shows at the beginning. @default 2026-01-01T00:00:00Z */
  readonly startAt?: Date | string | undefined;
}

/**
 * In the place of a step: what it returns is the step's output.
 * @param original Executes the step itself.
 */
export type ReplacedStep = (ctx: Context, original: () => unknown, time: TestTime) => unknown;

/** The clock of the test, for steps. */
export interface TestTime {
  now(): Date;
  /** Lets a step take so long. */
  pass(duration: Duration): Promise<void>;
  /** Lets a step take for ever: until its timeout, or that of its batch. */
  never(): Promise<never>;
}

/**
 * Errors that a step throws before it is executed: one, each time; of a list, the first in its first execution, and so on, then none; or
 * what a function of the execution returns, undefined for none.
 */
export type FailureRule = Error | readonly Error[] | ((call: InjectedCall) => unknown);

/** An execution of a step that may be made to fail. */
export interface InjectedCall {
  /** Its path. */
  readonly step: string;
  /** From 1. */
  readonly attempt: number;
  /** The batch that it stands in. */
  readonly batch?: { readonly node: string; readonly index: number } | undefined;
  readonly items?: readonly unknown[] | undefined;
}

/** A call of `ctx.effect`. */
export interface RecordedEffect {
  readonly key: string;
  /** The path of the step. */
  readonly step: string;
  readonly params?: unknown;
}

/** A run of a test. `durationMs` is by its clock: what was waited for counts, what was executed takes no time. */
export interface TestedRun extends RunResult {
  /** What its steps did outside, in the order in which they did it. */
  readonly effects: readonly TestedEffect[];
  /** What `.log()` and warnings of Cronflow said, in order. */
  readonly logs: readonly { readonly level: string; readonly text: string; readonly step?: string | undefined }[];
  /** The batches of a node, by its name or path, in their order. @throws when there is no such node */
  batchesOf(node: string): readonly TestedBatch[];
  /** How often a step was executed, by its name or path, in which order, and what came of it. @throws when there is no such node */
  attemptsOf(step: string): readonly TestedAttempt[];
  /** Re-runs batches of it, as a person would after a fix: with other replacements, if any are given. */
  rerun(options?: TestRerunOptions): Promise<TestedRun>;
}

export interface TestRerunOptions extends Omit<TestOptions, 'payload' | 'globalState' | 'startAt'> {
  /** Indices from 0. `failed` also takes the cancelled ones. @default 'failed' */
  readonly batches?: 'failed' | 'all' | readonly number[] | undefined;
  /** The path of a batch or forEach. @default all of them */
  readonly node?: string | undefined;
  /** Executes also the steps of failed batches that have succeeded. @default false */
  readonly fromStart?: boolean | undefined;
}

export interface TestedEffect extends RecordedEffect {
  readonly status: 'done' | 'failed' | 'unknown' | 'begun';
  readonly receipt?: unknown;
}

export interface TestedBatch {
  readonly index: number;
  /** The batches around it, outermost first; absent where there are none. */
  readonly around?: readonly { readonly node: string; readonly index: number }[] | undefined;
  readonly status: BatchStatusName;
  readonly items: readonly unknown[];
  /** What its last step has returned. */
  readonly output?: unknown;
  /** Of the batch, from 1. */
  readonly attempts: number;
  readonly error?: { readonly name: string; readonly message: string } | undefined;
  /** What the author calls it, where it has one item and the node a `label`. */
  readonly label?: string | undefined;
}

export interface TestedAttempt {
  /** Its path. */
  readonly step: string;
  /** The index of its batch. */
  readonly batch?: number | undefined;
  readonly attempt: number;
  readonly status: StepStatusName;
  readonly output?: unknown;
  readonly error?: { readonly name: string; readonly message: string } | undefined;
  /** By the clock of the test, in milliseconds since the beginning of the run. */
  readonly startedAfter: number;
}
