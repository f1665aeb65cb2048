import type { ElkEdgeSection, ElkNode } from 'elkjs/lib/elk-api.js';
import { BOX_PAD, type Size } from './sizes.ts';
import type { Point } from './geometry.ts';

/** The one thing asked of ELK. */
export type Elk = (graph: ElkNode) => Promise<ElkNode>;

const FORK_ACROSS = 22;

/** What a fork, and the point in which its ways come together, are called towards ELK. */
export const FORK = 'fork:';
export const MERGE = 'merge:';

export const FORK_OPTIONS = {
  'elk.algorithm': 'layered',
  'elk.direction': 'RIGHT',
  'elk.edgeRouting': 'ORTHOGONAL',
  'elk.padding': '[top=0,left=0,bottom=0,right=0]',
  'elk.spacing.nodeNode': String(BOX_PAD),
  'elk.spacing.edgeNode': '10',
  'elk.spacing.edgeEdge': '8',
  'elk.spacing.edgeLabel': '0',
  'elk.layered.spacing.nodeNodeBetweenLayers': String(FORK_ACROSS),
  'elk.layered.spacing.edgeNodeBetweenLayers': '10',
  'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
  'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
  'elk.separateConnectedComponents': 'false',
} as const;

export function elkNode(id: string, { width, height }: Size, entry: number): ElkNode {
  const port = (side: 'in' | 'out', x: number) => ({
    id: `${id}:${side}`,
    x,
    y: entry,
    width: 0,
    height: 0,
    layoutOptions: { 'elk.port.side': side === 'in' ? 'WEST' : 'EAST' },
  });
  return {
    id,
    width,
    height,
    ports: [port('in', 0), port('out', width)],
    layoutOptions: { 'elk.portConstraints': 'FIXED_POS', 'elk.alignment': 'LEFT' },
  };
}

export function pointsOf({ startPoint, bendPoints = [], endPoint }: ElkEdgeSection): readonly Point[] {
  return [startPoint, ...bendPoints, endPoint].map(({ x, y }) => ({ x, y }));
}
