import { hasBatches, isDurableWait, partOf } from '../../common/node-kinds.ts';
import { idOf, whileOfCondition } from '../../common/node-paths.ts';
import { BATCH, ITEM, type Unit } from '../../common/format.ts';
import { nodesInside } from '../../common/graph-nodes.ts';
import type { Graph, GraphNode } from '../../common/graph.ts';
import { oneLine } from '../../common/safe-text.ts';

/** What people call a batch node, and what it counts. */
export interface BatchTitle {
  readonly title: string;
  readonly unit: Unit;
  /** What it is processed in: batches, or the items of a forEach. */
  readonly part: Unit;
}

const LONGEST_TITLE = 80;
const LONGEST_UNIT = 40;

/** The author's words for the nodes of a workflow, by node path, as they fit into a line of a terminal. */
export class Titles {
  readonly #batches = new Map<string, BatchTitle>();
  readonly #titles = new Map<string, string>();
  readonly #waits = new Set<string>();

  constructor(graph: Graph) {
    this.#visit(graph.nodes);
  }

  batch(path: string): BatchTitle {
    return (
      this.#batches.get(path) ?? {
        title: oneLine(idOf(path), LONGEST_TITLE),
        unit: ITEM,
        part: BATCH,
      }
    );
  }

  /** A node by its title; without one by its path, which says where in the workflow it is. */
  node(path: string): string {
    const whilePath = whileOfCondition(path);
    // What a wait for a person calls to tell them is recorded in the same place.
    if (whilePath !== undefined && this.#waits.has(whilePath)) return this.node(whilePath);
    if (whilePath !== undefined) return `the condition of ${this.node(whilePath)}`;
    return this.#titles.get(path) ?? oneLine(path, LONGEST_TITLE);
  }

  /** What several batch nodes are processed in together. */
  part(paths: readonly string[]): Unit {
    return common(
      paths.map(path => this.batch(path).part),
      BATCH,
    );
  }

  /** What several batch nodes count together. */
  unit(paths: readonly string[]): Unit {
    return common(
      paths.map(path => this.batch(path).unit),
      ITEM,
    );
  }

  #visit(nodes: readonly GraphNode[]): void {
    for (const node of nodes) {
      if (node.title !== undefined) this.#titles.set(node.path, oneLine(node.title, LONGEST_TITLE));
      if (isDurableWait(node.kind)) this.#waits.add(node.path);
      if (hasBatches(node.kind)) {
        const unit = shownUnit(node);
        this.#batches.set(node.path, {
          title: oneLine(node.title ?? node.id, LONGEST_TITLE),
          unit,
          part: partOf(node.kind, unit),
        });
      }
      this.#visit(nodesInside(node));
    }
  }
}

/** The author's word for what a node counts, safe and short enough for a terminal. */
export function shownUnit({ unit }: GraphNode): Unit {
  return unit ? [oneLine(unit[0], LONGEST_UNIT), oneLine(unit[1], LONGEST_UNIT)] : ITEM;
}

function common([first, ...others]: readonly Unit[], otherwise: Unit): Unit {
  return first && others.every(([one]) => one === first[0]) ? first : otherwise;
}
