import { Bar } from '../../ui/bar.tsx';
import { Card, Facts, StateGlyph, SourceChip } from './card.tsx';
import { batchFacts, batchLine, batchName, batchProgressText } from '../../model/graph/node-text.ts';
import type { BatchState } from '../../model/graph/node-state.ts';
import { drawnBody } from '../../model/graph/plan.ts';
import { hasMap } from '../../model/graph/sizes.ts';
import { useNow } from '../../hooks/use-now.ts';
import { useBatchState } from './use-node-state.ts';
import type { PlanProps } from './box-card.tsx';
import { ConcurrencyControl } from './concurrency-control.tsx';
import { graphSource } from '../../model/graph/graph-source.ts';
import { useStudio } from '../../stores/studio.ts';
import { foldBody, useFoldedBodies } from './use-folded-bodies.ts';
import { MapArea } from './map-area.tsx';

export function BatchCard({ plan }: PlanProps) {
  const figures = useBatchState(plan);
  const outermost = hasMap(plan);
  const now = useNow(figures.retrying > 0);
  return (
    <Card node={plan} name={batchName(plan, figures)} state={figures.state} className="card-box card-batch">
      <div className="card-head">
        <div className="card-title">
          <StateGlyph state={figures.state} />
          <span>{plan.title}</span>
          <SourceChip at={plan.node?.at} />
          {outermost && <BodyToggle plan={plan} />}
          {outermost && (
            <>
              <Facts facts={batchFacts(figures, now)} />
              <Progress figures={figures} />
            </>
          )}
        </div>
        <Bar counts={figures} isOpenEnded={figures.node !== 0 && !figures.complete} />
        <div className="card-rate numbers">
          {outermost || figures.node === 0 ? (
            <p title={batchLine(plan, figures)}>{batchLine(plan, figures)}</p>
          ) : (
            <Facts facts={batchFacts(figures, now)} />
          )}
          {outermost ? <ConcurrencyControl plan={plan} figures={figures} /> : <Progress figures={figures} />}
        </div>
      </div>
      {outermost && <MapArea plan={plan} figures={figures} />}
    </Card>
  );
}

function Progress({ figures }: { figures: BatchState }) {
  const text = batchProgressText(figures);
  return text === '' ? null : <b className="card-progress numbers">{text}</b>;
}

/** Closes the body. Where it is closed, its pill opens it. */
function BodyToggle({ plan }: PlanProps) {
  const isFolded = useFoldedBodies(useStudio(state => graphSource(state).key))(plan.path);
  if (isFolded || drawnBody(plan.node).length === 0) return null;
  return (
    <button
      type="button"
      className="body-toggle nopan"
      aria-expanded
      aria-label={`Close the body of ${plan.title}`}
      title="Close the body"
      onClick={event => {
        event.stopPropagation();
        foldBody(plan.path, true);
      }}
    >
      ▾
    </button>
  );
}
