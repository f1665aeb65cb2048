import { useMemo, useRef, useSyncExternalStore } from 'react';
import { unitOf } from '../../../common/graph-nodes.ts';
import type { Graph, ItemAtFault } from '../../../host/api/api.ts';
import { label } from '../../model/shown-text.ts';
import { checkedItems } from '../../model/items/fix-progress.ts';
import { correctedBatches } from '../../model/presentation/correction.ts';
import { unitIn } from '../../model/presentation/languages.ts';
import type { Figures } from '../../model/presentation/text.ts';
import type { Mapped } from '../../model/presentation/stage.ts';
import { usePresentationText } from '../../hooks/use-presentation-text.ts';
import { useSize } from '../../hooks/use-size.ts';
import { useStudio } from '../../stores/studio.ts';
import { useFailedInside } from '../../ui/batch-map/use-failed-inside.ts';
import { useSquares, type SquaresLook } from './use-squares.ts';

/** Of the shorter side of the map: fewer squares are not larger than that. */
const LARGEST_SHARE = 0.3;
const LONGEST_NAME = 9;

interface Props {
  readonly map: Mapped;
  readonly graph: Graph;
  readonly figures: Figures;
  /** Which batches were repaired. */
  readonly repaired: ReadonlySet<number>;
  /** Whether it is told which squares pass now, with the file as it is. */
  readonly isTested: boolean;
}

/** Everything there is to do, as squares over the whole height. It stays where it is whatever the state. */
export function SquareMap({ map: mapped, graph, figures, repaired, isTested }: Props) {
  const { node, path, batches, size, isSingle } = mapped;
  const text = usePresentationText();
  const frame = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const { width, height } = useSize(frame);
  const { model, map } = useLiveMap(node);
  const items = useStudio(state => state.findings?.items);
  const hasEnded = useStudio(state => state.progress?.status === 'completed');
  const isComplete = useStudio(state => state.progress?.nodes.find(other => other.node === node)?.complete !== false);
  const isFailedInside = useFailedInside(node);
  const check = useStudio(state => state.check);
  const corrected = useMemo(
    () => (isTested ? correctedBatches(checkedItems(items ?? [], check), path) : NONE),
    [isTested, items, check, path],
  );
  const names = useMemo(() => namesOf(items ?? [], path), [items, path]);
  const look = useMemo(
    (): SquaresLook => ({
      isRepaired: index => repaired.has(index),
      isCorrected: index => corrected.has(index),
      textOf: index => names.get(index) ?? [],
      isFailedInside,
      hasEnded,
      // While more may come, squares keep their size.
      room: isComplete ? undefined : 2 ** Math.ceil(Math.log2(Math.max(1, batches))),
    }),
    [repaired, corrected, names, isFailedInside, hasEnded, isComplete, isComplete ? 0 : batches],
  );
  const largest = Math.max(12, Math.floor(Math.min(width, height) * LARGEST_SHARE));
  useSquares({ model, map, canvas, width, height, largest, look });
  return (
    <div className="present-map">
      <div ref={frame} className="present-squares">
        <canvas
          ref={canvas}
          role="img"
          aria-label={`${text.map}: ${text.announced(figures)}`}
          style={{ width, height }}
        />
      </div>
      {batches > 0 && (
        <p>
          <b>{text.square(isSingle ? size : undefined, unitIn(text, unitOf(graph, path)))}</b>
          {repaired.size > 0 && hasEnded && <span>{text.ring.repaired}</span>}
          {corrected.size > 0 && <span>{text.ring.corrected}</span>}
        </p>
      )}
    </div>
  );
}

/** The squares as they are now, as the words beside them: whatever earlier moment the views show. */
function useLiveMap(node: number) {
  const model = useStudio(state => state.model);
  const map = useSyncExternalStore(
    listener => model?.onProgress(listener) ?? (() => undefined),
    () => model?.maps.get(node),
  );
  return { model, map };
}

const NONE: ReadonlySet<number> = new Set();

/** What those at fault are called, by their batches: two lines at the most. */
function namesOf(items: readonly ItemAtFault[], path: string): ReadonlyMap<number, readonly string[]> {
  const all = new Map<number, string[]>();
  for (const item of items) {
    if (item.path !== path || item.parent !== 0) continue;
    const names = all.get(item.batch) ?? [];
    names.push(item.label === undefined ? '' : label(item.label, LONGEST_NAME));
    all.set(item.batch, names);
  }
  return new Map(
    [...all].map(([batch, names]) => {
      const [first = '', second = ''] = names;
      if (names.includes('')) return [batch, []];
      if (names.length <= 2) return [batch, [first, second].filter(name => name !== '')];
      return [batch, [first, `+${names.length - 1}`]];
    }),
  );
}
