import { describe, expect, test } from 'vitest';
import type { RunWorker, Timeline } from '../../host/api/api.ts';
import { lanesByWorker } from '../../renderer/model/workers/lanes-by-worker.ts';
import { workerColours } from '../../renderer/model/workers/worker-colours.ts';
import {
  groupNameOf,
  otherCodeText,
  workerGroups,
  workerName,
  workersText,
  workersTotals,
  workerState,
} from '../../renderer/model/workers/worker-groups.ts';

const worker = (number: number, more: Partial<RunWorker> = {}): RunWorker => ({
  worker: number,
  session: 1,
  host: 'laptop',
  pid: 4_000 + number,
  status: 'working',
  code: 'same',
  beganAt: 0,
  heardAt: 10_000,
  inFlight: 2,
  sent: 1,
  batches: 0,
  steps: 0,
  stepsPerSecond: 3,
  memory: 100,
  ...more,
});
const far = (number: number, host: string, more: Partial<RunWorker> = {}) =>
  worker(number, { host, address: `worker-${number}`, ...more });

describe('workers are told apart', () => {
  test('by process where all are on one machine', () => {
    const workers = [worker(1), worker(2)];
    expect(workerGroups(workers)).toEqual([
      { name: 'worker 1', workers: [1] },
      { name: 'worker 2', workers: [2] },
    ]);
    expect(workerName(workers, 2)).toBe('worker 2, process 4002');
    expect(groupNameOf(workers, 2)).toBe('worker 2');
    expect(workersText(workers, true)).toBe('2 workers');
  });

  test('by machine where there are several', () => {
    const workers = [far(1, 'north'), far(2, 'south'), far(3, 'north')];
    expect(workerGroups(workers)).toEqual([
      { name: 'north', workers: [1, 3] },
      { name: 'south', workers: [2] },
    ]);
    expect(workerName(workers, 3)).toBe('north, process 4003');
    expect(groupNameOf(workers, 3)).toBe('north');
    expect(workersText(workers, true)).toBe('3 workers on 2 machines');
  });

  test('in a file that hides their processes, by their numbers', () => {
    const hidden = [far(1, 'machine 1'), far(2, 'machine 2')].map((known): RunWorker => ({ ...known, pid: undefined }));
    expect(workerName(hidden, 2)).toBe('machine 2, worker 2');
  });

  test('also one that nothing is known of', () => {
    expect(workerName([], 9)).toBe('worker 9');
    expect(groupNameOf([worker(1)], 9)).toBe('worker 9');
  });
});

describe('how they are', () => {
  test('one that was not heard of for more than three seconds is silent', () => {
    expect(workerState(worker(1), 13_000).word).toBe('alive');
    expect(workerState(worker(1), 13_001).word).toBe('silent');
    expect(workerState(worker(1, { status: 'lost' }), 99_000).word).toBe('lost');
  });

  test('figures are of those that are there, and only what goes over a queue can be sent and not begun', () => {
    const workers = [worker(1), far(2, 'north'), far(3, 'north', { status: 'lost' })];
    expect(workersTotals(workers)).toEqual({ inFlight: 4, sent: 1, stepsPerSecond: 6, memory: 200 });
    expect(workersText(workers, true)).toBe('2 workers on 2 machines');
  });

  test('machines with other code are counted, with what to do there', () => {
    const other = { status: 'refused', code: 'other' } as const;
    const workers = [
      ...[far(1, 'north'), far(2, 'south', other), far(3, 'south', other), far(4, 'west', other)],
      far(5, 'gone', { ...other, endedAt: 9_000 }),
    ];
    expect(otherCodeText(workers)).toEqual({
      what: '2 machines have other code',
      next: 'south, west: they execute nothing of this run. Bring the folder there to what it is here, and start cronflow work again.',
    });
    expect(otherCodeText([worker(1)])).toBeUndefined();
    // Of the process that works on the run now, not of earlier ones.
    expect(otherCodeText([far(1, 'south', other), far(2, 'south', { session: 2 })])).toBeUndefined();
    expect(otherCodeText([worker(1, other)])?.next).toContain('Pause the run and resume it');
  });
});

describe('colours', () => {
  const groups = Array.from({ length: 5 }, (_, at) => ({ name: `m${at + 1}`, workers: [at + 1] }));

  test('go to those with the most batches, and all others share the last', () => {
    const values = Uint32Array.from([5, 5, 5, 1, 1, 2, 3, 0, 77]);
    const { entries, classes } = workerColours(values, groups, 3);
    expect(entries.map(({ text, count }) => [text, count])).toEqual([
      ['m1', 2],
      ['m5', 3],
      ['others', 3],
    ]);
    expect([...classes]).toEqual([2, 2, 2, 1, 1, 3, 3, 0, 3]);
  });

  test('are enough for few', () => {
    const { entries } = workerColours(Uint32Array.from([1, 2, 0]), groups, 3);
    expect(entries.map(({ text }) => text)).toEqual(['m1', 'm2']);
  });
});

describe('lanes', () => {
  const bar = (node: number, from: number, to: number, of?: number): Timeline['bars'][number] => ({
    lane: 0,
    node,
    path: `n${node}`,
    scope: from + 1,
    status: 'succeeded',
    from,
    to,
    attempt: 1,
    steps: [],
    ...(of !== undefined && { worker: of }),
  });
  const groups = [
    { name: 'north', workers: [1, 3] },
    { name: 'south', workers: [2] },
  ];

  test('of one machine lie together, and two bars at a time never lie in one lane', () => {
    const {
      bars,
      groups: lanes,
      lanes: all,
    } = lanesByWorker([bar(1, 0, 5), bar(2, 0, 10, 1), bar(2, 2, 8, 3), bar(2, 3, 9, 2), bar(2, 10, 12, 3)], groups);
    expect(lanes.map(({ path, group, firstLane, lanes: count }) => [path, group?.name, firstLane, count])).toEqual([
      ['n1', undefined, 0, 1],
      ['n2', 'north', 1, 2],
      ['n2', 'south', 3, 1],
    ]);
    expect(all).toBe(4);
    for (const one of bars)
      for (const other of bars)
        if (one !== other && one.lane === other.lane) expect(one.to <= other.from || other.to <= one.from).toBe(true);
  });
});
