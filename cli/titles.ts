import type { Graph, GraphNode } from '../common/graph.ts';
import { oneLine } from '../common/safe-text.ts';

export type Unit = readonly [one: string, many: string];

/** What people call a batch node, and what it counts. */
export interface BatchTitle {
  readonly title: string;
  readonly unit: Unit;
  /** What it is done in: batches, or the items of a forEach. */
  readonly part: Unit;
  /** How many batch nodes it is inside of. */
  readonly depth: number;
}

const ITEM: Unit = ['item', 'items'];
const BATCH: Unit = ['batch', 'batches'];
const LONGEST_TITLE = 80;
const LONGEST_UNIT = 40;
/** The name of a while's condition, which is asked like a step (see run/rounds.ts). */
const CONDITION = '/?';

/** The author's words for the nodes of a workflow, by node path. */
export class Titles {
  readonly #batches = new Map<string, BatchTitle>();
  readonly #titles = new Map<string, string>();

  constructor(graph: Graph) {
    this.#visit(graph.nodes, 0);
  }

  batch(path: string): BatchTitle {
    return (
      this.#batches.get(path) ?? {
        title: oneLine(path.split('/').at(-1) ?? path, LONGEST_TITLE),
        unit: ITEM,
        part: BATCH,
        depth: path.split('/').length - 1,
      }
    );
  }

  /** Whatever says or fails something: by its title; without one by its path, which tells where it stands. */
  node(path: string): string {
    if (path.endsWith(CONDITION)) return `the condition of ${this.node(path.slice(0, -CONDITION.length))}`;
    return this.#titles.get(path) ?? oneLine(path, LONGEST_TITLE);
  }

  /** What several batch nodes are done in together. */
  part(paths: readonly string[]): Unit {
    const [first, ...others] = paths.map(path => this.batch(path).part);
    return first && others.every(([one]) => one === first[0]) ? first : BATCH;
  }

  /** What several batch nodes count together. */
  unit(paths: readonly string[]): Unit {
    const [first, ...others] = paths.map(path => this.batch(path).unit);
    return first && others.every(([one]) => one === first[0]) ? first : ITEM;
  }

  #visit(nodes: readonly GraphNode[], depth: number): void {
    for (const node of nodes) {
      if (node.title !== undefined) this.#titles.set(node.path, oneLine(node.title, LONGEST_TITLE));
      const isBatch = node.kind === 'batch' || node.kind === 'forEach';
      if (isBatch) {
        const unit = unitOf(node);
        this.#batches.set(node.path, {
          title: oneLine(node.title ?? node.id, LONGEST_TITLE),
          unit,
          part: node.kind === 'forEach' ? unit : BATCH,
          depth,
        });
      }
      for (const branch of node.branches ?? []) this.#visit(branch.nodes, depth);
      this.#visit(node.members ?? [], depth);
      if (node.body?.drawn) this.#visit(node.body.nodes, depth + (isBatch ? 1 : 0));
    }
  }
}

export function unitOf({ unit }: GraphNode): Unit {
  return unit ? [oneLine(unit[0], LONGEST_UNIT), oneLine(unit[1], LONGEST_UNIT)] : ITEM;
}
