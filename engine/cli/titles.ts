import type { Graph, GraphNode } from '../workflow/graph.ts';
import { oneLine } from './words.ts';

/** What people call a node and what it counts, by node path. */
export interface NodeTitle {
  readonly title: string;
  readonly unit: readonly [string, string];
  /** How many batch nodes it is inside of. */
  readonly depth: number;
}

const ITEM = ['item', 'items'] as const;
const LONGEST_TITLE = 80;
const LONGEST_UNIT = 40;

export function batchTitles(graph: Graph): Map<string, NodeTitle> {
  const titles = new Map<string, NodeTitle>();
  const visit = (nodes: readonly GraphNode[], depth: number): void => {
    for (const node of nodes) {
      const isBatch = node.kind === 'batch' || node.kind === 'forEach';
      if (isBatch) titles.set(node.path, { title: oneLine(node.title ?? node.id, LONGEST_TITLE), unit: unitOf(node), depth });
      for (const branch of node.branches ?? []) visit(branch.nodes, depth);
      if (node.body?.drawn) visit(node.body.nodes, depth + (isBatch ? 1 : 0));
    }
  };
  visit(graph.nodes, 0);
  return titles;
}

function unitOf({ unit }: GraphNode): readonly [string, string] {
  return unit ? [oneLine(unit[0], LONGEST_UNIT), oneLine(unit[1], LONGEST_UNIT)] : ITEM;
}

export function titleOf(titles: ReadonlyMap<string, NodeTitle>, path: string): NodeTitle {
  return titles.get(path) ?? { title: oneLine(path.split('/').at(-1) ?? path, LONGEST_TITLE), unit: ITEM, depth: path.split('/').length - 1 };
}
