import type { NodeLine } from '../../engine/store/run-queries.ts';
import type { Graph, GraphNode } from '../../common/graph.ts';
import { isNodeKind, NODE_KINDS } from '../../common/node-kinds.ts';
import { idOf, isDirectlyInside } from '../../common/node-paths.ts';

/** A graph with the bodies that could not be drawn before the run drawn from what ran in them. */
export function withDrawnBodies(graph: Graph, ran: readonly NodeLine[]): Graph {
  return { ...graph, nodes: graph.nodes.map(node => withDrawn(node, ran)) };
}

function withDrawn(node: GraphNode, ran: readonly NodeLine[]): GraphNode {
  const drawn = (nodes: readonly GraphNode[]) => nodes.map(inner => withDrawn(inner, ran));
  return {
    ...node,
    ...(node.branches && { branches: node.branches.map(branch => ({ ...branch, nodes: drawn(branch.nodes) })) }),
    ...(node.members && { members: drawn(node.members) }),
    ...(node.body?.drawn && { body: { ...node.body, nodes: drawn(node.body.nodes) } }),
    ...(node.body?.drawn === false && whatRan(node.path, ran)),
  };
}

function whatRan(path: string, ran: readonly NodeLine[]): Pick<GraphNode, 'body'> | undefined {
  const nodes = inside(path, ran);
  return nodes.length === 0 ? undefined : { body: { drawn: true, nodes } };
}

function inside(outer: string, ran: readonly NodeLine[]): GraphNode[] {
  return ran.flatMap(({ path, kind }): GraphNode[] => {
    if (!isDirectlyInside(path, outer) || !isNodeKind(kind)) return [];
    const node = { path, id: idOf(path), kind };
    switch (NODE_KINDS[kind].holds) {
      case 'body':
        return [{ ...node, body: { drawn: true, nodes: inside(path, ran) } }];
      case 'members':
        return [{ ...node, members: inside(path, ran) }];
      // Which branch a node stood in is not on record: it is drawn beside its `if`.
      case 'branches':
      case 'nothing':
        return [node];
    }
  });
}
