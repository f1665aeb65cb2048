import { jobKey, type JobId, type ToWorker } from '../run/workers/protocol.ts';
import type { Slots } from './session.ts';

type JobMessage = Extract<ToWorker, { type: 'job' }>;

export interface LaneEvents {
  /** The job is to be executed now. */
  readonly onRelease: (message: JobMessage) => void;
  /** The job was held back, and is not executed here. */
  readonly onReturn: (id: JobId) => void;
  /** No more of the place are executed than these say. */
  readonly onSlots: (slots: Slots) => void;
  /** Whether the coordinator is heard: what is executed for one that is not waits for it, and takes no room. */
  readonly isHeard: () => boolean;
}

/**
 * Holds jobs back at the host of a worker: it is sent more than it may execute, so that the next one is here when one ends. All
 * its sessions together execute as many as the worker is for.
 */
export class JobGate {
  readonly #concurrency: number;
  readonly #lanes = new Set<JobLane>();

  constructor(concurrency: number) {
    this.#concurrency = concurrency;
  }

  /** For the jobs of a session. */
  lane(events: LaneEvents): JobLane {
    const lane = new JobLane(this, events);
    this.#lanes.add(lane);
    return lane;
  }

  close(lane: JobLane): void {
    this.#lanes.delete(lane);
    this.release();
  }

  /** One of each session in turn. */
  release(): void {
    let executing = 0;
    for (const lane of this.#lanes) if (lane.isHeard) executing += lane.executing;
    for (let hasReleased = true; hasReleased && executing < this.#concurrency;) {
      hasReleased = false;
      for (const lane of this.#lanes) {
        if (!lane.isHeard || executing >= this.#concurrency || !lane.releaseOne()) continue;
        executing += 1;
        hasReleased = true;
      }
    }
  }
}

/** The jobs of one session, in order. */
export class JobLane {
  readonly #gate: JobGate;
  readonly #events: LaneEvents;
  #held: JobMessage[] = [];
  /** Places of jobs that are executed, by scope. */
  readonly #executing = new Map<number, number>();
  readonly #slots = new Map<number, Slots>();
  readonly #unconfirmed = new Set<number>();

  constructor(gate: JobGate, events: LaneEvents) {
    this.#gate = gate;
    this.#events = events;
  }

  get executing(): number {
    return this.#executing.size;
  }

  /** Jobs that are here, and are not executed yet. */
  get held(): number {
    return this.#held.length;
  }

  get isHeard(): boolean {
    return this.#events.isHeard();
  }

  add(message: JobMessage): void {
    if (this.#slots.get(message.job.place)?.count === 0) return this.#events.onReturn(message.job);
    this.#held.push(message);
    this.#gate.release();
  }

  setSlots(slots: Slots): void {
    this.#slots.set(slots.place, slots);
    this.#unconfirmed.add(slots.place);
    // Nothing of the place is executed here any more: others may.
    if (slots.count === 0) this.#return(({ place }) => place === slots.place);
    this.#confirm(slots.place);
    this.#gate.release();
  }

  forget(place: number): void {
    this.#slots.delete(place);
    this.#unconfirmed.delete(place);
  }

  ended(scope: number): void {
    const place = this.#executing.get(scope);
    if (place === undefined) return;
    this.#executing.delete(scope);
    this.#confirm(place);
    this.#gate.release();
  }

  /** Whether the job was held back, so that there is nothing to be ended. */
  abort(id: JobId): boolean {
    const key = jobKey(id);
    return this.#return(job => jobKey(job) === key) > 0;
  }

  /** None of those that are held back is executed here. */
  returnAll(): void {
    this.#return(() => true);
  }

  close(): void {
    this.#held = [];
    this.#executing.clear();
    this.#gate.close(this);
  }

  releaseOne(): boolean {
    const at = this.#held.findIndex(({ job: { place } }) => this.#executingOf(place) < this.#mostOf(place));
    const [message] = at < 0 ? [] : this.#held.splice(at, 1);
    if (!message) return false;
    this.#executing.set(message.job.scope, message.job.place);
    this.#events.onRelease(message);
    return true;
  }

  #mostOf(place: number): number {
    return this.#slots.get(place)?.count ?? 0;
  }

  #executingOf(place: number): number {
    let count = 0;
    for (const other of this.#executing.values()) if (other === place) count += 1;
    return count;
  }

  #confirm(place: number): void {
    const slots = this.#slots.get(place);
    if (!slots || !this.#unconfirmed.has(place) || this.#executingOf(place) > slots.count) return;
    this.#unconfirmed.delete(place);
    this.#events.onSlots(slots);
  }

  #return(isMeant: (job: JobMessage['job']) => boolean): number {
    const meant = this.#held.filter(({ job }) => isMeant(job));
    if (meant.length === 0) return 0;
    this.#held = this.#held.filter(({ job }) => !isMeant(job));
    for (const { job } of meant) this.#events.onReturn({ scope: job.scope, attempt: job.attempt, epoch: job.epoch });
    return meant.length;
  }
}
