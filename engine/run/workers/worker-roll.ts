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

const NOTHING_DONE = {
  heardAt: undefined,
  endedAt: undefined,
  inFlight: 0,
  sent: 0,
  batches: 0,
  steps: 0,
  stepsPerSecond: 0,
  memory: undefined,
} as const;

/** The workers of a run, each with its number: what of them goes into the store, for whoever looks on and for later. */
export class WorkerRoll {
  readonly #run: Run;
  readonly #stored: RunReader;
  readonly #known = new Map<WorkerHandle, Known>();
  /** That have not ended. */
  readonly #atWork = new Set<WorkerHandle>();
  /** Workers that are there with other code, by address. */
  readonly #others = new Map<string, WorkerRow>();
  #last: number | undefined;

  constructor(run: Run, stored: RunReader) {
    this.#run = run;
    this.#stored = stored;
  }

  begins(worker: WorkerHandle): void {
    this.#known.set(worker, {
      number: this.#nextNumber(),
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

  /** The workers that are there with other code than the run's: they get none of its batches. */
  othersAre(workers: readonly WorkerAbout[]): void {
    const now = this.#run.clock.now();
    const there = new Set(workers.map(({ address }) => address));
    for (const [address, row] of this.#others) {
      if (there.has(address)) continue;
      this.#others.delete(address);
      this.#writeRow({ ...row, endedAt: now });
    }
    for (const { host, pid, address } of workers) {
      if (address === undefined || this.#others.has(address)) continue;
      const row: WorkerRow = {
        ...NOTHING_DONE,
        worker: this.#nextNumber(),
        ...{ host, pid, address },
        status: 'refused',
        code: 'other',
        reason: 'it has other code than the run',
        beganAt: now,
      };
      this.#others.set(address, row);
      this.#writeRow(row);
    }
  }

  /** Whether a person has had the worker of an address drained. */
  isDrained(address: string): boolean {
    return [...this.#known.values()].some(({ about, status }) => about.address === address && status === 'drained');
  }

  #nextNumber(): number {
    if (this.#last === undefined) {
      const now = this.#run.clock.now();
      this.#run.journal.write(() => this.#run.writer.settleWorkers(now));
    }
    this.#last = (this.#last ?? this.#stored.lastWorker()) + 1;
    return this.#last;
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

  /** Once a second. In a transaction of the journal. */
  beat(): void {
    for (const worker of this.#atWork) this.#run.writer.worker(this.#rowOf(worker));
  }

  /** The process of the run is done, and they end with it. In a transaction of the journal. */
  close(): void {
    const ended = { endedAt: this.#run.clock.now(), inFlight: 0, sent: 0, stepsPerSecond: 0 };
    for (const worker of this.#atWork) this.#run.writer.worker({ ...this.#rowOf(worker), ...ended });
    for (const row of this.#others.values()) this.#run.writer.worker({ ...row, ...ended });
  }

  #of(worker: WorkerHandle): Known {
    const known = this.#known.get(worker);
    if (!known) throw new Error('A worker is not on the roll. This is a defect of the engine.');
    return known;
  }

  #writeSoon(worker: WorkerHandle): void {
    this.#writeRow(this.#rowOf(worker));
  }

  #writeRow(row: WorkerRow): void {
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
