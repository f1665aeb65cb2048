import { isInside } from '../../common/node-paths.ts';
import type { NodeProgress } from '../../host/api/api.ts';
import { mapAround } from './selection.ts';

/** What a person has pointed at, as far as it tells of which node's batches they want to see. */
export interface PointedAt {
  /** Chosen by name, since what follows was pointed at. */
  readonly chosen: number | undefined;
  /** The path of the node whose batch, or which itself, is looked at. */
  readonly inspected: string | undefined;
  readonly selected: number | undefined;
}

/** Of the nodes that have a map, the one pointed at. Undefined where nothing points at one. */
export function nodePointedAt<Node extends Pick<NodeProgress, 'node' | 'path'>>(
  nodes: readonly Node[],
  { chosen, inspected, selected }: PointedAt,
): Node | undefined {
  return (
    nodes.find(({ node }) => node === chosen) ??
    (inspected === undefined ? undefined : mapAround(nodes, inspected)) ??
    nodes.find(({ node }) => node === selected)
  );
}

/** Where nobody has pointed at one: the first in which something failed, or else the first. */
export function firstToShow<Node extends Pick<NodeProgress, 'path'>>(
  nodes: readonly Node[],
  all: readonly Pick<NodeProgress, 'path' | 'batches'>[],
): Node | undefined {
  const hasFailed = ({ path }: Node) =>
    all.some(other => other.batches.failed > 0 && (other.path === path || isInside(other.path, path)));
  return nodes.find(hasFailed) ?? nodes[0];
}
