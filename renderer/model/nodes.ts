import type { Progress } from '../../host/api/api.ts';

type Nodes = Progress['nodes'];

/** Batch nodes that are inside no other batch node: what is counted as the run's work. */
export function outermostOf(nodes: Nodes): Nodes {
  return nodes.filter(node => !nodes.some(other => node.path.startsWith(`${other.path}/`)));
}
