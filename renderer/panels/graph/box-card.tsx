import { memo, useState } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { BatchMapCanvas } from '../batches/batch-map-canvas.tsx';
import { counted, number } from '../../../common/format.ts';
import { Bar, Glyph } from '../../ui/parts.tsx';
import { select, setConcurrency } from '../../stores/actions.ts';
import { studio, useStudio, type StudioState } from '../../stores/studio.ts';
import { Card, Ends, Facts, StateGlyph, SourceChip } from './card.tsx';
import type { NodeProps } from './flow.ts';
import type { CardNode } from './elements.ts';
import {
  concurrencyText,
  batchFacts,
  batchLine,
  batchName,
  batchProgressText,
  causeText,
  stepFacts,
  stepName,
  idleText,
} from '../../model/graph/node-text.ts';
import { isBatch } from '../../model/graph/plan.ts';
import { hasMap, mapHeight, MAP_PAD } from '../../model/graph/sizes.ts';
import type { BatchState } from '../../model/graph/node-state.ts';
import { useBatchState, useRoundCount, useStepState } from '../../hooks/use-node-state.ts';

type PlanProps = CardNode['data'];

/** A card that others stand in. */
export const BoxCard = memo(({ data: { plan } }: NodeProps<CardNode>) => {
  if (isBatch(plan.kind)) return <BatchCard plan={plan} />;
  if (plan.kind === 'lane')
    return (
      <div className="graph-lane">
        <div className="card-title">{plan.title}</div>
        <Ends />
      </div>
    );
  return <ContainerCard plan={plan} />;
});
BoxCard.displayName = 'BoxCard';

/** A `while`, or several things at a time. */
function ContainerCard({ plan }: PlanProps) {
  const figures = useStepState(plan);
  const rounds = useRoundCount(plan);
  const facts =
    plan.kind === 'while' && rounds > 0
      ? [
          { text: counted(rounds, ['round', 'rounds']) },
          ...(plan.repetition === 'once' ? stepFacts(plan, figures) : []),
        ]
      : [{ text: idleText(plan) }, ...(figures.state === 'idle' ? [] : stepFacts(plan, figures))];
  const name =
    plan.kind === 'while' && rounds > 0
      ? `${stepName(plan, figures)}, ${counted(rounds, ['round', 'rounds'])}`
      : stepName(plan, figures);
  return (
    <Card node={plan} name={name} state={figures.state} className={`card-box card-group kind-${plan.kind}`}>
      <div className="card-head">
        <div className="card-title">
          <StateGlyph state={figures.state} />
          <span>{plan.title}</span>
          <SourceChip at={plan.node?.at} />
        </div>
        <Facts facts={facts} />
      </div>
    </Card>
  );
}

function BatchCard({ plan }: PlanProps) {
  const figures = useBatchState(plan);
  const outermost = hasMap(plan);
  return (
    <Card node={plan} name={batchName(plan, figures)} state={figures.state} className="card-box card-batch">
      <div className="card-head">
        <div className="card-title">
          <StateGlyph state={figures.state} />
          <span>{plan.title}</span>
          <SourceChip at={plan.node?.at} />
          {outermost && (
            <>
              <Facts facts={batchFacts(figures)} />
              {figures.node !== 0 && <b className="card-progress numbers">{batchProgressText(figures)}</b>}
            </>
          )}
        </div>
        <Bar counts={figures} />
        <div className="card-rate numbers">
          {outermost || figures.node === 0 ? (
            <p title={batchLine(plan, figures)}>{batchLine(plan, figures)}</p>
          ) : (
            <Facts facts={batchFacts(figures)} />
          )}
          {outermost ? (
            <Concurrency plan={plan} figures={figures} />
          ) : (
            <b className="card-progress">{batchProgressText(figures)}</b>
          )}
        </div>
      </div>
      {outermost && <MapArea plan={plan} figures={figures} />}
    </Card>
  );
}

/** By then the run's totals say how many there are, whatever was asked. */
const ANSWER_MS = 2000;

/** How many at a time; while it runs, to be changed. */
function Concurrency({ plan, figures }: PlanProps & { figures: BatchState }) {
  const run = useStudio(state => state.runId);
  const [asked, setAsked] = useState<number>();
  const shown = asked ?? figures.concurrency;
  if (asked !== undefined && asked === figures.concurrency) setAsked(undefined);
  if (figures.state !== 'running' || run === undefined || figures.node === 0)
    return figures.node === 0 ? null : <span className="card-concurrency">{concurrencyText(figures.concurrency)}</span>;
  const change = (by: number) => {
    const next = Math.max(1, shown + by);
    setAsked(next);
    void setConcurrency(run, plan.path, next).then(done => setTimeout(() => setAsked(undefined), done ? ANSWER_MS : 0));
  };
  return (
    <span
      className="card-concurrency nopan"
      role="group"
      aria-label={`${plan.title}: batches at a time`}
      onClick={event => event.stopPropagation()}
    >
      <button type="button" aria-label="One less at a time" disabled={shown <= 1} onClick={() => change(-1)}>
        −
      </button>
      {concurrencyText(shown)}
      <button type="button" aria-label="One more at a time" onClick={() => change(1)}>
        +
      </button>
    </span>
  );
}

/** Every batch, and beside them what went wrong most. */
function MapArea({ plan, figures }: PlanProps & { figures: BatchState }) {
  const shows = useStudio(state => figures.node !== 0 && (state.model?.maps.has(figures.node) ?? false));
  const unit = plan.node?.unit ?? (['item', 'items'] as const);
  const height = mapHeight(figures.total);
  return (
    // What is done with the map is not done with the card.
    <div className="card-map-area" style={{ height: height + 2 * MAP_PAD }} onClick={event => event.stopPropagation()}>
      <div className="card-map nopan">
        {shows ? (
          <BatchMapCanvas node={figures.node} compact height={height} />
        ) : (
          <p>
            {figures.state === 'idle'
              ? `Each ${plan.kind === 'forEach' ? unit[0] : `group of ${unit[1]}`} will be a tile in here.`
              : 'No batches yet.'}
          </p>
        )}
      </div>
      {figures.node !== 0 && <MapAside plan={plan} figures={figures} />}
    </div>
  );
}

function MapAside({ plan, figures }: PlanProps & { figures: BatchState }) {
  const { group, batches, others, text } = useStudio(useShallow((state: StudioState) => topCause(state, plan.path)));
  if (group === '') {
    return (
      <p className="card-note">
        {figures.failed > 0
          ? `${number(figures.failed)} failed`
          : plan.kind === 'forEach'
            ? `every ${plan.node?.unit?.[0] ?? 'item'}, in order`
            : 'every batch, in order'}
        <br />
        drag to choose, then <b>R</b>
      </p>
    );
  }
  const choose = () => {
    const found = studio.getState().problems?.groups.find(known => known.path === plan.path && known.group === group);
    if (found)
      select({
        node: found.node,
        path: plan.path,
        where: { group },
        count: found.batches,
        text: `${counted(found.batches, ['batch', 'batches'])}: ${found.explain ?? found.message}`,
      });
  };
  return (
    <button type="button" className="card-note card-cause nopan" title={text} onClick={choose}>
      <span>
        <Glyph status="failed" silent />
        <b>{number(batches)}</b> {text}
      </span>
      {others > 0 && <small>and {counted(others, ['other cause', 'other causes'])}</small>}
    </button>
  );
}

function topCause(
  { problems }: StudioState,
  path: string,
): { group: string; batches: number; others: number; text: string } {
  const causes = (problems?.groups ?? [])
    .filter(group => group.path === path)
    .toSorted((a, b) => b.batches - a.batches);
  const [top] = causes;
  return top
    ? { group: top.group, batches: top.batches, others: causes.length - 1, text: causeText(top) }
    : { group: '', batches: 0, others: 0, text: '' };
}
