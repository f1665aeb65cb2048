import type { Duration } from '../workflow/types.ts';

/* What runs and programs share: types only, part of the package's declarations. */

/** How long a shared value stays. */
export interface SharedStateOptions {
  /** After so long it is as if it were not there. @default for ever */
  readonly ttl?: Duration | undefined;
}

/** How many shared values there are, of all workflows or of one. */
export interface StateCount {
  /** With those whose time is over, and which `cleanupExpiredState` deletes. */
  readonly totalKeys: number;
  readonly expiredKeys: number;
  /** `global`, or the id of the workflow. */
  readonly namespace: string;
  /** The store's file. */
  readonly dbPath: string;
}

export interface StateStats {
  readonly global: StateCount;
  /** By the id of the workflow. */
  readonly workflows: Readonly<Record<string, StateCount>>;
}

/** How many values were deleted. */
export interface StateCleanup {
  readonly global: number;
  readonly workflows: Readonly<Record<string, number>>;
}

/**
 * What all runs of a store share, and programs with them. Values are what a step can return. In a step, changes are committed with its
 * checkpoint, as those of `ctx.state` are: a step that throws, or whose process is killed, has changed nothing, and counts once when it is
 * executed again. A re-run that executes a step anew takes nothing back. Elsewhere each call is a transaction of its own.
 *
 * While Cronflow itself loads the file, they neither read nor change anything, and a notice says so.
 */
export interface SharedStateCalls {
  /** A value that all runs share. @default null where there is none, or its time is over */
  getGlobalState(key: string, defaultValue?: unknown): Promise<any>;
  setGlobalState(key: string, value: unknown, options?: SharedStateOptions): Promise<void>;
  /**
   * Adds to a number, and gives the sum; its time stays as it is. In a step, the sum is of what is committed when it is called: of two steps
   * that add at the same time both count, and both can be given the same sum.
   */
  incrGlobalState(key: string, amount?: number): Promise<number>;
  /** Gives whether there was a value. */
  deleteGlobalState(key: string): Promise<boolean>;
  /** A value that all runs of a workflow share. */
  getWorkflowState(workflowId: string, key: string, defaultValue?: unknown): Promise<any>;
  setWorkflowState(workflowId: string, key: string, value: unknown, options?: SharedStateOptions): Promise<void>;
  incrWorkflowState(workflowId: string, key: string, amount?: number): Promise<number>;
  deleteWorkflowState(workflowId: string, key: string): Promise<boolean>;
  getStateStats(): Promise<StateStats>;
  /** Deletes the values whose time is over: nobody is given them anyway. */
  cleanupExpiredState(): Promise<StateCleanup>;
}
