import { RateMeter } from '../../../common/rate-meter.ts';
import type { StoredWorkerStatus } from '../../../common/run-workers.ts';
import type { RunReader } from '../../store/run-reader.ts';
import type { WorkerRow } from '../../store/worker-store.ts';
import type { Run } from '../run.ts';
import type { WorkerHandle } from './worker-handle.ts';
import type { WorkerAbout } from './workers.ts';

/** What is known of a worker beside its jobs. */
interface Known {
  readonly number: number;
  readonly about: WorkerAbout;
  readonly beganAt: number;
  readonly meter: RateMeter;
  status: StoredWorkerStatus;
  code: WorkerRow['code'];
  reason: string | undefined;
  heardAt: number | undefined;
  endedAt: number | undefined;
  batches: number;
  steps: number;
  memory: number | undefined;
}

/** The workers of a run, each with its number: what of them goes into the store, for whoever looks on and for later. */
export class WorkerRoll {
  readonly #run: Run;
  readonly #stored: RunReader;
  readonly #known = new Map<WorkerHandle, Known>();
  /** That have not ended. */
  readonly #atWork = new Set<WorkerHandle>();
  #last: number | undefined;

  constructor(run: Run, stored: RunReader) {
    this.#run = run;
    this.#stored = stored;
  }

  begins(worker: WorkerHandle): void {
    const number = (this.#last ?? this.#stored.lastWorker()) + 1;
    this.#last = number;
    this.#known.set(worker, {
      number,
      about: worker.about,
      beganAt: this.#run.clock.now(),
      meter: new RateMeter(),
      status: 'starting',
      code: undefined,
      reason: undefined,
      heardAt: undefined,
      endedAt: undefined,
      batches: 0,
      steps: 0,
      memory: undefined,
    });
    this.#atWork.add(worker);
    this.#writeSoon(worker);
  }

  /** @throws where the worker was never begun */
  numberOf(worker: WorkerHandle): number {
    return this.#of(worker).number;
  }

  withNumber(number: number): WorkerHandle | undefined {
    return [...this.#atWork].find(worker => this.numberOf(worker) === number);
  }

  get size(): number {
    return this.#atWork.size;
  }

  heard(worker: WorkerHandle): void {
    this.#of(worker).heardAt = this.#run.clock.now();
  }

  uses(worker: WorkerHandle, memory: number): void {
    this.#of(worker).memory = memory;
  }

  began(worker: WorkerHandle, steps: number): void {
    this.#of(worker).steps += steps;
  }

  batchEnded(worker: WorkerHandle): void {
    this.#of(worker).batches += 1;
  }

  becomes(worker: WorkerHandle, status: 'working' | 'draining'): void {
    const known = this.#of(worker);
    known.status = status;
    known.code = 'same';
    this.#writeSoon(worker);
  }

  ends(worker: WorkerHandle, status: 'drained' | 'lost' | 'refused', reason?: string, code?: 'same' | 'other'): void {
    const known = this.#of(worker);
    if (known.endedAt !== undefined) return;
    known.status = status;
    known.reason = reason;
    known.code = code ?? known.code;
    known.endedAt = this.#run.clock.now();
    this.#atWork.delete(worker);
    this.#writeSoon(worker);
  }

  /** Once a second, and when the run ends. In a transaction of the journal. */
  beat(): void {
    for (const worker of this.#atWork) this.#run.writer.worker(this.#rowOf(worker));
  }

  #of(worker: WorkerHandle): Known {
    const known = this.#known.get(worker);
    if (!known) throw new Error('A worker is not on the roll. This is a defect of the engine.');
    return known;
  }

  #writeSoon(worker: WorkerHandle): void {
    const row = this.#rowOf(worker);
    this.#run.journal.write(() => this.#run.writer.worker(row));
  }

  #rowOf(worker: WorkerHandle): WorkerRow {
    const { about, number, meter, beganAt, status, code, reason, heardAt, endedAt, batches, steps, memory } =
      this.#of(worker);
    const isAtWork = endedAt === undefined;
    return {
      worker: number,
      ...about,
      status,
      code,
      reason,
      beganAt,
      heardAt,
      endedAt,
      inFlight: isAtWork ? worker.jobs.size : 0,
      sent: isAtWork ? worker.sent.size : 0,
      batches,
      steps,
      stepsPerSecond: isAtWork ? meter.rate(steps, this.#run.clock.elapsed()) : 0,
      memory,
    };
  }
}
