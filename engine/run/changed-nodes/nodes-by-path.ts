import { drawnNodes, type Graph, type GraphNode } from '../../../common/graph.ts';

/** The nodes of a drawn workflow by their paths. */
export function nodesByPath(graph: Graph): ReadonlyMap<string, GraphNode> {
  return new Map(Array.from(drawnNodes(graph.nodes), node => [node.path, node]));
}
