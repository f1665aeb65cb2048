import { unitOf } from '../../../common/graph-nodes.ts';
import type { Graph } from '../../../host/api/api.ts';
import { ENGLISH as text } from '../../model/presentation-text.ts';
import { BatchMapCanvas } from '../../ui/batch-map/batch-map-canvas.tsx';

/** From here on a square may stand for several batches, and what one square is would be a wrong sentence. */
const MOST_SINGLE_SQUARES = 2_500;
const LARGEST_SQUARE = 240;

/** Everything there is to do, as squares over the whole height. It stays where it is whatever the state. */
export function SquareMap({
  node,
  path,
  batches,
  size,
  graph,
}: {
  node: number;
  path: string;
  batches: number;
  size: number | undefined;
  graph: Graph;
}) {
  const isSingle = batches <= MOST_SINGLE_SQUARES;
  return (
    <div className="present-map">
      <BatchMapCanvas key={node} node={node} still largest={LARGEST_SQUARE} />
      {batches > 0 && <p>{text.square(isSingle ? size : undefined, unitOf(graph, path))}</p>}
    </div>
  );
}
