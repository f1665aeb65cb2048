import { hasBatches } from '../../../common/node-kinds.ts';
import { memo } from 'react';
import { Ends } from './card.tsx';
import type { NodeProps } from './flow.ts';
import type { CardNode } from './flow-elements.ts';
import { ContainerCard } from './container-card.tsx';
import { BatchCard } from './batch-card.tsx';

export type PlanProps = CardNode['data'];

/** A card that others stand in. */
export const BoxCard = memo(({ data: { plan } }: NodeProps<CardNode>) => {
  if (hasBatches(plan.kind)) return <BatchCard plan={plan} />;
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
