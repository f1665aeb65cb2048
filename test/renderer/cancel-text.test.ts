import { describe, expect, test } from 'vitest';
import type { Counts, Progress } from '../../host/api/api.ts';
import { keptByCancel, lostByCancel } from '../../renderer/model/cancel-text.ts';

const NONE: Counts = { total: 0, waiting: 0, running: 0, succeeded: 0, failed: 0, cancelled: 0, setAside: 0 };

function progress(batches: Partial<Counts>, more: Partial<Progress> = {}): Progress {
  const all = { ...NONE, ...batches };
  return {
    status: 'running',
    items: all,
    batches: all,
    failedBatches: all.failed,
    nodes: [{ node: 1, path: 'each', batches: all, items: all, complete: true, concurrency: 4 }],
    steps: [],
    rate: 0,
    startedAt: 0,
    activeMs: 0,
    ...more,
  };
}

describe('what a cancel loses', () => {
  test('is said of running, waiting and queued work, and of what stays', () => {
    const asked = progress({ total: 200, running: 4, waiting: 64, succeeded: 130, failed: 2 });
    expect(lostByCancel(asked, 1).map(({ term, text }) => `${term}: ${text}`)).toEqual([
      'Stops: 4 batches that are running. Steps in them that have finished stay stored.',
      'Does not start: 64 batches that wait',
      'Drops: 1 re-run that is queued',
    ]);
    expect(keptByCancel(asked)).toEqual([
      { term: 'Keeps', text: '132 batches that are done, 2 batches of them failed' },
    ]);
  });

  test('is a step outside batches, too, and what a stream has not brought yet', () => {
    const steps = [{ path: 'report', running: 1, succeeded: 0, failed: 0, retrying: 0, retries: 0, waited: 0 }];
    expect(lostByCancel(progress({}, { steps }), 0)).toEqual([{ term: 'Stops', text: '1 step that is running' }]);
    const [node] = progress({}).nodes;
    if (!node) throw new Error('There is no node.');
    expect(lostByCancel(progress({}, { nodes: [{ ...node, complete: false }] }), 0)).toEqual([
      { term: 'Does not start', text: 'Batches that are not created yet' },
    ]);
  });

  test('is nothing where nothing runs or waits: nobody has to be asked', () => {
    expect(lostByCancel(progress({ total: 3, succeeded: 3 }), 0)).toEqual([]);
  });
});
