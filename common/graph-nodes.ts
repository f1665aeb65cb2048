import { ITEM, type Unit } from './format.ts';
import type { Graph, GraphNode } from './graph.ts';
import { idOf, outermost } from './node-paths.ts';
import { clip, safe } from './safe-text.ts';

const LONGEST_NAME = 200;

/** The nodes that stand in a node: in its branches, its members, and its body where that is drawn. */
export function nodesInside(node: GraphNode): readonly GraphNode[] {
  return [
    ...(node.branches?.flatMap(branch => branch.nodes) ?? []),
    ...(node.members ?? []),
    ...(node.body?.drawn ? node.body.nodes : []),
  ];
}

/** A node by its path, wherever in the graph it is. */
export function findNode(nodes: readonly GraphNode[], path: string): GraphNode | undefined {
  for (const node of nodes) {
    if (node.path === path) return node;
    const found = findNode(nodesInside(node), path);
    if (found) return found;
  }
  return undefined;
}

/** All nodes of a graph: each before the nodes inside it. */
export function allNodes(nodes: readonly GraphNode[]): readonly GraphNode[] {
  return nodes.flatMap(node => [node, ...allNodes(nodesInside(node))]);
}

export function titleOf(graph: Graph, path: string): string {
  const node = findNode(graph.nodes, path);
  return node?.title ?? clip(safe(node?.id ?? idOf(path)), LONGEST_NAME);
}

/** What a batch node counts. */
export function unitOf(graph: Graph, path: string): Unit {
  return findNode(graph.nodes, path)?.unit ?? ITEM;
}

/** What a run counts: the unit of its outermost batch node, or items if it has several. */
export function unitOfRun(graph: Graph, nodes: readonly { readonly path: string }[]): Unit {
  const [only, ...others] = outermost(nodes);
  return only && others.length === 0 ? unitOf(graph, only.path) : ITEM;
}
