import type { ArrayPages } from './array-pages.ts';
import type { BatchStatus, StepStatus } from '../../common/status.ts';

/** A row about one attempt, as it is written. */
export interface AttemptRow {
  readonly scope: number;
  readonly node: number;
  readonly attempt: number;
  readonly batchAttempt: number;
  readonly status: StepStatus;
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly error: string | null;
  readonly output: string | ArrayPages | null;
  /** What it read of the run's state and did not write: JSON of [key, version, number or null]. */
  readonly reads?: string | null;
  /** The run whose output it was given, instead of being executed. */
  readonly cachedRun?: number | undefined;
  /** Until when it waits for its delay, before the author's function is called. */
  readonly waitsUntil?: number | undefined;
}

/** A batch, or a round of a while, whose status is written. */
export interface BatchRow {
  readonly scope: number;
  readonly node: number;
  readonly items: number;
}

/** How a batch attempt ended, as it is written. */
export interface BatchEnd extends BatchRow {
  readonly status: BatchStatus;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly lastNode: number | null;
  readonly lastAttempt: number | null;
  readonly error: string | null;
  /** That has executed it; not given: the process of the run. */
  readonly worker?: number | undefined;
}

export interface LogLine {
  readonly at: number;
  readonly level: string;
  readonly text: string;
}

/**
 * Of a `set` or `delete` that builds on what its batch had read before: whether it added 1, as many as the batch has items, both
 * (a batch of one item), or changed the value in another way.
 */
export type Adds = 'one' | 'items' | 'both' | 'other';

export interface StateWrite {
  readonly key: string;
  readonly op: 'set' | 'incr' | 'update' | 'delete' | 'revert';
  /** Codec text of the value afterwards; null: deleted. */
  readonly value: string | null;
  readonly version: number;
  readonly delta: number | null;
  readonly adds: Adds | null;
  readonly lost: Writer | undefined;
}

/** The attempt that wrote something. */
export interface Writer {
  readonly scope: number;
  readonly node: number;
  readonly attempt: number;
}
