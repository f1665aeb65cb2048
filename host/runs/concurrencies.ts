import { hasBatches } from '../../common/node-kinds.ts';
import type { Graph } from '../../common/graph.ts';

/** How many batches of each batch node run at a time, as the workflow says. */
export function concurrencies(graph: Graph | undefined): Map<string, number> {
  const found = new Map<string, number>();
  const visit = (nodes: Graph['nodes']): void => {
    for (const node of nodes) {
      if (hasBatches(node.kind) && typeof node.settings?.concurrency === 'number')
        found.set(node.path, node.settings.concurrency);
      for (const branch of node.branches ?? []) visit(branch.nodes);
      if (node.body?.drawn) visit(node.body.nodes);
    }
  };
  visit(graph?.nodes ?? []);
  return found;
}
