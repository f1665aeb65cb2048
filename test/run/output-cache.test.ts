import { expect, test } from 'vitest';
import { cronflow } from '../../engine/index.ts';
import { deleteRun } from '../../engine/store/delete-run.ts';
import { attemptLines } from '../../engine/store/step-queries.ts';
import { testRun } from '../../engine/testing/index.ts';
import type { Workflow } from '../../engine/workflow/types.ts';
import { Interruption } from '../support/interruption.ts';
import { Ledger } from '../support/outside.ts';
import { workflow } from '../support/runs.ts';
import { TimedBench } from '../support/timed-bench.ts';
import { WorkerBench } from '../support/worker-bench.ts';

/* `cache` of a step: a later run is given the output of an earlier one. */

const outside = new Ledger();
const profile = (id: unknown): { id: unknown; name: string } => {
  outside.note(`fetch ${String(id)}`);
  return { id, name: `User ${String(id)}` };
};
const build = (ttl?: '1h') => (flow: Workflow) =>
  flow
    .step('profile', ctx => profile(ctx.payload.id), {
      cache: { key: ctx => `user ${ctx.payload.id}`, ...(ttl && { ttl }) },
    })
    .step('greet', ctx => `Hello ${ctx.last.name}`);
const cachedRuns = ({ db }: Pick<TimedBench, 'db'>, run: number) =>
  attemptLines(db, run, 0, undefined, 9).map(({ path, cachedRun }) => [path, cachedRun]);

test('a run is given the output that an earlier one has stored under the key, and says so', async () => {
  const bench = new TimedBench();
  const runs = [];
  for (const id of [1, 1, 2]) runs.push(await bench.run(workflow(build()), { id }));
  expect(runs.map(({ output }) => output)).toEqual(['Hello User 1', 'Hello User 1', 'Hello User 2']);
  expect(outside.take()).toEqual(['fetch 1', 'fetch 2']);
  expect(runs.map(({ run }) => cachedRuns(bench, run)[0])).toEqual([
    ['profile', null],
    ['profile', 1],
    ['profile', null],
  ]);
});

test('it is given for its ttl, and another is stored then', async () => {
  const bench = new TimedBench();
  const run = async () => (await bench.run(workflow(build('1h')), { id: 1 })).run;
  await run();
  await bench.clock.advance(59 * 60_000);
  expect(cachedRuns(bench, await run())[0]).toEqual(['profile', 1]);
  await bench.clock.advance(2 * 60_000);
  // What was given does not begin its time anew.
  expect(cachedRuns(bench, await run())[0]).toEqual(['profile', null]);
  expect(cachedRuns(bench, await run())[0]).toEqual(['profile', 3]);
  expect(outside.take()).toEqual(['fetch 1', 'fetch 1']);
});

test('what other code has made, what is deleted, and what another workflow has made is not given', async () => {
  const bench = new TimedBench();
  const run = async (of = workflow(build())) => cachedRuns(bench, (await bench.run(of, { id: 1 })).run)[0]?.[1];
  expect([await run(), await run()]).toEqual([null, 1]);
  expect(await run(workflow(build(), { id: 'another' }))).toBeNull();
  Object.assign(bench.options, { code: { hash: 'edited', sources: [] } });
  expect([await run(), await run()]).toEqual([null, 4]);
  deleteRun(bench.db, 4, () => bench.clock.now());
  expect(await run()).toBeNull();
  outside.take();
});

test('a re-run executes the step, and so does a run that is to read nothing; what they make is stored', async () => {
  const bench = new TimedBench();
  const flow = () =>
    workflow(start =>
      start.forEach('user', [1], (_, body) => {
        body.step('profile', () => profile(1)).cache({ key: 'user 1' });
        body.step('check', ctx => {
          if (outside.times('fetch 1') < 2) throw new Error('it is stale');
          return ctx.last;
        });
      }),
    );
  const first = await bench.run(flow());
  expect(first.status).toBe('failed');
  // Later runs are given it, too: the same error again.
  expect((await bench.run(flow())).status).toBe('failed');
  expect(outside.counts).toEqual({ 'fetch 1': 1 });
  const again = await bench.rerun(flow(), first.run, { batches: 'failed', fromStart: true });
  expect([again.status, outside.counts]).toEqual(['completed', { 'fetch 1': 2 }]);
  expect((await bench.run(flow())).status).toBe('completed');
  expect(outside.counts).toEqual({ 'fetch 1': 2 });
  Object.assign(bench.options, { readsCache: false });
  expect((await bench.run(flow())).status).toBe('completed');
  expect(outside.take()).toEqual(['fetch 1', 'fetch 1', 'fetch 1']);
});

test('an interrupted run is given what another one has stored meanwhile', async () => {
  const bench = new TimedBench();
  const interruption = new Interruption();
  const flow = () =>
    workflow(start =>
      start.step('before', () => interruption.here()).step('profile', () => profile(1), { cache: { key: 'user 1' } }),
    );
  const { run } = await bench.clock.settle(interruption.run(bench, flow()));
  await bench.run(
    workflow(start => start.step('before', () => 1).step('profile', () => profile(1), { cache: { key: 'user 1' } })),
  );
  const { output } = await bench.resume(flow(), run);
  expect([output, outside.take()]).toEqual([{ id: 1, name: 'User 1' }, ['fetch 1']]);
});

test('a step that fails stores nothing, and neither does its onError', async () => {
  const bench = new TimedBench();
  const flow = () =>
    workflow(start =>
      start
        .step('profile', () => {
          outside.note('asked');
          throw new Error('503');
        })
        .cache({ key: 'user 1' })
        .onError(() => 'nobody'),
    );
  expect([(await bench.run(flow())).output, (await bench.run(flow())).output]).toEqual(['nobody', 'nobody']);
  expect(outside.take()).toEqual(['asked', 'asked']);
});

test('batches in workers are given it, too', async () => {
  const bench = new WorkerBench();
  const flow = () =>
    workflow(start =>
      start.batch('users', { items: [1, 2, 3], size: 1, workers: 2 }, ([id], body) => {
        body.step('profile', () => profile(id), { cache: { key: () => `user ${id}` } });
      }),
    );
  await bench.run(flow());
  expect(outside.take().toSorted()).toEqual(['fetch 1', 'fetch 2', 'fetch 3']);
  const { status, items } = await bench.run(flow());
  expect([status, items.succeeded, outside.take()]).toEqual(['completed', 3, []]);
});

test('a test executes what it tests', async () => {
  const flow = cronflow
    .define({ id: 'cached-in-tests' })
    .step('profile', () => profile(1), { cache: { key: 'user 1' } });
  await testRun(flow);
  await testRun(flow);
  expect(outside.take()).toEqual(['fetch 1', 'fetch 1']);
});

test('a key that is no text fails its step', async () => {
  const { error } = await new TimedBench().run(
    workflow(flow => flow.step('profile', () => 1, { cache: { key: ctx => ctx.payload.id } })),
    { id: 7 },
  );
  expect(error?.message).toBe('The cache key of "profile" is 7: it is a text.');
});

test.each([
  [(flow: Workflow) => flow.step('a', () => 1, { cache: { ttl: '1h' } as never }), 'cache of step "a": key is missing'],
  [(flow: Workflow) => flow.step('a', () => 1).cache({ key: 'a', tll: 1 } as never), 'Did you mean "ttl"?'],
  [
    (flow: Workflow) => flow.step('a', () => 1).cache({ key: 'a', ttl: 'soon' as never }),
    'cache of step "a": ttl is "soon"',
  ],
  [
    (flow: Workflow) => flow.action('a', () => 1, { cache: { key: 'a' } }),
    'action "a" has a cache, which only a step can have',
  ],
  [(flow: Workflow) => flow.parallel('p', [() => 1]).cache({ key: 'a' }), 'give it to the steps in it'],
])('a cache that would have no effect is refused: %#', (define, words) => {
  expect(() => workflow(define)).toThrow(words);
});
