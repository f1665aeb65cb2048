import { NodeSlots } from './node-slots.ts';
import { WorkerPool, type NodeToServe } from './pool.ts';
import type { RemoteRun, RemoteSource } from './workers.ts';
import type { WorkerHandle } from './worker-handle.ts';

/** What goes over a queue stays in its server's memory until it is fetched. */
const MOST_BYTES = 256 * 1024;
/** A letter may get lost, and is sent again. */
const ANSWER_WITHIN_MS = 6_000;
/**
 * Where batches take less, a worker has the next ones before it has ended those that run: else it would wait for them a good part
 * of its time. Where they take more, a batch is better with whoever is free first.
 */
const AHEAD_BELOW_MS = 250;
/**
 * So much is to be there for the time that the next ones take to come, since their letters are in no hurry; at most so many times what runs.
 * With 4 times, a worker of 8 with steps of 5 ms did 790 batches a second, and does 1,400 of the 1,500 that there can be.
 */
const COVERED_MS = 100;
const MOST_AHEAD = 16;
/** Of the time from when a batch is given to a worker to its end, what the ways there and back take at least. */
const WAYS_MS = 15;
/** How much of the average the last batch is. */
const WEIGHT = 0.1;

interface ServedNode {
  readonly node: NodeToServe;
  readonly slots: NodeSlots;
  dividedFor: { readonly version: number; readonly concurrency: number } | undefined;
  /** How long a batch takes when it is its turn, on average. */
  averageMs: number | undefined;
}

/** Processes of other machines: they come and go, and execute the batches of all nodes. */
export class RemotePool extends WorkerPool {
  override readonly mostBytes = MOST_BYTES;
  override readonly answerWithinMs = ANSWER_WITHIN_MS;
  override readonly isHopeless = false;
  readonly #nodes = new Map<number, ServedNode>();
  readonly #stop: () => void;
  /** Raised when something has changed by which batches are divided among workers. */
  #version = 0;

  constructor(source: RemoteSource, run: RemoteRun) {
    super();
    this.#stop = source.watch(run);
  }

  override remove(worker: WorkerHandle): void {
    super.remove(worker);
    this.#version += 1;
  }

  /** Also of a node that says how many processes of one machine it wants: how many there are here is not for it to say. */
  override countFor(): number {
    return Infinity;
  }

  override opened(node: NodeToServe): void {
    const slots = new NodeSlots(node.place);
    this.#nodes.set(node.place, { node, slots, dividedFor: undefined, averageMs: undefined });
  }

  override closed(place: number): void {
    this.#nodes.delete(place);
  }

  override divide(): void {
    const version = this.#version;
    for (const served of this.#nodes.values()) {
      const concurrency = served.node.concurrency();
      const { dividedFor } = served;
      if (dividedFor?.version === version && dividedFor.concurrency === concurrency) continue;
      served.dividedFor = { version, concurrency };
      served.slots.divide(
        this.taking.filter(({ isReady }) => isReady),
        concurrency,
      );
    }
  }

  /** The one with the most slots for which it has no batch. */
  override workerFor({ place }: NodeToServe): WorkerHandle | undefined {
    const served = this.#nodes.get(place);
    if (!served) return undefined;
    const times = 1 + aheadOf(served);
    let best: { readonly worker: WorkerHandle; readonly free: number } | undefined;
    for (const worker of this.taking) {
      if (worker.jobs.size >= worker.concurrency * times) continue;
      const free = Math.floor(served.slots.of(worker) * times) - worker.jobsOf(place);
      if (free > 0 && (!best || free > best.free)) best = { worker, free };
    }
    return best?.worker;
  }

  override aheadOf(place: number): number {
    const served = this.#nodes.get(place);
    return served ? Math.floor(served.slots.sum * aheadOf(served)) : 0;
  }

  override turnsOf(worker: WorkerHandle, place: number): number {
    const slots = this.#nodes.get(place)?.slots.of(worker) ?? 0;
    return slots === 0 ? 1 : Math.ceil(worker.jobsOf(place) / slots);
  }

  override ended(place: number, ms: number, turns: number): void {
    const served = this.#nodes.get(place);
    if (!served) return;
    const own = Math.max(0, ms - WAYS_MS) / turns;
    const { averageMs = own } = served;
    served.averageMs = averageMs + (own - averageMs) * WEIGHT;
  }

  override confirm(worker: WorkerHandle, place: number, number: number): void {
    this.#nodes.get(place)?.slots.confirm(worker, number);
    this.#version += 1;
  }

  override mayDrain(): boolean {
    this.#version += 1;
    return true;
  }

  /** Where one cannot work, others may come that can. */
  override note(): void {
    this.#version += 1;
  }

  override close(why: string | undefined): void {
    this.#stop();
    super.close(why);
  }
}

/** How many times what runs is to be handed over beyond it. */
function aheadOf({ averageMs = Infinity }: ServedNode): number {
  return averageMs < AHEAD_BELOW_MS ? Math.min(MOST_AHEAD, Math.max(1, COVERED_MS / averageMs)) : 0;
}
