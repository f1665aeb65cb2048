import type { ToWorker } from '../run/workers/protocol.ts';

/** Where the code and the store of a run are, for a worker. */
export interface WorkerTask {
  readonly file: string;
  readonly workflow: string;
  /** Undefined: on another machine. The runner is asked for what is in it. */
  readonly store: string | undefined;
  /**
   * Other files of the folder that the runner has loaded, in this order: workflows run workflows of theirs. Undefined: on another
   * machine, where it finds them itself.
   */
  readonly also?: readonly string[] | undefined;
}

/** What the process of a worker hears: first where its code is, then what every worker hears. */
export type ToWorkerProcess = { readonly type: 'load'; readonly task: WorkerTask } | ToWorker;
