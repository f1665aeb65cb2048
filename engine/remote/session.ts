import type { FromWorker, ToWorker } from '../run/workers/protocol.ts';

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

/** What a coordinator tells the host of a worker. All but the first is for the worker's process. */
export type ToHost = Hello | ToWorker;

/** What the host of a worker tells a coordinator. */
export type FromHost =
  | FromWorker
  /** The worker's process has ended, for that reason. */
  | { readonly type: 'lost'; readonly reason: string }
  /** It finishes the batches that it has, and is to be given no others. */
  | { readonly type: 'draining' };
