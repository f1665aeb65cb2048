import { useCallback, useRef } from 'react';
import { toRanges, isIn, type Ranges } from '../../../common/ranges.ts';
import { rangeSelection, rangesSelection, type Selection } from '../../model/selection.ts';
import { select } from '../../stores/actions.ts';
import { studio, useStudio } from '../../stores/studio.ts';

/**
 * Rows of the table of batches, selected by keys or clicks as in other lists: Shift extends from where it began, Ctrl adds
 * one or takes it away.
 * @param indexAt The batch of a row; undefined while its page is not there
 */
export function useRowSelection(node: number, indexAt: (row: number) => number | undefined) {
  const selection = useStudio(state => (state.selection?.node === node ? state.selection : undefined));
  const anchor = useRef<number>(undefined);
  const ranges = selection?.where.ranges;
  const choose = (chosen: Selection | undefined) => select(chosen && { ...chosen, fromRows: true });
  return {
    isSelected: useCallback((index: number) => ranges !== undefined && isIn(ranges, index), [ranges]),
    /** A row that is gone to without a modifier: the next extension begins there. */
    begin: (row: number) => void (anchor.current = row),
    toggle: (row: number) => {
      const map = studio.getState().model?.maps.get(node);
      const index = indexAt(row);
      if (!map || index === undefined) return;
      anchor.current = row;
      choose(rangeSelection(map, (ranges ?? []) as Ranges, index, index));
    },
    /** All from where it began to a row, as far as they are there. */
    extendTo: (row: number, from: number) => {
      const map = studio.getState().model?.maps.get(node);
      if (!map) return;
      anchor.current ??= from;
      const step = row >= anchor.current ? 1 : -1;
      const indices: number[] = [];
      for (let at = anchor.current; at !== row + step; at += step) {
        const index = indexAt(at);
        if (index === undefined) break;
        indices.push(index);
      }
      choose(rangesSelection(map, toRanges(indices.toSorted((a, b) => a - b))));
    },
  };
}
