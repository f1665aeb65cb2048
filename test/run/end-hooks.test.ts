import { expect, test } from 'vitest';
import type { HookContext } from '../../engine/workflow/types.ts';
import { HOOK_WITHIN_MS } from '../../engine/run/end-hooks.ts';
import { Bench, workflow } from '../support/runs.ts';
import { SimulatedClock } from '../support/clock.ts';

const NEVER = new Promise<never>(() => undefined);

function statusIn(bench: Bench, id: number): unknown {
  return bench.db.prepare('select status from runs where id = ?').pluck().get(id);
}

test('onSuccess is called once, after the end is stored, with what the run came to', async () => {
  const bench = new Bench();
  const seen: unknown[] = [];
  const hooks = {
    onSuccess: ({ run, status, last, payload, state, error }: HookContext) => {
      seen.push([statusIn(bench, Number(run.id)), status, last, payload, state.get('n'), state.get('m', 7), error]);
    },
    onFailure: () => seen.push('failure'),
  };
  const flow = workflow(
    start =>
      start.step('add', async ctx => {
        await ctx.state.incr('n', 3);
        return 'done';
      }),
    { hooks },
  );
  await bench.run(flow, { of: 'mine' });
  expect(seen).toEqual([['completed', 'completed', 'done', { of: 'mine' }, 3, 7, undefined]]);
});

test('onFailure is called with the error, and once for each end: of the run and of its re-run', async () => {
  const bench = new Bench();
  const seen: string[] = [];
  let broken = true;
  const hooks = {
    onSuccess: ({ status }: HookContext) => seen.push(status),
    onFailure: ({ status, error }: HookContext) => seen.push(`${status}: ${error?.name}: ${error?.message}`),
  };
  const flow = workflow(
    start =>
      start.step('send', () => {
        if (broken) throw new TypeError('no address');
      }),
    { hooks },
  );
  const { run } = await bench.run(flow);
  expect(seen).toEqual(['failed: TypeError: no address']);
  broken = false;
  await bench.rerun(flow, run);
  expect(seen).toEqual(['failed: TypeError: no address', 'completed']);
});

test('a run that was cancelled calls no hook', async () => {
  const bench = new Bench();
  const seen: string[] = [];
  const hooks = { onSuccess: () => seen.push('success'), onFailure: () => seen.push('failure') };
  const { status } = await bench.run(workflow(start => start.cancel('enough'), { hooks }));
  expect([status, seen]).toEqual(['cancelled', []]);
});

test('a hook that fails changes nothing of the run; a warning with its place is stored', async () => {
  const bench = new Bench();
  const hooks = {
    onSuccess: () => {
      throw new Error('the alert was refused');
    },
  };
  const summary = await bench.run(workflow(start => start.step('one', () => 1), { hooks }));
  expect([summary.status, summary.output, statusIn(bench, summary.run)]).toEqual(['completed', 1, 'completed']);
  const logs = bench.db.prepare('select level, text from logs').all();
  expect(logs).toEqual([
    {
      level: 'warn',
      text: expect.stringMatching(
        /^hooks\.onSuccess failed: the alert was refused \(.*end-hooks\.test\.ts:\d+\)\. The run has ended as it has\.$/,
      ) as unknown,
    },
  ]);
});

test('a hook that never ends is waited for ten seconds and no longer', async () => {
  const clock = new SimulatedClock();
  const bench = new Bench({ clock });
  const begun = Promise.withResolvers<AbortSignal>();
  const hooks = {
    onSuccess: ({ signal }: HookContext) => {
      begun.resolve(signal);
      return NEVER;
    },
  };
  const { done } = await bench.start(workflow(start => start.step('one', () => 1), { hooks }));
  const signal = await clock.settle(begun.promise);
  expect(signal.aborted).toBe(false);
  await clock.advance(HOOK_WITHIN_MS);
  expect((await done).status).toBe('completed');
  expect(signal.aborted).toBe(true);
  expect(bench.db.prepare('select text from logs').pluck().all()).toEqual([
    'hooks.onSuccess did not end within 10 s and is not waited for. The run has ended.',
  ]);
});
