import { mappedOf, type NodeLine } from '../../engine/store/run-queries.ts';
import type { LiveRun } from './live-run.ts';

const ASK_AGAIN_MS = 100;

/** The numbers of a run's nodes. A runner speaks of a node as soon as it begins; what its path is, only the store knows. */
export class KnownNodes {
  readonly #feed: LiveRun;
  readonly #read: () => Promise<readonly NodeLine[]>;
  #byPath = new Map<string, NodeLine>();
  #numbers = new Set<number>();
  #mapped = new Set<number>();
  /** New statuses of nodes that are not known yet: of each batch the last. */
  readonly #held = new Map<number, Map<number, number>>();
  #timer: NodeJS.Timeout | undefined;

  constructor(feed: LiveRun, read: () => Promise<readonly NodeLine[]>) {
    this.#feed = feed;
    this.#read = read;
  }

  take(nodes: readonly NodeLine[]): void {
    this.#byPath = new Map(nodes.map(node => [node.path, node]));
    this.#numbers = new Set(nodes.map(({ node }) => node));
    const mapped = mappedOf(nodes);
    this.#mapped = new Set(mapped.map(({ node }) => node));
    for (const { node, path } of mapped) {
      this.#feed.addMap(node, path);
      const held = this.#held.get(node);
      if (held) this.#feed.change(node, Uint32Array.from(held.keys()), Uint8Array.from(held.values()));
    }
    for (const node of this.#numbers) this.#held.delete(node);
  }

  /** Its number; if it is not known, it will be at one of the next calls. */
  numberOf(path: string): number | undefined {
    const node = this.#byPath.get(path)?.node;
    if (node === undefined) this.#ask();
    return node;
  }

  hasMap(node: number): boolean {
    return this.#mapped.has(node);
  }

  /** Passes changes of a node's batches on, as soon as it is known. */
  change(node: number, indices: Uint32Array, statuses: Uint8Array): void {
    if (this.#numbers.has(node)) return this.#feed.change(node, indices, statuses);
    let held = this.#held.get(node);
    if (!held) this.#held.set(node, (held = new Map()));
    for (const [at, index] of indices.entries()) held.set(index, statuses[at] ?? 0);
    this.#ask();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#held.clear();
  }

  async #readNow(): Promise<void> {
    // What cannot be read now is asked for again when it is next heard of.
    const nodes = await this.#read().catch(() => undefined);
    if (nodes) this.take(nodes);
  }

  #ask(): void {
    this.#timer ??= setTimeout(
      () => {
        void this.#readNow().finally(() => {
          this.#timer = undefined;
        });
      },
      this.#numbers.size === 0 ? 0 : ASK_AGAIN_MS,
    );
  }
}
