import { expect, test } from 'vitest';
import type { RunnerEvents } from '../../engine/runner/parent.ts';
import { debugBatch, WAITS_MINUTES } from '../../engine/runner/probe/debug/debug-batch.ts';
import type { FromRunner, ProbeRequest, RunnerTask } from '../../engine/runner/protocol.ts';

const ADDRESS = 'ws://127.0.0.1:40123/08362ac8-fdd4-450a-885b-9ab32dff9d0c';

const OPENED: FromRunner = {
  type: 'probing',
  items: 2,
  position: 0,
  gone: [0],
  hasControl: true,
  isPure: false,
  code: '',
};

/** A batch of three items of which the first is set aside, in a process that is only played. */
function debugging() {
  const timers = new Map<number, () => void>();
  const asked: ProbeRequest[] = [];
  const tasks: RunnerTask[] = [];
  const news: string[] = [];
  const controller = new AbortController();
  const { promise: isWaiting, resolve: onWaiting } = Promise.withResolvers<RunnerEvents>();
  let isKilled = false;
  const end = debugBatch({
    task: { kind: 'probe', store: 'runs.db', run: 1 },
    scope: 7,
    choose: () => [1, 2],
    signal: controller.signal,
    clock: {
      after: (ms, call) => {
        timers.set(ms, call);
        return () => timers.delete(ms);
      },
    },
    mayExecute: () => Promise.resolve(true),
    onNews: ({ type }) => {
      news.push(type);
    },
    start: (task, events) => {
      tasks.push(task);
      queueMicrotask(() => events.onMessage({ type: 'loaded' }));
      return {
        pid: 1,
        stop: () => undefined,
        setConcurrency: () => undefined,
        ask: request => {
          asked.push(request);
          queueMicrotask(() => {
            events.onMessage(request.type === 'open' ? OPENED : { type: 'debugger', url: ADDRESS, step: 'read/cents' });
            if (request.type === 'debug') onWaiting(events);
          });
        },
        kill: () => {
          if (isKilled) return;
          isKilled = true;
          events.onExit({ code: null, signal: 'SIGKILL', stderr: '' });
        },
      };
    },
  });
  return { end, timers, asked, tasks, news, controller, isWaiting, isKilled: () => isKilled };
}

test('a debugger that does not come is waited for ten minutes, and then the process ends', async () => {
  const { end, timers, isWaiting, isKilled, tasks } = debugging();
  await isWaiting;
  expect(tasks).toMatchObject([{ debugger: 'unlisted' }]);
  expect(isKilled()).toBe(false);
  timers.get(WAITS_MINUTES * 60_000)?.();
  expect(await end).toEqual({ kind: 'not-attached' });
  expect(isKilled()).toBe(true);
});

test('once one is attached, no time runs out; the process ends with the answer', async () => {
  const { end, timers, isWaiting, isKilled, asked, news } = debugging();
  const events = await isWaiting;
  events.onMessage({ type: 'attached' });
  expect(timers.size).toBe(0);
  expect(isKilled()).toBe(false);
  events.onMessage({ type: 'probed', answer: { passed: true } });
  expect(await end).toEqual({ kind: 'executed', answer: { passed: true } });
  expect(news).toEqual(['debugger', 'attached']);
  // Places among the items that the batch has now.
  expect(asked.at(-1)).toMatchObject({ type: 'debug', items: [0, 1] });
  expect(isKilled()).toBe(true);
});

test('it is stopped at any time, and a process that ends has failed', async () => {
  const stopped = debugging();
  await stopped.isWaiting;
  stopped.controller.abort();
  expect(await stopped.end).toEqual({ kind: 'stopped' });
  expect(stopped.isKilled()).toBe(true);

  const gone = debugging();
  (await gone.isWaiting).onExit({ code: 1, signal: null, stderr: '' });
  expect(await gone.end).toMatchObject({
    kind: 'executed',
    answer: { passed: false, error: { name: 'ProcessEnded' } },
  });
});
