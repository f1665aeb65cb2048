import { expect, test } from 'vitest';
import type { Problem } from '../../host/api/api.ts';
import { failed, succeeded } from '../../host/api/outcomes.ts';
import { RerunQueue, type RerunRequest } from '../../host/runs/rerun-queue.ts';

/* Each queued re-run is shown by itself, and taken back by itself; one that is refused is not lost. */

function queue(begin: (request: RerunRequest) => Promise<Problem | undefined>) {
  const busy = new Set([1]);
  const started: (string | undefined)[] = [];
  let told = 0;
  const own = new RerunQueue({
    isBusy: run => busy.has(run),
    begin: async (_run, request) => {
      const problem = await begin(request);
      if (problem) return failed(problem);
      started.push(request.node);
      busy.add(1);
      return succeeded({});
    },
    onRefused: () => {
      told += 1;
      return Promise.resolve();
    },
    onError: error => {
      throw error;
    },
    now: () => 7_000,
  });
  const nextTurn = async () => {
    busy.clear();
    own.beginDue();
    await new Promise(resolve => setImmediate(resolve));
  };
  return { queue: own, started, nextTurn, told: () => told };
}

const request = (node: string): RerunRequest => ({ node, select: 'failed' });
const CHANGED: Problem = {
  name: 'ChangedNodesError',
  message: 'The batch "send" is not in the file any more.',
  changed: [
    { path: 'send', kind: 'batch', now: 'gone', batches: { all: 6, succeeded: 5 }, results: 0, candidates: ['mail'] },
  ],
};

test('each is listed with what was asked for, and one of them is taken back without the others', async () => {
  const { queue: reruns, started, nextTurn } = queue(() => Promise.resolve(undefined));
  reruns.add(1, request('a'), 'the 2 failed batches of A');
  reruns.add(1, { ...request('b'), items: '[1]', fromStart: true, tryOne: false }, 'batch 3');
  reruns.add(1, request('c'));
  expect(reruns.list(1)).toEqual([
    { id: 1, queuedAt: 7_000, what: 'the 2 failed batches of A', node: 'a' },
    { id: 2, queuedAt: 7_000, what: 'batch 3', node: 'b', fromStart: true, hasOtherItems: true },
    { id: 3, queuedAt: 7_000, node: 'c' },
  ]);
  expect((await reruns.take(1, 2))?.request.items).toBe('[1]');
  expect(await reruns.take(1, 2)).toBeUndefined();
  await nextTurn();
  await nextTurn();
  await nextTurn();
  expect(started).toEqual(['a', 'c']);
});

test('one that is being started is taken back only if it does not start', async () => {
  const answers = [Promise.withResolvers<Problem | undefined>(), Promise.withResolvers<Problem | undefined>()];
  let asked = 0;
  const { queue: reruns, started, nextTurn } = queue(() => answers[asked++]?.promise ?? Promise.resolve(undefined));
  reruns.add(1, request('a'));
  reruns.add(1, request('b'));
  await nextTurn();
  const late = reruns.take(1, 1);
  answers[0]?.resolve(undefined);
  expect(await late).toBeUndefined();
  await nextTurn();
  const inTime = reruns.take(1, 2);
  answers[1]?.resolve({ name: 'RunTakenError', message: 'Another process was quicker.' });
  expect(await inTime).toMatchObject({ id: 2 });
  await nextTurn();
  expect({ started, asked, list: reruns.list(1) }).toEqual({ started: ['a'], asked: 2, list: [] });
});

test('one that is refused waits with its reason, blocks nobody, and outlives a cancel', async () => {
  const problems: Record<string, Problem> = { a: CHANGED, b: { name: 'RerunError', message: 'Nothing has failed.' } };
  const { queue: reruns, started, nextTurn, told } = queue(({ node = '' }) => Promise.resolve(problems[node]));
  for (const node of ['a', 'b', 'c', 'd']) reruns.add(1, request(node));
  await nextTurn();
  await nextTurn();
  expect(started).toEqual(['c', 'd']);
  expect(told()).toBe(2);
  reruns.drop(1);
  expect(reruns.list(1)).toMatchObject([
    { id: 1, refused: { message: CHANGED.message, isQuestion: true } },
    { id: 2, refused: { message: 'Nothing has failed.', isQuestion: false } },
  ]);
  expect(reruns.first).toEqual({ run: 1, isRefused: true });
  // It is asked for again, and refused again: it keeps its place.
  const taken = await reruns.take(1, 1);
  if (!taken) throw new Error('It is not there.');
  reruns.add(1, request('e'));
  reruns.putBack(1, taken, { name: 'RunTakenError', message: 'Somebody has the run.' });
  expect(reruns.list(1).map(({ id, refused }) => [id, refused?.message])).toEqual([
    [1, 'Somebody has the run.'],
    [2, 'Nothing has failed.'],
    [5, undefined],
  ]);
  expect(reruns.first).toEqual({ run: 1, isRefused: false });
});
