import { mappedOf, type NodeLine } from '../../engine/store/run-queries.ts';
import type { LiveRun } from './live-run.ts';

const READ_AGAIN_MS = 100;

/**
 * The numbers of a run's nodes. A runner names a node by its number as soon as it starts; only the store knows the path
 * of a number.
 */
export class KnownNodes {
  readonly #live: LiveRun;
  readonly #read: () => Promise<readonly NodeLine[]>;
  #byPath = new Map<string, NodeLine>();
  #numbers = new Set<number>();
  #mapped = new Set<number>();
  /** New statuses of nodes that are not known yet: the latest of each batch. */
  readonly #unknown = new Map<number, Map<number, number>>();
  #timer: NodeJS.Timeout | undefined;

  constructor(live: LiveRun, read: () => Promise<readonly NodeLine[]>) {
    this.#live = live;
    this.#read = read;
  }

  take(nodes: readonly NodeLine[]): void {
    this.#byPath = new Map(nodes.map(node => [node.path, node]));
    this.#numbers = new Set(nodes.map(({ node }) => node));
    const mapped = mappedOf(nodes);
    this.#mapped = new Set(mapped.map(({ node }) => node));
    for (const { node, path } of mapped) {
      this.#live.addMap(node, path);
      const waiting = this.#unknown.get(node);
      if (waiting) this.#live.change(node, Uint32Array.from(waiting.keys()), Uint8Array.from(waiting.values()));
    }
    for (const node of this.#numbers) this.#unknown.delete(node);
  }

  /** The number of a path. When it is not known yet, the nodes are read again, so that a later call finds it. */
  numberOf(path: string): number | undefined {
    const node = this.#byPath.get(path)?.node;
    if (node === undefined) this.#readSoon();
    return node;
  }

  hasMap(node: number): boolean {
    return this.#mapped.has(node);
  }

  /** Passes on changes of a node's batches: at once, or when the node has become known. */
  change(node: number, indices: Uint32Array, statuses: Uint8Array): void {
    if (this.#numbers.has(node)) return this.#live.change(node, indices, statuses);
    let waiting = this.#unknown.get(node);
    if (!waiting) this.#unknown.set(node, (waiting = new Map()));
    for (const [at, index] of indices.entries()) waiting.set(index, statuses[at] ?? 0);
    this.#readSoon();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#unknown.clear();
  }

  async #readNow(): Promise<void> {
    // When the store cannot be read now, the next message about an unknown node reads it again.
    const nodes = await this.#read().catch(() => undefined);
    if (nodes) this.take(nodes);
  }

  #readSoon(): void {
    this.#timer ??= setTimeout(
      () => {
        void this.#readNow().finally(() => {
          this.#timer = undefined;
        });
      },
      this.#numbers.size === 0 ? 0 : READ_AGAIN_MS,
    );
  }
}
