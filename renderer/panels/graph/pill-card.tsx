import { memo } from 'react';
import { counted, number } from '../../../common/format.ts';
import { allNodes } from '../../../common/graph-nodes.ts';
import { drawnBody } from '../../model/graph/plan.ts';
import { titleFor } from '../../model/graph/plan-text.ts';
import { inspect } from '../../stores/actions.ts';
import { useStudio } from '../../stores/studio.ts';
import { Glyph } from '../../ui/glyph.tsx';
import { Ends } from './card.tsx';
import type { NodeProps } from './flow.ts';
import type { CardNode } from './flow-elements.ts';
import { foldBody } from './use-folded-bodies.ts';
import { shownProgress } from '../../stores/shown.ts';

/** As many as have room. */
const MOST_FAILED = 2;

/** The body of a batch node, closed: which of its steps failed, how many others there are, and the way in. */
export const PillCard = memo(({ data: { plan } }: NodeProps<CardNode>) => {
  const steps = useStudio(state => shownProgress(state)?.steps);
  const inside = allNodes(drawnBody(plan.node));
  const failures = new Map(steps?.map(({ path, failed }) => [path, failed]));
  const failed = inside.filter(({ path }) => (failures.get(path) ?? 0) > 0).slice(0, MOST_FAILED);
  const others = inside.length - failed.length;
  return (
    <div className="graph-pill nopan">
      {failed.map(node => (
        <button
          key={node.path}
          type="button"
          className="pill-failed"
          onClick={event => {
            event.stopPropagation();
            inspect({ kind: 'node', path: node.path }, 'error');
          }}
        >
          <Glyph status="failed" silent /> {titleFor(node)} · {number(failures.get(node.path) ?? 0)}
        </button>
      ))}
      {others > 0 && (
        <span>{counted(others, failed.length > 0 ? ['more step', 'more steps'] : ['step', 'steps'])}</span>
      )}
      <button
        type="button"
        className="pill-open"
        aria-expanded={false}
        aria-label={`Open the body of ${plan.title}`}
        onClick={event => {
          event.stopPropagation();
          foldBody(plan.path, false);
        }}
      >
        <span aria-hidden>▸ </span>Open the body
      </button>
      <Ends />
    </div>
  );
});
PillCard.displayName = 'PillCard';
