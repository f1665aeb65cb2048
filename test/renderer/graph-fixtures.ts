import type { Counts, Graph, GraphNode, NodeProgress, StepProgress } from '../../host/api/api.ts';
import { nodeId, type Plan, type PlanNode } from '../../renderer/model/graph/plan.ts';

const at = { file: '/home/ada/films.ts', line: 14, column: 3 };

export const step = (path: string, more: Partial<GraphNode> = {}): GraphNode => ({
  path,
  id: path.split('/').at(-1) ?? path,
  kind: 'step',
  at,
  ...more,
});

export const batch = (path: string, nodes: readonly GraphNode[], more: Partial<GraphNode> = {}): GraphNode =>
  step(path, {
    kind: 'batch',
    settings: { size: 100, concurrency: 4, tolerate: { kind: 'count', count: 0 } },
    body: { drawn: true, nodes },
    ...more,
  });

export const fork = (path: string, branches: NonNullable<GraphNode['branches']>, title = 'Gross known?'): GraphNode =>
  step(path, { kind: 'if', title, branches });

export const graphOf = (...nodes: GraphNode[]): Graph => ({ id: 'films', name: 'Films', triggers: [], nodes });

export const films = graphOf(
  step('load', { title: 'Load films' }),
  batch(
    'clean',
    [
      step('clean/trim', { title: 'Trim titles' }),
      fork('clean/known', [
        { id: 'known', nodes: [step('clean/convert')] },
        { id: 'else', nodes: [step('clean/mark')] },
      ]),
      step('clean/count'),
    ],
    { title: 'Clean in causes of 100', unit: ['film', 'films'] },
  ),
  step('report', { title: 'Write the report' }),
);

export const ran = (
  path: string,
  succeeded: number,
  failed = 0,
  running = 0,
  more: Partial<StepProgress> = {},
): StepProgress => ({ path, succeeded, failed, running, retrying: 0, retries: 0, waited: 0, ...more });

export const batches = (path: string, of: Counts, more: Partial<NodeProgress> = {}): NodeProgress => ({
  node: 2,
  path,
  batches: of,
  items: of,
  complete: true,
  concurrency: 4,
  ...more,
});

export const node = (plan: Plan, path: string): PlanNode => {
  const found = plan.nodes.get(nodeId(path));
  if (!found) throw new Error(`no ${path}`);
  return found;
};

export const lines = (plan: Plan): string[] =>
  plan.edges.map(
    ({ source, target, branch: way }) =>
      `${source.replace('n:', '')} > ${target.replace('n:', '')}${way ? ` (${way.label})` : ''}`,
  );

export interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export function holds(box: Place, inner: Place): boolean {
  return (
    inner.x >= box.x &&
    inner.y >= box.y &&
    inner.x + inner.width <= box.x + box.width + 0.5 &&
    inner.y + inner.height <= box.y + box.height + 0.5
  );
}
