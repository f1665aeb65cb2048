import { memo } from 'react';
import { Card, Facts, StateGlyph, SourceChip } from './card.tsx';
import type { NodeProps } from './flow.ts';
import type { CardNode } from './flow-elements.ts';
import { stepFacts, stepName } from '../../model/graph/node-text.ts';
import { branchLabels } from '../../model/graph/plan-text.ts';
import { useStepState, useBranchCounts } from './use-node-state.ts';

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
