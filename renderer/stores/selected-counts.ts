import type { BatchStatusName } from '../../common/status.ts';
import { statusCounts } from '../model/status-counts.ts';
import type { StudioState } from './studio.ts';

/** What the selected batches have come to, where they were selected by their places. */
export function selectedCounts({
  selection,
  model,
}: Pick<StudioState, 'selection' | 'model'>): Readonly<Record<BatchStatusName, number>> {
  const map = selection && model?.maps.get(selection.node);
  return statusCounts(map ?? { statuses: new Uint8Array(0), length: 0 }, selection?.where.ranges ?? []);
}
