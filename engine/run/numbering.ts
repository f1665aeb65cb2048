/** Gives the nodes and the scopes of a run their numbers. */
export class Numbering {
  readonly #nodes = new Map<string, number>();
  readonly #onNode: (node: number, path: string, kind: string) => void;
  #lastScope = 0;

  /** @param onNode Called when a node gets its number. */
  constructor(onNode: (node: number, path: string, kind: string) => void) {
    this.#onNode = onNode;
  }

  /** Continues after the numbers that earlier processes gave. */
  restore(nodes: Iterable<{ readonly node: number; readonly path: string }>, lastScope: number): void {
    for (const { node, path } of nodes) this.#nodes.set(path, node);
    this.#lastScope = lastScope;
  }

  /** The short number that stands for a node in the store. */
  node(path: string, kind: string): number {
    const known = this.#nodes.get(path);
    if (known !== undefined) return known;
    const node = this.#nodes.size + 1;
    this.#nodes.set(path, node);
    this.#onNode(node, path, kind);
    return node;
  }

  /** The number of a node that has begun. */
  findNode(path: string): number | undefined {
    return this.#nodes.get(path);
  }

  /** Numbers of scopes for another process to give: the first of so many. */
  reserve(count: number): number {
    const first = this.#lastScope + 1;
    this.#lastScope += count;
    return first;
  }

  /** All nodes that have begun. */
  nodes(): Iterable<[path: string, node: number]> {
    return this.#nodes;
  }

  /** The highest number given so far. */
  get lastScope(): number {
    return this.#lastScope;
  }

  newScope(): number {
    this.#lastScope += 1;
    return this.#lastScope;
  }
}
