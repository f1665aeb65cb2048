import type { RunSummary } from '../../common/run-summary.ts';
import type { RerunRequest } from '../../engine/run/rerun/request.ts';
import type { RunEnvironment } from '../../engine/run/execute.ts';
import type { Definition } from '../../engine/workflow/nodes.ts';
import { SimulatedClock } from './clock.ts';
import { Bench } from './runs.ts';

/** A bench whose runs live on a clock of their own: waits take no time, and can be measured to the millisecond. */
export class TimedBench extends Bench {
  readonly clock: SimulatedClock;

  constructor(options: Partial<Omit<RunEnvironment, 'clock'>> = {}) {
    const clock = new SimulatedClock();
    super({ ...options, clock });
    this.clock = clock;
  }

  override run(definition: Definition, payload?: unknown): Promise<RunSummary> {
    return this.clock.settle(super.run(definition, payload));
  }

  override resume(definition: Definition, id: number): Promise<RunSummary> {
    return this.clock.settle(super.resume(definition, id));
  }

  override rerun(definition: Definition, id: number, request?: RerunRequest): Promise<RunSummary> {
    return this.clock.settle(super.rerun(definition, id, request));
  }
}
