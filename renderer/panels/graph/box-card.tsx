import { memo, useState } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { BatchMapCanvas } from '../batches/batch-map-canvas.tsx';
import { counted, number } from '../../../common/format.ts';
import { Bar, Glyph } from '../../ui/parts.tsx';
import { select, setConcurrency } from '../../stores/actions.ts';
import { studio, useStudio, type StudioState } from '../../stores/studio.ts';
import { Card, Ends, Facts, Sign, SourceChip } from './card.tsx';
import type { NodeProps } from './flow.ts';
import type { CardNode } from './elements.ts';
import {
  atATime,
  batchFacts,
  batchLine,
  batchName,
  batchReach,
  causeWords,
  stepFacts,
  stepName,
  what,
} from '../../model/graph/node-text.ts';
import { isBatch } from '../../model/graph/plan.ts';
import { hasMap, mapHeight, MAP_PAD } from '../../model/graph/sizes.ts';
import type { BatchState } from '../../model/graph/node-state.ts';
import { useBatchState, useRounds, useStepState } from '../../hooks/use-node-state.ts';

type PlanProps = CardNode['data'];

/** A card that others stand in. */
export const BoxCard = memo(({ data: { plan } }: NodeProps<CardNode>) => {
  if (isBatch(plan.kind)) return <BatchBox plan={plan} />;
  if (plan.kind === 'lane')
    return (
      <div className="graph-lane">
        <div className="card-title">{plan.title}</div>
        <Ends />
      </div>
    );
  return <GroupBox plan={plan} />;
});
BoxCard.displayName = 'BoxCard';

/** A `while`, or several things at a time. */
function GroupBox({ plan }: PlanProps) {
  const now = useStepState(plan);
  const rounds = useRounds(plan);
  const facts =
    plan.kind === 'while' && rounds > 0
      ? [{ text: counted(rounds, ['round', 'rounds']) }, ...(plan.times === 'once' ? stepFacts(plan, now) : [])]
      : [{ text: what(plan) }, ...(now.standing === 'idle' ? [] : stepFacts(plan, now))];
  const name =
    plan.kind === 'while' && rounds > 0
      ? `${stepName(plan, now)}, ${counted(rounds, ['round', 'rounds'])}`
      : stepName(plan, now);
  return (
    <Card node={plan} name={name} standing={now.standing} className={`card-box card-group kind-${plan.kind}`}>
      <div className="card-head">
        <div className="card-title">
          <Sign standing={now.standing} />
          <span>{plan.title}</span>
          <SourceChip at={plan.node?.at} />
        </div>
        <Facts facts={facts} />
      </div>
    </Card>
  );
}

function BatchBox({ plan }: PlanProps) {
  const now = useBatchState(plan);
  const outermost = hasMap(plan);
  return (
    <Card node={plan} name={batchName(plan, now)} standing={now.standing} className="card-box card-batch">
      <div className="card-head">
        <div className="card-title">
          <Sign standing={now.standing} />
          <span>{plan.title}</span>
          <SourceChip at={plan.node?.at} />
          {outermost && (
            <>
              <Facts facts={batchFacts(now)} />
              {now.node !== 0 && <b className="card-reach numbers">{batchReach(now)}</b>}
            </>
          )}
        </div>
        <Bar counts={now} />
        <div className="card-pace numbers">
          {outermost || now.node === 0 ? (
            <p title={batchLine(plan, now)}>{batchLine(plan, now)}</p>
          ) : (
            <Facts facts={batchFacts(now)} />
          )}
          {outermost ? <Concurrency plan={plan} now={now} /> : <b className="card-reach">{batchReach(now)}</b>}
        </div>
      </div>
      {outermost && <Well plan={plan} now={now} />}
    </Card>
  );
}

/** By then the run's totals say how many there are, whatever was asked. */
const ANSWER_MS = 2000;

/** How many at a time; while it runs, to be changed. */
function Concurrency({ plan, now }: PlanProps & { now: BatchState }) {
  const run = useStudio(state => state.runId);
  const [asked, setAsked] = useState<number>();
  const shown = asked ?? now.concurrency;
  if (asked !== undefined && asked === now.concurrency) setAsked(undefined);
  if (now.standing !== 'running' || run === undefined || now.node === 0)
    return now.node === 0 ? null : <span className="card-concurrency">{atATime(now.concurrency)}</span>;
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
      {atATime(shown)}
      <button type="button" aria-label="One more at a time" onClick={() => change(1)}>
        +
      </button>
    </span>
  );
}

/** Every batch, and beside them what went wrong most. */
function Well({ plan, now }: PlanProps & { now: BatchState }) {
  const shows = useStudio(state => now.node !== 0 && (state.model?.maps.has(now.node) ?? false));
  const unit = plan.node?.unit ?? (['item', 'items'] as const);
  const height = mapHeight(now.total);
  return (
    // What is done with the map is not done with the card.
    <div className="card-well" style={{ height: height + 2 * MAP_PAD }} onClick={event => event.stopPropagation()}>
      <div className="card-map nopan">
        {shows ? (
          <BatchMapCanvas node={now.node} compact height={height} />
        ) : (
          <p>
            {now.standing === 'idle'
              ? `Each ${plan.kind === 'forEach' ? unit[0] : `group of ${unit[1]}`} will be a tile in here.`
              : 'No batches yet.'}
          </p>
        )}
      </div>
      {now.node !== 0 && <Aside plan={plan} now={now} />}
    </div>
  );
}

function Aside({ plan, now }: PlanProps & { now: BatchState }) {
  const { fingerprint, batches, others, words } = useStudio(
    useShallow((state: StudioState) => topCause(state, plan.path)),
  );
  if (fingerprint === '') {
    return (
      <p className="card-aside">
        {now.failed > 0
          ? `${number(now.failed)} failed`
          : plan.kind === 'forEach'
            ? `every ${plan.node?.unit?.[0] ?? 'item'}, in order`
            : 'every batch, in order'}
        <br />
        drag to choose, then <b>R</b>
      </p>
    );
  }
  const choose = () => {
    const found = studio
      .getState()
      .problems?.causes.find(known => known.path === plan.path && known.fingerprint === fingerprint);
    if (found)
      select({
        node: found.node,
        path: plan.path,
        where: { fingerprint },
        count: found.batches,
        words: `${counted(found.batches, ['batch', 'batches'])}: ${found.explain ?? found.message}`,
      });
  };
  return (
    <button type="button" className="card-aside card-cause nopan" title={words} onClick={choose}>
      <span>
        <Glyph status="failed" silent />
        <b>{number(batches)}</b> {words}
      </span>
      {others > 0 && <small>and {counted(others, ['other cause', 'other causes'])}</small>}
    </button>
  );
}

function topCause(
  { problems }: StudioState,
  path: string,
): { fingerprint: string; batches: number; others: number; words: string } {
  const causes = (problems?.causes ?? [])
    .filter(cause => cause.path === path)
    .toSorted((a, b) => b.batches - a.batches);
  const [top] = causes;
  return top
    ? { fingerprint: top.fingerprint, batches: top.batches, others: causes.length - 1, words: causeWords(top) }
    : { fingerprint: '', batches: 0, others: 0, words: '' };
}
