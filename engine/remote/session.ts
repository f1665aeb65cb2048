import type { FromWorker, JobId, ToWorker } from '../run/workers/protocol.ts';

/** Begins the session of a worker with a run: the first message over a link. */
export interface Hello {
  readonly type: 'hello';
  readonly protocol: number;
  readonly workflow: string;
  /** What its code is: a worker has the same. */
  readonly code: string;
  /** The run, for whoever looks at the worker. */
  readonly run: string;
}

/**
 * How many batches of a place the worker may execute at a time: it holds the others back. With 0, it returns them. The host
 * answers with the same when it executes no more.
 */
export interface Slots {
  readonly type: 'slots';
  readonly place: number;
  readonly count: number;
  readonly number: number;
}

/** What the host of a worker is told. What is of `ToWorker` is for the worker's process. */
export type ToHost =
  | Hello
  | Slots
  | ToWorker
  /** By a person: it finishes all that it has, of whatever runs, and ends. */
  | { readonly type: 'drain' };

/** What the host of a worker tells a coordinator. */
export type FromHost =
  | FromWorker
  | Slots
  /** It was held back, and is executed by another worker, or by nobody. */
  | { readonly type: 'returned'; readonly id: JobId }
  /** The worker's process has ended, for that reason. */
  | { readonly type: 'lost'; readonly reason: string }
  /** It finishes the batches that it has, and is to be given no others. */
  | { readonly type: 'draining' };
