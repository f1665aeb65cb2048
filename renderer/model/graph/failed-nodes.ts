import { batchState, stepState } from './node-state.ts';
import { isBox, type Plan } from './plan.ts';
import type { RunFigures } from './progress-index.ts';
import { hasBatches } from '../../../common/node-kinds.ts';

/** What failed, as closely as it can be shown: steps, or the boxes they are in where these are closed. */
export function failedNodes({ nodes }: Plan, figures: RunFigures | undefined): readonly string[] {
  if (!figures) return [];
  const all = [...nodes.values()];
  const steps = all.filter(
    node => !isBox(node.kind) && node.kind !== 'pill' && node.kind !== 'note' && stepState(node, figures).failed > 0,
  );
  const found =
    steps.length > 0
      ? steps
      : all.filter(node =>
          node.kind !== 'lane' && hasBatches(node.kind)
            ? batchState(node, figures).failed > 0
            : stepState(node, figures).state === 'failed',
        );
  return found.map(({ id }) => id);
}
