import { drawnNodes, type GraphNode } from '../../../common/graph.ts';
import { findNode } from '../../../common/graph-nodes.ts';

/**
 * Whether no step of a batch node's body changes anything outside, says the author (`pure: true`). A body that is not drawn
 * may have any steps.
 */
export function isPure(nodes: readonly GraphNode[], path: string): boolean {
  const body = findNode(nodes, path)?.body;
  if (!body?.drawn) return false;
  return [...drawnNodes(body.nodes)].every(({ kind, settings, body: inner }) =>
    kind === 'step' || kind === 'action' ? settings?.pure === true : inner?.drawn !== false,
  );
}
