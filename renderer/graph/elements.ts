import type { Edge, Node } from './flow.ts';
import type { Line, Layout } from './layout.ts';
import { isBox, type Plan, type PlanEdge, type PlanKind, type PlanNode } from './plan.ts';

export type CardNode = Node<{ readonly plan: PlanNode }, 'step' | 'fork' | 'box' | 'end' | 'note'>;
export type LineEdge = Edge<{ readonly edge: PlanEdge; readonly line: Line; readonly nodes: ReadonlyMap<string, PlanNode> }, 'line'>;

/** What React Flow shows of a plan. A box comes before what is in it. */
export function cardsOf({ plan, layout }: { readonly plan: Plan; readonly layout: Layout }): CardNode[] {
  return [...plan.nodes.values()].flatMap((node): CardNode[] => {
    const placed = layout.nodes.get(node.id);
    if (!placed) return [];
    const { x, y, width, height } = placed;
    return [{
      id: node.id, type: cardType(node.kind), position: { x, y }, width, height, data: { plan: node },
      ...(node.parent !== undefined && { parentId: node.parent }),
      // The card within is what is focused and named.
      domAttributes: { 'aria-roledescription': undefined, 'aria-describedby': undefined },
    }];
  });
}

export function linesOf({ plan, layout }: { readonly plan: Plan; readonly layout: Layout }): LineEdge[] {
  return plan.edges.flatMap((edge): LineEdge[] => {
    const line = layout.edges.get(edge.id);
    // What a card says is not said again by its lines.
    return line ? [{ id: edge.id, type: 'line', source: edge.source, target: edge.target, data: { edge, line, nodes: plan.nodes }, domAttributes: { 'aria-hidden': true }, ariaRole: 'presentation' }] : [];
  });
}

function cardType(kind: PlanKind): NonNullable<CardNode['type']> {
  if (isBox(kind)) return 'box';
  if (kind === 'start' || kind === 'end') return 'end';
  return kind === 'if' ? 'fork' : kind === 'note' ? 'note' : 'step';
}

/** A line as a path, its corners rounded. */
export function pathOf(points: Line['points'], radius = 9): string {
  const [start, ...rest] = points;
  if (!start) return '';
  let path = `M${start.x} ${start.y}`;
  let from = start;
  for (const [index, at] of rest.entries()) {
    const to = rest[index + 1];
    if (!to) {
      path += `L${at.x} ${at.y}`;
      break;
    }
    const before = towards(at, from, radius);
    const after = towards(at, to, radius);
    path += `L${before.x} ${before.y}Q${at.x} ${at.y} ${after.x} ${after.y}`;
    from = at;
  }
  return path;
}

/** A point on the way from one to the other, at most half way. */
function towards(from: { x: number; y: number }, to: { x: number; y: number }, distance: number): { x: number; y: number } {
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  const part = length === 0 ? 0 : Math.min(distance, length / 2) / length;
  return { x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part };
}
