import type { NodeLine } from '../../engine/store/run-queries.ts';
import type { Graph, GraphNode } from '../../common/graph.ts';

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

function inside(path: string, ran: readonly NodeLine[]): GraphNode[] {
  const direct = ran.filter(node => isDirectlyIn(node.path, path));
  return direct.flatMap(({ path, kind }): GraphNode[] => {
    if (!isDrawn(kind)) return [];
    const node = { path, id: unescaped(path.slice(path.lastIndexOf('/') + 1)), kind };
    if (kind === 'batch' || kind === 'forEach' || kind === 'while')
      return [{ ...node, body: { drawn: true, nodes: inside(path, ran) } }];
    return kind === 'parallel' || kind === 'race' ? [{ ...node, members: inside(path, ran) }] : [node];
  });
}

function isDirectlyIn(path: string, parent: string): boolean {
  return path.startsWith(`${parent}/`) && !path.slice(parent.length + 1).includes('/');
}

const KINDS = [
  'step',
  'action',
  'if',
  'batch',
  'forEach',
  'parallel',
  'race',
  'while',
  'sleep',
  'log',
  'cancel',
] as const;

function isDrawn(kind: string): kind is GraphNode['kind'] {
  return (KINDS as readonly string[]).includes(kind);
}

function unescaped(id: string): string {
  return id.replaceAll('~1', '/').replaceAll('~0', '~');
}
