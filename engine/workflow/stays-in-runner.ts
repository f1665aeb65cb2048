import { drawnNodes, type Graph } from '../../common/graph.ts';
import { isDurableWait, isSubflow } from '../../common/node-kinds.ts';
import { isInside } from '../../common/node-paths.ts';

/**
 * Whether a node of the drawing waits for a person or an event somewhere inside the node of this path, or runs another workflow:
 * the process of the run itself does that, no worker.
 */
export function staysInRunner({ nodes }: Pick<Graph, 'nodes'>, path: string): boolean {
  return [...drawnNodes(nodes)].some(
    node => (isDurableWait(node.kind) || isSubflow(node.kind)) && isInside(node.path, path),
  );
}
