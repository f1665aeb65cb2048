import type { BatchStatusName } from '../../common/status.ts';

/** Which batches of a node: all conditions together. Without any, all of them but those that are superseded. */
export interface BatchPredicate {
  readonly statuses?: readonly BatchStatusName[] | undefined;
  /** A cause of failure: StoredError.fingerprint. */
  readonly fingerprint?: string | undefined;
  /** Indices among the node's batches, both ends included. */
  readonly ranges?: readonly (readonly [number, number])[] | undefined;
  /** Text that the error's message contains, in upper or lower case. */
  readonly search?: string | undefined;
  /** Whose latest attempt one of these workers has, or had: numbers of workers in the run. */
  readonly workers?: readonly number[] | undefined;
}

/** A cause of failure: of which node's batches, and StoredError.fingerprint. */
export interface Cause {
  readonly node: number;
  readonly fingerprint: string;
}

export interface BatchFilter extends BatchPredicate {
  /** Those that failed for this cause, or in which a batch of its node did. */
  readonly cause?: Cause | undefined;
}
