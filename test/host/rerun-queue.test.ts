import { expect, test } from 'vitest';
import type { Problem } from '../../host/api/api.ts';
import { failed, succeeded } from '../../host/api/outcomes.ts';
import { RerunQueue, type RerunRequest } from '../../host/runs/rerun-queue.ts';

/** A queue whose runs are busy as the test says, and what it has started and reported. */
function queue(answer: (request: RerunRequest) => Promise<Problem | undefined> = () => Promise.resolve(undefined)) {
  const busy = new Set<number>();
  const started: (string | undefined)[] = [];
  const refused: [number, string][] = [];
  const errors: unknown[] = [];
  const own = new RerunQueue({
    isBusy: run => busy.has(run),
    begin: async (run, request) => {
      started.push(request.node);
      const problem = await answer(request);
      if (problem) return failed(problem);
      busy.add(run);
      return succeeded({});
    },
    onRefused: run => {
      refused.push([
        run,
        own
          .list(run)
          .flatMap(({ refused: why }) => why?.message ?? [])
          .join(),
      ]);
      return Promise.resolve();
    },
    onError: error => errors.push(error),
    most: 3,
    now: () => 1_000,
  });
  return { queue: own, busy, started, refused, errors };
}

const request = (node: string): RerunRequest => ({ node, select: 'failed' });
const settled = () => new Promise(resolve => setImmediate(resolve));

test('re-runs start in the order in which they were queued, one at a time for each run', async () => {
  const { queue: reruns, busy, started } = queue();
  busy.add(1).add(2);
  for (const [run, node] of [
    [1, 'a'],
    [1, 'b'],
    [2, 'x'],
  ] as const)
    expect(reruns.add(run, request(node))).toBe(true);
  reruns.beginDue();
  await settled();
  expect({ started, waiting: [reruns.list(1).length, reruns.list(2).length] }).toEqual({
    started: [],
    waiting: [2, 1],
  });
  busy.clear();
  reruns.beginDue();
  reruns.beginDue();
  await settled();
  expect({ started, waiting: [reruns.list(1).length, reruns.list(2).length] }).toEqual({
    started: ['a', 'x'],
    waiting: [1, 0],
  });
  expect(reruns.first).toEqual({ run: 1, isRefused: false });
  busy.delete(1);
  reruns.beginDue();
  await settled();
  expect({ started, first: reruns.first }).toEqual({ started: ['a', 'x', 'b'], first: undefined });
});

test('a queue that is full takes no more, and takes one again when one has started', async () => {
  const { queue: reruns, busy } = queue();
  busy.add(1);
  expect(['a', 'b', 'c', 'd'].map(node => reruns.add(1, request(node)))).toEqual([true, true, true, false]);
  expect(reruns.list(1).length).toBe(3);
  busy.clear();
  reruns.beginDue();
  await settled();
  expect(reruns.add(1, request('d'))).toBe(true);
});

test('dropped re-runs never start, even if another process takes the run while the first of them is starting', async () => {
  const taken = Promise.withResolvers<Problem | undefined>();
  const { queue: reruns, busy, started } = queue(() => taken.promise);
  reruns.add(1, request('a'));
  reruns.add(1, request('b'));
  reruns.beginDue();
  await settled();
  expect(started).toEqual(['a']);
  reruns.drop(1);
  taken.resolve({ name: 'RunTakenError', message: 'Another process was quicker.' });
  await settled();
  busy.clear();
  reruns.beginDue();
  await settled();
  expect({ started, waiting: reruns.list(1).length }).toEqual({ started: ['a'], waiting: 0 });
});

test('a re-run whose run another process has taken keeps its place', async () => {
  const answers: (Problem | undefined)[] = [{ name: 'RunTakenError', message: '' }, undefined];
  const { queue: reruns, busy, started } = queue(() => Promise.resolve(answers.shift()));
  reruns.add(1, request('a'));
  reruns.add(1, request('b'));
  reruns.beginDue();
  await settled();
  expect({ started, waiting: reruns.list(1).length }).toEqual({ started: ['a'], waiting: 2 });
  reruns.beginDue();
  await settled();
  busy.clear();
  reruns.beginDue();
  await settled();
  expect(started).toEqual(['a', 'a', 'b']);
});

test('a re-run counts as waiting until it is known that it has started', async () => {
  const answer = Promise.withResolvers<Problem | undefined>();
  const { queue: reruns } = queue(() => answer.promise);
  reruns.add(1, request('a'));
  reruns.beginDue();
  await settled();
  // A page that asks now must not see a run that nobody will re-run: another process may have taken it.
  expect({ waiting: reruns.list(1).length, first: reruns.first?.run }).toEqual({ waiting: 1, first: 1 });
  answer.resolve(undefined);
  await settled();
  expect({ waiting: reruns.list(1).length, first: reruns.first }).toEqual({ waiting: 0, first: undefined });
});

test('a re-run whose start throws is reported once, and the next one gets its turn', async () => {
  const {
    queue: reruns,
    started,
    errors,
  } = queue(({ node }) =>
    node === 'a' ? Promise.reject(new Error('The store is gone.')) : Promise.resolve(undefined),
  );
  reruns.add(1, request('a'));
  reruns.add(1, request('b'));
  reruns.beginDue();
  await settled();
  expect({ started, errors }).toEqual({ started: ['a', 'b'], errors: [new Error('The store is gone.')] });
});

test('a re-run that is refused is reported, and the next one gets its turn', async () => {
  const {
    queue: reruns,
    started,
    refused,
    errors,
  } = queue(({ node }) =>
    Promise.resolve(node === 'a' ? { name: 'RerunError', message: 'There is nothing to re-run.' } : undefined),
  );
  reruns.add(1, request('a'));
  reruns.add(1, request('b'));
  reruns.beginDue();
  await settled();
  expect({ started, refused, errors }).toEqual({
    started: ['a', 'b'],
    refused: [[1, 'There is nothing to re-run.']],
    errors: [],
  });
});

test('a closed queue starts nothing', async () => {
  const { queue: reruns, started } = queue();
  reruns.add(1, request('a'));
  reruns.close();
  reruns.beginDue();
  await settled();
  expect(started).toEqual([]);
});
