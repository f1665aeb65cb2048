import type { SourceLocation } from '../../common/source-location.ts';

/** Batches of one node that failed for one reason. */
export interface FailureCause {
  readonly node: number;
  readonly path: string;
  /** StoredError.fingerprint. */
  readonly fingerprint: string;
  readonly name: string;
  readonly message: string;
  readonly explain?: string | undefined;
  readonly at?: SourceLocation | undefined;
  /** Node path of the step that failed. */
  readonly step?: string | undefined;
  readonly batches: number;
  /** The first of them: its index in the scope it stands in, which is 0 unless it is inside a batch or a round. */
  readonly first: { readonly index: number; readonly parent: number };
}
