import type { SourceLocation } from './source-location.ts';

/** An error as the store keeps it, in JSON: text only, whatever was thrown. */
export interface StoredError {
  readonly name: string;
  readonly message: string;
  /** Only the author's frames and those of libraries, none of the engine's. */
  readonly stack?: string | undefined;
  /** The author's line it came from. */
  readonly at?: SourceLocation | undefined;
  /** Node path of the step that failed; of a batch's error. */
  readonly step?: string | undefined;
  /** The cause in the author's plain words (`explain`). */
  readonly explain?: string | undefined;
  /** The same for failures with the same cause: class, top frame, and message without its numbers and quoted values. */
  readonly fingerprint: string;
  readonly cause?: StoredError | undefined;
}
