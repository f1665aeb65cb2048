import { changedSince, countBatches, type StatusCounts } from '../model/counted.ts';
import type { Selection } from '../model/selection.ts';
import { statusCounts } from '../model/status-counts.ts';
import type { StudioState } from './studio.ts';

const NONE = { statuses: new Uint8Array(0), length: 0 };

/** What the selected batches have come to, where they were selected by their places. */
export function selectedCounts({ selection, model }: Pick<StudioState, 'selection' | 'model'>): StatusCounts {
  const map = selection && model?.maps.get(selection.node);
  return statusCounts(map ?? NONE, selection?.where.ranges ?? []);
}

/** What has become of them since they were counted. */
export function countsSince({ selection, model }: Pick<StudioState, 'selection' | 'model'>): StatusCounts {
  const { counted, where, node } = selection ?? {};
  const map = node === undefined ? undefined : model?.maps.get(node);
  return changedSince(counted ?? { at: 0 }, map ?? NONE, where?.ranges ?? []);
}

/** A selection with how its batches stand at this moment. */
export function countedNow(selection: Selection | undefined, model: StudioState['model']): Selection | undefined {
  const map = selection && model?.maps.get(selection.node);
  return selection && { ...selection, counted: countBatches(map, selection.where.ranges, Date.now()) };
}
