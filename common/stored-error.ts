import type { SourceLocation } from './source-location.ts';

/** A field of an error as it is stored: a short text or a number; lists and objects as their JSON. */
export type ErrorField = string | number | boolean | null;

/** What an error says of itself, and why it came about. */
export interface StoredReason {
  readonly name: string;
  /** Never empty. */
  readonly message: string;
  /** Fields that its author or a library has given it: `code`, `status`, `detail`. Bounded, and without secrets. */
  readonly fields?: Readonly<Record<string, ErrorField>> | undefined;
  readonly cause?: StoredReason | undefined;
  /** The members of an AggregateError, at most ten. */
  readonly errors?: readonly StoredReason[] | undefined;
}

/** An error as the store keeps it, in JSON: text only, whatever was thrown. */
export interface StoredError extends StoredReason {
  /** What it says, ending with the innermost reason: `service failed: repository failed: disk quota exceeded`. */
  readonly message: string;
  /** The same for the Studio, where what to do next is another thing there: see told.ts. */
  readonly inStudio?: string | undefined;
  /** Only the author's frames and those of libraries, none of the engine's. */
  readonly stack?: string | undefined;
  /** The author's line it came from. */
  readonly at?: SourceLocation | undefined;
  /** Node path of the step that failed; of a batch's error. */
  readonly step?: string | undefined;
  /** The cause in the author's plain words (`explain`). */
  readonly explain?: string | undefined;
  /** Milliseconds to wait before the next attempt, as whoever failed has asked (`retry.after`). */
  readonly askedToWait?: number | undefined;
  /** The same for failures with the same cause: see common/fingerprint.ts. */
  readonly fingerprint: string;
}

/** `code: 23505, table: orders`: the fields of an error in one line. */
export function fieldsText(fields: NonNullable<StoredReason['fields']>): string {
  return Object.entries(fields)
    .map(([key, value]) => `${key}: ${value}`)
    .join(', ');
}
