import { memo } from 'react';
import { Ends } from './card.tsx';
import type { NodeProps } from './flow.ts';
import type { CardNode } from './flow-elements.ts';

export const NoteCard = memo(({ data: { plan } }: NodeProps<CardNode>) => (
  <div className="graph-note">
    {plan.title}
    <Ends />
  </div>
));
NoteCard.displayName = 'NoteCard';
