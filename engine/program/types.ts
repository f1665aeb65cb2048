import type { Counts, NodeProgress } from '../../common/counts.ts';
import type { RunStatus, StepStatusName } from '../../common/status.ts';
import type { BenchmarkOptions, BenchmarkResult, Cronflow } from '../workflow/types.ts';
import type { SharedStateCalls } from './shared-state-types.ts';

export type * from './shared-state-types.ts';

/*
 * Runs from a program of one's own: `openStore`, `run`, `resume`, `rerun` and `cancel` of `cronflow`. Types only: they are part of
 * the package's declarations.
 */

/** A file with runs: `.cronflow/runs.db` of a project, or another one. */
export interface RunStore {
  /** Its absolute path. */
  readonly file: string;
  /** Runs that this program has started with it and that are still running are paused first, to be resumed later. */
  close(): Promise<void>;
}

/** How a run ended. A run that failed is a result like any other: nothing is thrown for it. */
export interface RunResult {
  /** Its number in the store. */
  readonly run: number;
  /** The workflow's id. */
  readonly workflow: string;
  readonly status: RunStatus;
  /** The one that it was started with. */
  readonly key?: string | undefined;
  /** Why it is paused, cancelled or interrupted, in words. */
  readonly reason?: string | undefined;
  /** What the last step has returned. */
  readonly output: unknown;
  /** What `ctx.state` holds. */
  readonly state: Readonly<Record<string, unknown>>;
  /** What it failed with, of a step outside batches or of the first batch that failed. */
  readonly error?: { readonly name: string; readonly message: string; readonly stack?: string | undefined } | undefined;
  /** Of its outermost batches and forEachs together: how many items, and how they went. */
  readonly items: Counts;
  readonly batches: Counts;
  /** The same of each, by its path. */
  readonly nodes: readonly NodeProgress[];
  /** Milliseconds in which it was worked on. */
  readonly durationMs: number;
}

export type RunEvent =
  | {
      readonly type: 'started';
      readonly run: number;
      readonly workflow: string;
      /** Another call with its `key` has started it before. */
      readonly existing?: true;
    }
  /** At most ten times a second. */
  | {
      readonly type: 'progress';
      readonly items: Counts;
      readonly batches: Counts;
      readonly nodes: readonly NodeProgress[];
    }
  | {
      readonly type: 'log';
      /** Milliseconds since 1970. */
      readonly at: number;
      /** 'debug', 'info', 'warn' or 'error'. */
      readonly level: string;
      readonly text: string;
      /** The path of the step that said it. */
      readonly step?: string | undefined;
      /** The index of its batch, from 0. */
      readonly batch?: number | undefined;
      /** The number of the run that said it, where that is a part of this one: a `subflow` has started it. */
      readonly part?: number | undefined;
    }
  /** Lines that came faster than they could be passed on: the store has them. */
  | { readonly type: 'logs-left-out'; readonly lines: number }
  | { readonly type: 'ended'; readonly result: RunResult };

/**
 * A run that was asked for. Awaited, it gives the result; iterated over, its events, each of them to every iteration that was begun
 * before it.
 * @throws RunRefused, from both, when it did not begin: for a file that cannot be loaded, a payload that its schema refuses, a run
 *   that there is not
 */
export interface RunHandle extends Promise<RunResult>, AsyncIterable<RunEvent> {
  /** Its number, as soon as it has begun. */
  readonly started: Promise<number>;
  /** Asks it to stop; what is in flight has five seconds to end. It can be resumed. */
  pause(reason?: string): void;
  /** The same, for good: what is left is not executed any more. */
  cancel(reason?: string): void;
}

interface InStore {
  readonly store: RunStore;
  /** Its abort cancels the run. */
  readonly signal?: AbortSignal | undefined;
}

export interface RunOptions extends InStore {
  /** What `ctx.payload` is. @default {} */
  readonly payload?: unknown;
  /** Which one of a file that defines several. */
  readonly workflow?: string | undefined;
  /**
   * What this run is called, such as 'films-2024-06-01': however often it is started with it, and from however many processes, it is
   * one run. Is there one already, its result is given and nothing is executed; one that was paused or whose process is gone is
   * resumed. Another workflow or payload is refused.
   */
  readonly key?: string | undefined;
  /** Whether steps with a `cache` are given outputs of earlier runs. @default true */
  readonly cache?: boolean | undefined;
  /**
   * Executes it in this process, for tests: with what this process has loaded or replaced, and with its console. A step that blocks or
   * ends the process is not held off from it. It needs the workflow itself, not its file. @default false
   */
  readonly inProcess?: boolean | undefined;
}

export interface ResumeOptions extends InStore {
  /** Where its file is now, if it was moved. */
  readonly file?: string | undefined;
}

export interface RerunOptions extends ResumeOptions {
  /** Indices from 0, of the node that `node` names. `failed` also takes the cancelled ones. @default 'failed' */
  readonly batches?: 'failed' | 'all' | readonly number[] | undefined;
  /** The path of a batch or forEach. @default all of them */
  readonly node?: string | undefined;
  /** Executes also the steps of failed batches that have succeeded. @default false */
  readonly fromStart?: boolean | undefined;
}

/** What `cronflow.define(…)` and the chain after it give. */
export interface DefinedWorkflow {
  readonly step: unknown;
  readonly batch: unknown;
}

export type OpenStore = (file: string) => Promise<RunStore>;
export type StartRun = (workflow: DefinedWorkflow | string, options: RunOptions) => RunHandle;
export type ResumeRun = (run: number, options: ResumeOptions) => RunHandle;
export type RerunRun = (run: number, options: RerunOptions) => RunHandle;
export type CancelRun = (run: number, options: Pick<InStore, 'store'>) => Promise<RunResult>;

/** What `cronflow.start` takes. */
export interface StartOptions {
  /** The file that runs are stored in. @default `.cronflow/runs.db` of the project of the file that calls */
  readonly store?: string | undefined;
  readonly [extra: string]: unknown;
}

/** What `cronflow.inspect` gives of a run: how it stands, and how it came to that. */
export interface RunInspection extends Omit<RunResult, 'run' | 'workflow'> {
  /** What `cronflow.trigger` has given. */
  readonly id: string;
  readonly workflowId: string;
  /** As it was given, before the workflow's schema. */
  readonly payload: unknown;
  readonly startedAt: Date;
  readonly endedAt?: Date | undefined;
  /** Each time a process has taken it up. */
  readonly history: readonly {
    readonly kind: 'start' | 'resume' | 'rerun';
    readonly startedAt: Date;
    readonly endedAt?: Date | undefined;
    /** As which it ended. */
    readonly outcome?: string | undefined;
  }[];
  /** Attempts of steps outside of batches, in their order: the last 1,000 of them. */
  readonly steps: readonly InspectedStep[];
}

export interface InspectedStep {
  /** Its path: its name, where it stands in the workflow itself. */
  readonly name: string;
  readonly status: StepStatusName;
  readonly attempt: number;
  readonly startedAt: Date;
  readonly endedAt?: Date | undefined;
  readonly output?: unknown;
  readonly error?: RunResult['error'];
}

/** A workflow that this program has defined. */
export interface WorkflowSummary {
  readonly id: string;
  readonly name: string;
  readonly description?: string | undefined;
}

/** A run that waits for a person. */
export interface PausedWorkflow {
  readonly token: string;
  readonly workflowId: string;
  readonly runId: string;
  readonly stepId: string;
  readonly description: string;
  /** In milliseconds since 1970. */
  readonly createdAt: number;
  readonly expiresAt?: number;
  readonly status: 'waiting';
  /** Of the run. */
  readonly payload: unknown;
  /** What is shown to whoever decides. */
  readonly lastStepOutput: unknown;
}

/** A trigger that this program has defined, and what came of it where it is switched on. */
export interface RegisteredTrigger {
  readonly workflowId: string;
  readonly type: 'webhook' | 'schedule' | 'interval' | 'event' | 'manual';
  /** A path, a pattern of cron, an interval, the name of an event. */
  readonly on: string;
  /** Of a schedule, where it is switched on. */
  readonly nextFiresAt?: Date | undefined;
  /** When it has started a run last. */
  readonly lastFiredAt?: Date | undefined;
  readonly lastRunId?: string | undefined;
  /** Why it has started none since, in words. */
  readonly note?: string | undefined;
}

/** How many triggers this program has defined. */
export interface TriggerStats {
  readonly total: number;
  readonly webhook: number;
  readonly schedule: number;
  readonly interval: number;
  readonly event: number;
  readonly manual: number;
  /** That have started a run. */
  readonly fired: number;
  readonly triggers: readonly RegisteredTrigger[];
}

/** The entry point: `import { cronflow } from 'cronflow'`. */
export interface CronflowProgram extends Cronflow, SharedStateCalls {
  /**
   * Begins, in a program of yours: opens the store that runs are stored in. Not needed before `trigger`, which does it, too.
   * While Cronflow itself loads the file, to show its workflows or to execute one, it does nothing.
   */
  start(options?: StartOptions): Promise<void>;
  /** Waits for the runs that this program has triggered, and closes the store. */
  stop(): Promise<void>;
  /**
   * Starts a run of a workflow that this program has defined, in its own process, and gives the number of the run once it is stored. A
   * run that fails throws nothing: see `inspect`.
   *
   * While Cronflow itself loads the file it starts nothing, and gives an empty text: a notice says so.
   * @throws when there is no such workflow, or its schema refuses the payload
   */
  trigger(workflowId: string, payload?: unknown): Promise<string>;
  /**
   * How a run stands, how it came to that, and what its steps have returned. While Cronflow itself loads the file it looks at nothing and
   * gives undefined, and a notice says so; the other calls about runs do nothing then, too.
   * @throws when there is no such run
   */
  inspect(runId: string): Promise<RunInspection>;
  /** Cancels a run, whichever process works on it. @throws when it has ended already */
  cancelRun(runId: string): Promise<void>;
  /**
   * Publishes an event: runs that wait for it (`waitForEvent`) go on, and workflows that it starts (`onEvent`) start where
   * `cronflow serve --triggers` runs. In a step, the event is stored, and runs that rest go on when they are resumed, or where
   * `cronflow serve --triggers` runs.
   */
  publishEvent(name: string, payload?: unknown): Promise<void>;
  /**
   * Answers what a run waits for: `answer` is what its `humanInTheLoop` comes to, as it is. The run goes on in a process of its own.
   * @throws when nothing waits under the token, or it was answered before, or too late
   */
  resume(token: string, answer: unknown): Promise<void>;
  /** What runs of the store wait for people. */
  listPausedWorkflows(): Promise<readonly PausedWorkflow[]>;
  /** The same, of one token. */
  getPausedWorkflow(token: string): Promise<PausedWorkflow | undefined>;
  /** The workflows that this program has defined. */
  getWorkflows(): readonly WorkflowSummary[];
  getWorkflow(workflowId: string): WorkflowSummary | undefined;
  /** The triggers that this program has defined, and what the store says of them. */
  getTriggerStats(): Promise<TriggerStats>;
  getWorkflowTriggers(workflowId: string): Promise<readonly RegisteredTrigger[]>;
  getScheduleTriggers(): Promise<readonly RegisteredTrigger[]>;
  /**
   * Measures how long runs of a workflow take, in this process and in memory: what they wait for is leapt over, and effects are only
   * recorded. @throws when one fails
   */
  benchmark(workflowId: string, options?: BenchmarkOptions): Promise<BenchmarkResult>;
  /** Whether `start` or `trigger` has been called, and `stop` not since. */
  getEngineState(): 'STARTED' | 'STOPPED';
}
