import { memo } from 'react';
import { openDialog } from '../../stores/actions.ts';
import { useStudio } from '../../stores/studio.ts';
import { Card, Ends, Facts, Sign, SourceChip } from './card.tsx';
import type { NodeProps } from './flow.ts';
import type { CardNode } from './elements.ts';
import { stepFacts, stepName, wordOf } from '../../model/graph/node-text.ts';
import { wayLabels } from '../../model/graph/plan.ts';
import { useRunValue, useStepState, useStepTimes, useWaysTaken } from '../../hooks/use-node-state.ts';
import { RunButton } from '../../ui/run-button.tsx';

export const StepCard = memo(({ data: { plan } }: NodeProps<CardNode>) => {
  const now = useStepState(plan);
  const times = useStepTimes(plan, now);
  return (
    <Card
      node={plan}
      name={stepName(plan, now, times)}
      standing={now.standing}
      className={`card-step kind-${plan.kind} ${plan.parent === undefined ? '' : 'card-inner'}`}
    >
      <div className="card-title">
        <Sign standing={now.standing} />
        <span>{plan.title}</span>
      </div>
      <Facts facts={stepFacts(plan, now, times)} />
      <SourceChip at={plan.node?.at} />
    </Card>
  );
});
StepCard.displayName = 'StepCard';

/** An `if`: comes to a point on both sides, as such a question does in a flow chart. */
export const ForkCard = memo(({ data: { plan }, width = 0, height = 0 }: NodeProps<CardNode>) => {
  const now = useStepState(plan);
  const taken = useWaysTaken(plan);
  const ways = wayLabels(plan.node?.branches ?? []).flatMap((label, index) =>
    taken[index] !== undefined && plan.times !== 'once' && now.succeeded > 0 ? [`${label} ${taken[index]}`] : [],
  );
  const tip = Math.min(20, height / 2);
  return (
    <Card node={plan} name={[stepName(plan, now), ...ways].join(', ')} standing={now.standing} className="card-fork">
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
        <Sign standing={now.standing} />
        <span>{plan.title}</span>
      </div>
      <div className="card-line">
        <Facts facts={stepFacts(plan, now)} />
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
  const of = useStudio(state => state.workflow);
  const payload = useRunValue('payload');
  return (
    <Card
      node={plan}
      name={`Start, payload ${payload ?? 'not given yet'}`}
      standing={run === undefined ? 'idle' : 'succeeded'}
      className="card-end"
    >
      <div className="card-title">
        <span>Start</span>
      </div>
      {run === undefined && of ? (
        <RunButton
          small
          className="nopan"
          onClick={event => {
            event.stopPropagation();
            openDialog({ kind: 'run', of });
          }}
        >
          Run…
        </RunButton>
      ) : (
        <p className="card-said">payload {payload ?? ''}</p>
      )}
    </Card>
  );
}

function Result({ plan }: PlanProps) {
  const now = useStepState(plan);
  const result = useRunValue('result');
  const isKnown = result !== undefined && result !== '';
  const words = isKnown ? result : wordOf(now.standing);
  return (
    <Card
      node={plan}
      name={`Result, ${words === '' ? 'none yet' : words}`}
      standing={now.standing}
      className="card-end"
    >
      <div className="card-title">
        <Sign standing={now.standing} />
        <span>Result</span>
      </div>
      <p className={isKnown ? 'card-said' : 'card-facts'}>{words}</p>
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
