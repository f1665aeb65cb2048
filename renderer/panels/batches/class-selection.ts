import { BATCH, counted } from '../../../common/format.ts';
import type { Ranges } from '../../../common/ranges.ts';
import { MOST_RANGES } from '../../../host/api/protocol.ts';
import type { BatchMap } from '../../model/run-model.ts';
import { rangesSelection, type Selection } from '../../model/selection.ts';
import { notice } from '../../stores/notice.ts';

/** The batches of one colour of a map. Undefined, and said, where they lie in too many places. */
export function classSelection(ranges: Ranges, map: BatchMap, why: string): Selection | undefined {
  if (ranges.length > MOST_RANGES) {
    const message = `These batches lie in ${counted(ranges.length, ['place', 'places'])} apart from each other. The most that can be selected is ${MOST_RANGES}. Choose a rarer one.`;
    notice({ name: 'TooManyPlacesError', message });
    return undefined;
  }
  const selection = rangesSelection(map, ranges);
  return selection && { ...selection, text: counted(selection.count, BATCH), why };
}
