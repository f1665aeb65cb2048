import type { Counts, NodeProgress } from '../../common/counts.ts';
import type { RunStatus } from '../../common/status.ts';

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
