import { StartButton } from '../../ui/run-button.tsx';
import { memo } from 'react';
import { useStudio } from '../../stores/studio.ts';
import { Card, StateGlyph } from './card.tsx';
import type { NodeProps } from './flow.ts';
import type { CardNode } from './flow-elements.ts';
import { stateText } from '../../model/graph/node-text.ts';
import { useRunValue } from './use-run-value.ts';
import { useStepState } from './use-node-state.ts';

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
      name={`Start, payload ${payload ?? 'not set yet'}`}
      state={run === undefined ? 'idle' : 'succeeded'}
      className="card-end"
    >
      <div className="card-title">
        <span>Start</span>
      </div>
      {run === undefined && workflow ? (
        <StartButton small className="nopan" workflow={workflow} onClick={event => event.stopPropagation()}>
          Run…
        </StartButton>
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
