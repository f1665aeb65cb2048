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
 * of its time. Where they take more, a batch is better with whoever is free first. Not one bound: batches that wait take longer.
 */
const AHEAD_BELOW_MS = 250;
const AHEAD_UNTIL_MS = 1_000;
/** How much of the average the last batch is. */
const WEIGHT = 0.1;

interface ServedNode {
  readonly node: NodeToServe;
  readonly slots: NodeSlots;
  dividedFor: { readonly version: number; readonly concurrency: number } | undefined;
  /** From when a batch is given to a worker to its end, on average. */
  averageMs: number | undefined;
  isAhead: boolean;
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
    this.#nodes.set(node.place, { node, slots, dividedFor: undefined, averageMs: undefined, isAhead: false });
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
    const times = served.isAhead ? 2 : 1;
    let best: { readonly worker: WorkerHandle; readonly free: number } | undefined;
    for (const worker of this.taking) {
      if (worker.jobs.size >= worker.concurrency * times) continue;
      const free = served.slots.of(worker) * times - worker.jobsOf(place);
      if (free > 0 && (!best || free > best.free)) best = { worker, free };
    }
    return best?.worker;
  }

  override aheadOf(place: number): number {
    const served = this.#nodes.get(place);
    return served?.isAhead ? served.slots.sum : 0;
  }

  override ended(place: number, ms: number): void {
    const served = this.#nodes.get(place);
    if (!served) return;
    const { averageMs = ms } = served;
    served.averageMs = averageMs + (ms - averageMs) * WEIGHT;
    served.isAhead = served.averageMs < (served.isAhead ? AHEAD_UNTIL_MS : AHEAD_BELOW_MS);
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

  override close(): void {
    this.#stop();
    super.close();
  }
}
