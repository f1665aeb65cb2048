import { describe, expect, test } from 'vitest';
import { BATCH_STATUS_NAMES, BatchStatus, type BatchStatusName } from '../../common/status.ts';
import { rangesSelection, renewed, type Selection } from '../../renderer/model/selection.ts';
import { countedText, offersOf, selectionText } from '../../renderer/model/selection-text.ts';
import { statusCounts } from '../../renderer/model/status-counts.ts';

const NONE = Object.fromEntries(BATCH_STATUS_NAMES.map(name => [name, 0])) as Record<BatchStatusName, number>;

/** All batches of a map of so many, of which some have not succeeded. */
function chosen(count: number, others: Partial<Record<BatchStatusName, number>>) {
  const statuses = new Uint8Array(count).fill(BatchStatus.succeeded);
  let at = 0;
  for (const [name, number] of Object.entries(others))
    for (let one = 0; one < number; one++) statuses[at++] = BatchStatus[name as BatchStatusName];
  const map = { node: 3, path: 'clean', length: count, statuses };
  const selection = rangesSelection(map, [[0, count - 1]]) as Selection;
  return { selection, counts: statusCounts(map, selection.where.ranges) };
}

describe('a selection says what is in it, and offers first what needs to be repeated', () => {
  test('34 failed among 33,348', () => {
    const { selection, counts } = chosen(33_348, { failed: 34 });
    expect(selectionText(selection, counts)).toBe('33,348 chosen: 33,314 done, 34 failed');
    expect(offersOf(selection, counts)).toEqual([
      {
        button: 'Re-run the 34 failed',
        request: { node: 'clean', select: { ranges: [[0, 33_347]], statuses: ['failed'] } },
        what: 'the 34 failed of the 33,348 selected batches',
      },
      {
        button: 'Re-run all 33,348…',
        request: { node: 'clean', select: { ranges: [[0, 33_347]] } },
        what: '33,348 selected batches',
      },
    ]);
  });

  test('cancelled ones need to be repeated, too', () => {
    const { selection, counts } = chosen(10, { failed: 2, cancelled: 3 });
    expect(offersOf(selection, counts)[0]).toMatchObject({ button: 'Re-run the 5 failed and cancelled' });
  });

  test.each([
    ['all failed', { failed: 10 }, '10 selected batches, all failed'],
    ['none failed', {}, '10 selected batches, all done'],
  ] as const)('%s: there is one offer', (_, others, text) => {
    const { selection, counts } = chosen(10, others);
    expect(selectionText(selection, counts)).toBe(text);
    expect(offersOf(selection, counts).map(({ button }) => button)).toEqual(['Re-run 10']);
  });

  test('one batch is no crowd', () => {
    const { selection, counts } = chosen(1, { failed: 1 });
    expect(selectionText(selection, counts)).toBe('batch 0, failed');
  });
});

test('those that fail for the cause later are told beside the ones that were looked at', () => {
  const cause = {
    node: 3,
    path: 'clean',
    fingerprint: 'f',
    name: 'Error',
    message: 'No title',
    pattern: [],
    batches: 12,
  };
  const first = { index: 1, parent: 0 };
  const selection: Selection = {
    node: 3,
    path: 'clean',
    where: { fingerprint: 'f' },
    cause: { node: 3, fingerprint: 'f' },
    count: 12,
    seen: 12,
    text: '12 batches: No title',
  };
  expect(selectionText(selection, NONE)).toBe('12 batches: No title');
  const more = renewed(selection, [{ ...cause, first, batches: 14 }], []) as Selection;
  expect(selectionText(more, NONE)).toBe('12 batches: No title');
  expect(countedText(more, NONE)).toBe('+2 since you looked');
  expect(offersOf(more, NONE)).toMatchObject([{ button: 'Re-run 14', what: '12 batches: No title, and 2 more since' }]);
  const fewer = renewed(more, [{ ...cause, first, batches: 5 }], []) as Selection;
  expect(selectionText(fewer, NONE)).toBe('5 batches: No title');
});
