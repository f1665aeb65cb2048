import { unitOf } from '../../../common/graph-nodes.ts';
import type { Graph } from '../../../host/api/api.ts';
import type { Mapped } from '../../model/presentation/stage.ts';
import { usePresentationText } from '../../hooks/use-presentation-text.ts';
import { unitIn } from '../../model/presentation/languages.ts';
import { BatchMapCanvas } from '../../ui/batch-map/batch-map-canvas.tsx';

const LARGEST_SQUARE = 240;

/** Everything there is to do, as squares over the whole height. It stays where it is whatever the state. */
export function SquareMap({ map: { node, path, batches, size, isSingle }, graph }: { map: Mapped; graph: Graph }) {
  const text = usePresentationText();
  return (
    <div className="present-map">
      <BatchMapCanvas key={node} node={node} still largest={LARGEST_SQUARE} />
      {batches > 0 && <p>{text.square(isSingle ? size : undefined, unitIn(text, unitOf(graph, path)))}</p>}
    </div>
  );
}
