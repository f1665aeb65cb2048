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
  readonly output: string | null;
  /** JSON of what its scope has seen of the state: see SeenState. */
  readonly seen?: string | null | undefined;
}

/** How a batch attempt ended, as it is written. */
export interface BatchEnd {
  readonly scope: number;
  readonly status: BatchStatus;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly lastNode: number | null;
  readonly lastAttempt: number | null;
  readonly error: string | null;
}

export interface LogLine {
  readonly at: number;
  readonly level: string;
  readonly text: string;
}

export interface StateWrite {
  readonly key: string;
  readonly op: 'set' | 'incr' | 'update' | 'delete' | 'revert';
  /** Codec text of the value afterwards; null: deleted. */
  readonly value: string | null;
  readonly version: number;
  readonly delta: number | null;
  /** Of a `set`: the value may depend on one that its batch had read before. */
  readonly fromRead: boolean;
  readonly lost: Writer | undefined;
}

/** The attempt that wrote something. */
export interface Writer {
  readonly scope: number;
  readonly node: number;
  readonly attempt: number;
}
