import { hasBatches } from '../../common/node-kinds.ts';
import { drawnNodes, type Graph } from '../../common/graph.ts';

/** How many batches of each batch node run at a time, as the workflow says. */
export function concurrencies(graph: Graph | undefined): Map<string, number> {
  const found = new Map<string, number>();
  for (const { kind, path, settings } of drawnNodes(graph?.nodes ?? []))
    if (hasBatches(kind) && typeof settings?.concurrency === 'number') found.set(path, settings.concurrency);
  return found;
}
