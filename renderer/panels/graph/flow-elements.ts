import { isFork } from '../../../common/node-kinds.ts';
import { Position, type Edge, type Node } from './flow.ts';
import type { Line, Layout } from '../../model/graph/geometry.ts';
import { isBox, type Plan, type PlanEdge, type PlanKind, type PlanNode } from '../../model/graph/plan.ts';

export type CardNode = Node<{ readonly plan: PlanNode }, 'step' | 'fork' | 'box' | 'end' | 'note' | 'pill'>;
export type LineEdge = Edge<
  { readonly edge: PlanEdge; readonly line: Line; readonly nodes: ReadonlyMap<string, PlanNode> },
  'line'
>;

/** What React Flow shows of a plan. A box comes before what is in it. */
export function cardsOf({ plan, layout }: { readonly plan: Plan; readonly layout: Layout }): CardNode[] {
  return [...plan.nodes.values()].flatMap((node): CardNode[] => {
    const placed = layout.nodes.get(node.id);
    if (!placed) return [];
    const { x, y, width, height } = placed;
    return [
      {
        id: node.id,
        type: cardType(node.kind),
        position: { x, y },
        width,
        height,
        data: { plan: node },
        // Known already: React Flow would draw no lines until it has measured each card again.
        measured: { width, height },
        handles: [
          { type: 'target', position: Position.Left, x: 0, y: height / 2, width: 1, height: 1 },
          { type: 'source', position: Position.Right, x: width, y: height / 2, width: 1, height: 1 },
        ],
        ...(node.parent !== undefined && { parentId: node.parent }),
        // The card within is what is focused and named.
        domAttributes: { 'aria-roledescription': undefined, 'aria-describedby': undefined },
      },
    ];
  });
}

export function linesOf({ plan, layout }: { readonly plan: Plan; readonly layout: Layout }): LineEdge[] {
  return plan.edges.flatMap((edge): LineEdge[] => {
    const line = layout.edges.get(edge.id);
    // What a card says is not said again by its lines.
    return line
      ? [
          {
            id: edge.id,
            type: 'line',
            source: edge.source,
            target: edge.target,
            data: { edge, line, nodes: plan.nodes },
            domAttributes: { 'aria-hidden': true },
            ariaRole: 'presentation',
          },
        ]
      : [];
  });
}

function cardType(kind: PlanKind): NonNullable<CardNode['type']> {
  if (isBox(kind)) return 'box';
  if (kind === 'start' || kind === 'end') return 'end';
  return isFork(kind) ? 'fork' : kind === 'note' || kind === 'pill' ? kind : 'step';
}
