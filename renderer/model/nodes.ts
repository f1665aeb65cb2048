import type { Progress } from '../../host/api.ts';

type Nodes = Progress['nodes'];

/** Batch nodes that are inside no other batch node: what is counted as the run's work. */
export function outermostOf(nodes: Nodes): Nodes {
  return nodes.filter(node => !nodes.some(other => node.path.startsWith(`${other.path}/`)));
}

/**
 * How many batches failed: of each outermost node its own, or, where none of them did, those inside them, which they bore. One inside
 * a batch that failed for it is not counted again.
 */
export function failedBatches({ nodes }: Pick<Progress, 'nodes'>): number {
  const inside = (path: string) => nodes.filter(node => node.path.startsWith(`${path}/`)).reduce((sum, node) => sum + node.batches.failed, 0);
  return outermostOf(nodes).reduce((sum, { path, batches }) => sum + (batches.failed > 0 ? batches.failed : inside(path)), 0);
}
