import { syncBuiltinESMExports } from 'node:module';
import workerThreads, { type WorkerOptions } from 'node:worker_threads';

import { ownFile } from '../own-file.ts';

/** Loaded first in each thread. */
const START = ownFile('engine/load/worker-start').href;
/** Given `execArgv`, a thread no longer inherits what this process was started with. */
const INHERITED = ['--no-warnings=ExperimentalWarning'];

/**
 * Lets the threads that the author's code starts load what a workflow can: a thread has none of the hooks of the one that
 * starts it.
 */
export function teachWorkerThreads(): void {
  const { Worker } = workerThreads;
  workerThreads.Worker = class extends Worker {
    constructor(file: string | URL, options: WorkerOptions = {}) {
      super(file, { ...options, execArgv: [...(options.execArgv ?? INHERITED), '--import', START] });
    }
  };
  Object.defineProperty(workerThreads.Worker, 'name', { value: 'Worker' });
  // For `import { Worker }`, too.
  syncBuiltinESMExports();
}
