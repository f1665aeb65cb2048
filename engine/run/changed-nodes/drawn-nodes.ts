import type { Graph, GraphNode } from '../../../common/graph.ts';

/** The nodes of a drawn workflow by their paths, with what stands in branches, bodies and members. */
export function drawnNodes(graph: Graph): ReadonlyMap<string, GraphNode> {
  const found = new Map<string, GraphNode>();
  const visit = (nodes: readonly GraphNode[]): void => {
    for (const node of nodes) {
      found.set(node.path, node);
      for (const branch of node.branches ?? []) visit(branch.nodes);
      visit(node.members ?? []);
      if (node.body?.drawn) visit(node.body.nodes);
    }
  };
  visit(graph.nodes);
  return found;
}
