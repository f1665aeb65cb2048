import type { Place } from '../workflow/errors.ts';
import type { BatchStatus, StepStatus } from './status.ts';

/** An error as the store keeps it, in JSON: text only, whatever was thrown. */
export interface StoredError {
  readonly name: string;
  readonly message: string;
  /** Only the author's frames and those of libraries, none of the engine's. */
  readonly stack?: string | undefined;
  /** The author's line it came from. */
  readonly at?: Place | undefined;
  /** Node path of the step that failed; of a batch's error. */
  readonly step?: string | undefined;
  /** The cause in the author's plain words (`explain`). */
  readonly explain?: string | undefined;
  /** The same for failures with the same cause: class, top frame, and message without its numbers and quoted values. */
  readonly group: string;
  readonly cause?: StoredError | undefined;
}

/** A row about one attempt, as it is written. */
export interface AttemptRow {
  readonly scope: number;
  readonly node: number;
  readonly attempt: number;
  readonly pass: number;
  readonly status: StepStatus;
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly error: string | null;
  readonly output: string | null;
}

/** How a batch came out of a pass, as it is written. */
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
  readonly lost: Writer | undefined;
}

/** The attempt that wrote something. */
export interface Writer {
  readonly scope: number;
  readonly node: number;
  readonly attempt: number;
}
