import type { FailureCause } from '../../../host/api/api.ts';
import { isInside } from '../../../common/node-paths.ts';
import { isItemByItem } from '../../../common/node-kinds.ts';
import { useShallow } from 'zustand/react/shallow';
import { BatchMapCanvas } from '../../ui/batch-map/batch-map-canvas.tsx';
import { counted, number, ITEM } from '../../../common/format.ts';
import { Glyph } from '../../ui/glyph.tsx';
import { WithHost } from '../../ui/with-host.tsx';
import { lookAtCause, showProblems } from '../../stores/actions.ts';
import { shownCauses } from '../../stores/past-causes.ts';
import { shownPast } from '../../stores/shown.ts';
import { useStudio, type StudioState } from '../../stores/studio.ts';
import { isCause } from '../../model/selection.ts';
import { causeText } from '../../model/graph/node-text.ts';
import { mapHeight, MAP_PAD } from '../../model/graph/sizes.ts';
import type { BatchState } from '../../model/graph/node-state.ts';
import type { PlanProps } from './box-card.tsx';

/** Every batch, and beside them what went wrong most. */
export function MapArea({ plan, figures }: PlanProps & { figures: BatchState }) {
  const shows = useStudio(state => figures.node !== 0 && (state.model?.maps.has(figures.node) ?? false));
  const unit = plan.node?.unit ?? ITEM;
  const isEmpty = figures.node !== 0 && figures.complete && figures.total === 0;
  const height = mapHeight(figures.total);
  return (
    // What is done with the map is not done with the card.
    <div className="card-map-area" style={{ height: height + 2 * MAP_PAD }} onClick={event => event.stopPropagation()}>
      <div className="card-map nopan">
        {isEmpty ? (
          <p>There were no items.</p>
        ) : shows ? (
          <BatchMapCanvas node={figures.node} compact height={height} />
        ) : (
          <p>
            {figures.state === 'idle'
              ? `Each ${isItemByItem(plan.kind) ? unit[0] : `batch of ${unit[1]}`} becomes a tile here.`
              : 'No batches yet.'}
          </p>
        )}
      </div>
      {figures.node !== 0 && !isEmpty && <MapAside plan={plan} figures={figures} />}
    </div>
  );
}

function MapAside({ plan, figures }: PlanProps & { figures: BatchState }) {
  const { cause, others } = useStudio(useShallow((state: StudioState) => topCause(state, plan.path)));
  const isPast = useStudio(state => shownPast(state) !== undefined);
  const chosen = useStudio(state => cause !== undefined && isCause(cause, state.selection?.cause));
  if (!cause) {
    return (
      <p className="card-note">
        {figures.failed > 0
          ? `${number(figures.failed)} failed`
          : isItemByItem(plan.kind)
            ? `Every ${plan.node?.unit?.[0] ?? 'item'} in order.`
            : 'Every batch in order.'}
        <WithHost>
          <br />
          Drag to select batches, then press <b>R</b> to re-run them.
        </WithHost>
      </p>
    );
  }
  const text = causeText(cause);
  return (
    <button
      type="button"
      className="card-note card-cause nopan"
      title={`${text}\n${isPast ? 'Shows why batches stood failed' : 'Highlights its batches and opens the first of them'}`}
      aria-pressed={chosen}
      onClick={() => (isPast ? showProblems() : lookAtCause(cause))}
    >
      <span>
        <Glyph status="failed" silent />
        <b>{number(cause.batches)}</b> {text}
      </span>
      {others > 0 && <small>and {counted(others, ['other cause', 'other causes'])}</small>}
    </button>
  );
}

/** What failed most on the map of a node: of its own batches, and of those inside them. */
function topCause(
  state: StudioState,
  path: string,
): { readonly cause: FailureCause | undefined; readonly others: number } {
  const causes = shownCauses(state)
    .filter(cause => cause.path === path || isInside(cause.path, path))
    .toSorted((a, b) => b.batches - a.batches);
  return { cause: causes[0], others: Math.max(0, causes.length - 1) };
}
