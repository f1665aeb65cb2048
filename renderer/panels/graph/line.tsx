import { memo } from 'react';
import { number } from '../../../common/format.ts';
import type { EdgeProps } from './flow.ts';
import type { LineEdge } from './flow-elements.ts';
import { pathOf } from '../../model/graph/line-path.ts';
import { useEdgeState, useBranchCount } from './use-node-state.ts';

const LABEL_HEIGHT = 18;

/** From one card to the next, where the layout has it. */
export const Line = memo(({ data }: EdgeProps<LineEdge>) => (data ? <LinePath {...data} /> : null));
Line.displayName = 'Line';

function LinePath({ edge, line: { points, label }, nodes }: NonNullable<LineEdge['data']>) {
  const state = useEdgeState(edge, nodes);
  const count = useBranchCount(edge, nodes);
  return (
    <g className={`graph-line is-${state}`}>
      <path d={pathOf(points)} markerEnd="url(#graph-arrow)" />
      {label && edge.branch && (
        <foreignObject
          x={label.x - label.width / 2}
          y={label.y - LABEL_HEIGHT / 2}
          width={label.width}
          height={LABEL_HEIGHT}
        >
          <div className="graph-branch numbers" title={edge.branch.label}>
            <span>{edge.branch.label}</span>
            {count !== undefined && <b>· {number(count)}</b>}
          </div>
        </foreignObject>
      )}
    </g>
  );
}

/** The head of the lines, in their colour. */
export function ArrowHead() {
  return (
    <svg className="graph-defs" aria-hidden>
      <defs>
        <marker
          id="graph-arrow"
          viewBox="0 0 8 8"
          refX="6.5"
          refY="4"
          markerWidth="7"
          markerHeight="7"
          markerUnits="userSpaceOnUse"
          orient="auto"
        >
          <path d="M1 1L6.5 4L1 7Z" fill="context-stroke" />
        </marker>
      </defs>
    </svg>
  );
}
