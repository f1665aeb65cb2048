import type { RunEnvironment } from '../../engine/run/execute.ts';
import type { Definition } from '../../engine/workflow/nodes.ts';
import { MemoryWorkers } from './memory-workers.ts';
import { Bench } from './runs.ts';

/** Runs workflows with workers that are parts of this process. */
export class WorkerBench extends Bench {
  readonly workers: MemoryWorkers;

  constructor(workers = new MemoryWorkers(), options: Partial<RunEnvironment> = {}) {
    super({ startWorker: workers.start, ...options });
    this.workers = workers;
    workers.db = this.db;
  }

  override worker(definition: Definition): RunEnvironment {
    this.workers.definition = definition;
    return super.worker(definition);
  }
}
