import { hasRounds } from '../../../common/node-kinds.ts';
import { counted } from '../../../common/format.ts';
import { Card, Facts, StateGlyph, SourceChip } from './card.tsx';
import { stepFacts, stepName, idleText } from '../../model/graph/node-text.ts';
import { useRoundCount, useStepState } from './use-node-state.ts';
import type { PlanProps } from './box-card.tsx';

/** A `while`, or several things at a time. */
export function ContainerCard({ plan }: PlanProps) {
  const figures = useStepState(plan);
  const rounds = useRoundCount(plan);
  const facts =
    hasRounds(plan.kind) && rounds > 0
      ? [
          { text: counted(rounds, ['round', 'rounds']) },
          ...(plan.repetition === 'once' ? stepFacts(plan, figures) : []),
        ]
      : [{ text: idleText(plan) }, ...(figures.state === 'idle' ? [] : stepFacts(plan, figures))];
  const name =
    hasRounds(plan.kind) && rounds > 0
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
