import { memo } from 'react';
import { Button } from '../../ui/parts.tsx';
import { openDialog } from '../../stores/actions.ts';
import { useStudio } from '../../stores/studio.ts';
import { Card, Ends, Facts, StateGlyph, SourceChip } from './card.tsx';
import type { NodeProps } from './flow.ts';
import type { CardNode } from './elements.ts';
import { stepFacts, stepName, stateText } from '../../model/graph/node-text.ts';
import { branchLabels } from '../../model/graph/plan.ts';
import { useRunValue, useStepState, useStepTimes, useBranchCounts } from '../../hooks/use-node-state.ts';

export const StepCard = memo(({ data: { plan } }: NodeProps<CardNode>) => {
  const figures = useStepState(plan);
  const times = useStepTimes(plan, figures);
  return (
    <Card
      node={plan}
      name={stepName(plan, figures, times)}
      state={figures.state}
      className={`card-step kind-${plan.kind} ${plan.parent === undefined ? '' : 'card-inner'}`}
    >
      <div className="card-title">
        <StateGlyph state={figures.state} />
        <span>{plan.title}</span>
      </div>
      <Facts facts={stepFacts(plan, figures, times)} />
      <SourceChip at={plan.node?.at} />
    </Card>
  );
});
StepCard.displayName = 'StepCard';

/** An `if`: comes to a point on both sides, as such a question does in a flow chart. */
export const ForkCard = memo(({ data: { plan }, width = 0, height = 0 }: NodeProps<CardNode>) => {
  const figures = useStepState(plan);
  const counts = useBranchCounts(plan);
  const branches = branchLabels(plan.node?.branches ?? []).flatMap((label, index) =>
    counts[index] !== undefined && plan.repetition !== 'once' && figures.succeeded > 0
      ? [`${label} ${counts[index]}`]
      : [],
  );
  const tip = Math.min(20, height / 2);
  return (
    <Card
      node={plan}
      name={[stepName(plan, figures), ...branches].join(', ')}
      state={figures.state}
      className="card-fork"
    >
      <svg width={width} height={height} aria-hidden>
        <path
          d={rounded([
            [0.75, height / 2],
            [tip, 0.75],
            [width - tip, 0.75],
            [width - 0.75, height / 2],
            [width - tip, height - 0.75],
            [tip, height - 0.75],
          ])}
        />
      </svg>
      <div className="card-title">
        <StateGlyph state={figures.state} />
        <span>{plan.title}</span>
      </div>
      <div className="card-line">
        <Facts facts={stepFacts(plan, figures)} />
        <SourceChip at={plan.node?.at} />
      </div>
    </Card>
  );
});
ForkCard.displayName = 'ForkCard';

export const EndCard = memo(({ data: { plan } }: NodeProps<CardNode>) =>
  plan.kind === 'start' ? <Start plan={plan} /> : <Result plan={plan} />,
);
EndCard.displayName = 'EndCard';

type PlanProps = CardNode['data'];

function Start({ plan }: PlanProps) {
  const run = useStudio(state => state.runId);
  const workflow = useStudio(state => state.workflow);
  const payload = useRunValue('payload');
  return (
    <Card
      node={plan}
      name={`Start, payload ${payload ?? 'not given yet'}`}
      state={run === undefined ? 'idle' : 'succeeded'}
      className="card-end"
    >
      <div className="card-title">
        <span>Start</span>
      </div>
      {run === undefined && workflow ? (
        <Button
          small
          className="nopan"
          onClick={event => {
            event.stopPropagation();
            openDialog({ kind: 'run', workflow });
          }}
        >
          Run…
        </Button>
      ) : (
        <p className="card-value">payload {payload ?? ''}</p>
      )}
    </Card>
  );
}

function Result({ plan }: PlanProps) {
  const figures = useStepState(plan);
  const result = useRunValue('result');
  const isKnown = result !== undefined && result !== '';
  const text = isKnown ? result : stateText(figures.state);
  return (
    <Card node={plan} name={`Result, ${text === '' ? 'none yet' : text}`} state={figures.state} className="card-end">
      <div className="card-title">
        <StateGlyph state={figures.state} />
        <span>Result</span>
      </div>
      <p className={isKnown ? 'card-value' : 'card-facts'}>{text}</p>
    </Card>
  );
}

export const NoteCard = memo(({ data: { plan } }: NodeProps<CardNode>) => (
  <div className="graph-note">
    {plan.title}
    <Ends />
  </div>
));
NoteCard.displayName = 'NoteCard';

/** A closed path with rounded corners. */
function rounded(corners: readonly (readonly [number, number])[], radius = 6): string {
  const parts = corners.map(([x, y], index) => {
    const [px, py] = corners.at(index - 1) ?? [x, y];
    const [nx, ny] = corners[(index + 1) % corners.length] ?? [x, y];
    const towards = (ax: number, ay: number): string => {
      const length = Math.hypot(ax - x, ay - y);
      return `${x + ((ax - x) * radius) / length} ${y + ((ay - y) * radius) / length}`;
    };
    return `${index === 0 ? 'M' : 'L'}${towards(px, py)}Q${x} ${y} ${towards(nx, ny)}`;
  });
  return `${parts.join('')}Z`;
}
