import type { RunState } from '../run-state.ts';
import type { Ack, Beginning, Job, Place, ToWorker } from './protocol.ts';
import type { StartWorker, WorkerAbout, WorkerEvents, WorkerLink } from './workers.ts';

/** One worker, as its runner sees it. */
export class WorkerHandle {
  /** The batches that it has: the places of their nodes, by scope. */
  readonly jobs = new Map<number, number>();
  /** Those of which nothing was heard yet. */
  readonly sent = new Set<number>();
  isReady = false;
  isLost = false;
  /** It finishes the batches that it has, and is given no others. */
  isDraining = false;
  readonly concurrency: number;
  readonly #state: RunState;
  readonly #link: WorkerLink;
  readonly #places = new Set<number>();
  /** Keys of the state that it has not been told of since they changed. */
  readonly #changed = new Set<string>();
  #stateMessages = 0;
  #isScheduled = false;

  /** @param concurrency How many batches it may have at a time */
  constructor(state: RunState, concurrency: number, start: StartWorker, events: WorkerEvents) {
    this.#state = state;
    this.concurrency = concurrency;
    this.#link = start(events);
  }

  get about(): WorkerAbout {
    return this.#link.about;
  }

  begin(beginning: Beginning): void {
    this.#link.send({ type: 'begin', beginning });
    this.hold();
  }

  /** @param isAhead Whether it has others to execute first */
  give(place: Place, job: Job, isAhead: boolean): void {
    if (!this.#places.has(place.id)) {
      this.#places.add(place.id);
      this.tell({ type: 'place', place });
    }
    this.#tellState();
    this.tell({ type: 'job', job, after: this.#stateMessages }, !isAhead);
  }

  jobsOf(place: number): number {
    let count = 0;
    for (const other of this.jobs.values()) if (other === place) count += 1;
    return count;
  }

  /** How many batches of a place it may execute at a time. */
  setSlots(place: number, count: number, number: number): void {
    if (!this.isLost) this.#link.setSlots?.(place, count, number);
  }

  /** No job of this place comes any more. */
  forget(place: number): void {
    if (this.#places.delete(place)) this.tell({ type: 'forget', place });
  }

  acknowledge(acks: readonly Ack[]): void {
    this.#tellState();
    this.tell({ type: 'acks', acks, after: this.#stateMessages });
  }

  /** @param isWaitedFor See `WorkerLink.send` */
  tell(message: ToWorker, isWaitedFor = true): void {
    if (!this.isLost) this.#link.send(message, isWaitedFor);
  }

  /** A key of the state has changed: told with all others of this turn of the event loop, and before what builds on it. */
  stateChanged(key: string): void {
    this.#changed.add(key);
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#tellState();
    });
  }

  /** It keeps the process of the runner alive while it has something to do. */
  hold(): void {
    this.#link.hold(!this.isLost && (this.jobs.size > 0 || !this.isReady));
  }

  kill(why?: string): void {
    this.#link.kill(why);
  }

  #tellState(): void {
    if (this.#changed.size === 0) return;
    const entries = Array.from(this.#changed, key => this.#state.told(key));
    this.#changed.clear();
    this.#stateMessages += 1;
    this.tell({ type: 'state', number: this.#stateMessages, entries });
  }
}
