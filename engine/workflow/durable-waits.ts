import { drawnNodes, type Graph } from '../../common/graph.ts';
import { isDurableWait } from '../../common/node-kinds.ts';
import { isInside } from '../../common/node-paths.ts';

/** Whether a node of the drawing waits for a person or an event somewhere inside the node of this path. */
export function waitsInside({ nodes }: Pick<Graph, 'nodes'>, path: string): boolean {
  return [...drawnNodes(nodes)].some(node => isDurableWait(node.kind) && isInside(node.path, path));
}
