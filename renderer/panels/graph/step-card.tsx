import { memo } from 'react';
import { Card, Facts, StateGlyph, SourceChip } from './card.tsx';
import type { NodeProps } from './flow.ts';
import type { CardNode } from './flow-elements.ts';
import { stepFacts, stepName } from '../../model/graph/node-text.ts';
import { useStepState } from './use-node-state.ts';
import { useNow } from '../../hooks/use-now.ts';
import { useStepTimes } from './use-step-times.ts';

export const StepCard = memo(({ data: { plan } }: NodeProps<CardNode>) => {
  const figures = useStepState(plan);
  const known = useStepTimes(plan, figures);
  const now = useNow(figures.retrying > 0);
  const times = { ...known, now };
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
