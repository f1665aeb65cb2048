import { expect, test } from 'vitest';
import { clock } from '../../common/format.ts';
import { BatchStatus } from '../../common/status.ts';
import { changedSince, countBatches } from '../../renderer/model/counted.ts';
import { rangesSelection, type Selection } from '../../renderer/model/selection.ts';
import { countedText, offersOf, selectionText } from '../../renderer/model/selection-text.ts';
import { statusCounts } from '../../renderer/model/status-counts.ts';

const AT = new Date(2026, 2, 4, 14, 2, 31).getTime();

/** Batches of which the first ones have failed, all selected and counted. */
function selected(length: number, failed: number) {
  const statuses = new Uint8Array(length).fill(BatchStatus.succeeded).fill(BatchStatus.failed, 0, failed);
  const map = { node: 3, path: 'clean', length, statuses };
  const selection = rangesSelection(map, [[0, length - 1]]) as Selection;
  const ranges = selection.where.ranges ?? [];
  const counted = { ...selection, counted: countBatches(map, ranges, AT) };
  return {
    map,
    selection: counted,
    now: () => statusCounts(map, ranges),
    since: () => changedSince(counted.counted, map, ranges),
  };
}

test('a selection stays as it was counted; what has changed since stands beside it, and the offer is what there is now', () => {
  const { map, selection, now, since } = selected(33_348, 34);
  expect(countedText(selection, since())).toBe(`0 to 33,347 · counted ${clock(AT)}`);
  map.statuses.fill(BatchStatus.succeeded, 0, 8);
  expect(selectionText(selection, now())).toBe('33,348 chosen: 33,314 done, 34 failed');
  expect(countedText(selection, since())).toBe(`0 to 33,347 · counted ${clock(AT)}, 8 done since`);
  expect(offersOf(selection, now())[0]?.button).toBe('Re-run the 26 failed');
});

test('as many that got better as got worse are both told', () => {
  const { map, selection, since } = selected(100, 3);
  map.statuses[0] = BatchStatus.succeeded;
  map.statuses[99] = BatchStatus.failed;
  expect(countedText(selection, since())).toBe(`0 to 99 · counted ${clock(AT)}, 1 done, 1 failed since`);
});

test('many places are told by the first of them', () => {
  const map = { node: 3, path: 'clean', length: 100, statuses: new Uint8Array(100) };
  const ranges = [0, 2, 4, 6, 8].map((at): [number, number] => [at, at]);
  const selection = rangesSelection(map, ranges) as Selection;
  expect(countedText(selection, statusCounts(map, []))).toBe('0, 2, 4 and 2 more places');
});
