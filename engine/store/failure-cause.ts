import type { MessagePart } from '../../common/message-pattern.ts';
import type { SourceLocation } from '../../common/source-location.ts';
import type { StoredError } from '../../common/stored-error.ts';

/** Batches of one node that failed for one reason. */
export interface FailureCause {
  readonly node: number;
  readonly path: string;
  /** StoredError.fingerprint. */
  readonly fingerprint: string;
  readonly name: string;
  /** Of several failures what their messages have in common, with `…` where they differ: `Row … has no value`. */
  readonly message: string;
  /** The same in its parts: where the messages differ, with some of what stands there. */
  readonly pattern: readonly MessagePart[];
  /** Those of the error of the first of them: its own fields. */
  readonly fields?: StoredError['fields'];
  readonly explain?: string | undefined;
  readonly at?: SourceLocation | undefined;
  /** Node path of the step that failed. */
  readonly step?: string | undefined;
  readonly batches: number;
  /** The first of them: its index in the scope it stands in, which is 0 unless it is inside a batch or a round. */
  readonly first: { readonly index: number; readonly parent: number };
}
