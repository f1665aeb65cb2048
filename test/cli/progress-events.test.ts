import { expect, test, vi } from 'vitest';
import { EventsView } from '../../cli/view/events.ts';
import type { RunCounts } from '../../common/run-summary.ts';

const counts = (succeeded: number): RunCounts => {
  const all = { total: 3, succeeded, failed: 0, running: 0, waiting: 3 - succeeded, cancelled: 0, setAside: 0 };
  return { items: all, batches: all, nodes: [] } as unknown as RunCounts;
};

test('a progress event is printed when something has changed, and at most twice a second', () => {
  const written = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  let now = 0;
  const view = new EventsView(() => now);
  const printed = (at: number, succeeded: number) => {
    now = at;
    written.mockClear();
    view.progress(counts(succeeded));
    return written.mock.calls.length;
  };
  const all = [printed(0, 0), printed(100, 1), printed(499, 1), printed(500, 1), printed(1_200, 1), printed(1_300, 2)];
  written.mockRestore();
  expect(all).toEqual([1, 0, 0, 1, 0, 1]);
});
