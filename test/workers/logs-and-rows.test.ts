import { afterEach, expect, test, vi } from 'vitest';
import { currentAttempt } from '../../engine/run/attempt.ts';
import { range, turns } from '../support/outside.ts';
import { workflow } from '../support/runs.ts';
import { WorkerBench } from '../support/worker-bench.ts';

/*
 * What is stored of a log belongs to an attempt that is stored. A kill would else leave lines that count as those of the next
 * attempt, which has the same number.
 */

afterEach(() => {
  vi.useRealTimers();
});

test('no line of a step in a worker is stored before its attempt, also while its end waits for that of another', async () => {
  // Each turn of the event loop is a heartbeat.
  vi.useFakeTimers({ toFake: ['setInterval'] });
  const bench = new WorkerBench();
  const flow = workflow(start =>
    start.batch('work', { items: range(24), size: 1, workers: 3, concurrency: 12 }, ([item], inner) => {
      inner.step('add', async ctx => {
        await turns(Number(item) % 3);
        currentAttempt.getStore()?.logs.add({ at: 0, level: 'info', text: `item ${String(item)}` });
        // Such ends wait for each other.
        await ctx.state.update('list', (list: number[] = []) => [...list, Number(item)]);
      });
    }),
  );
  const { done } = await bench.start(flow);
  let isOver = false;
  void done.finally(() => {
    isOver = true;
  });
  const withoutAttempt = bench.db
    .prepare<[], string>(
      `select text from logs l where scope is not null and not exists (
        select 1 from steps s where s.run = l.run and s.scope = l.scope and s.node = l.node and s.attempt = l.attempt)`,
    )
    .pluck();
  const found = new Set<string>();
  while (!isOver) {
    vi.advanceTimersByTime(10_000);
    await turns(1);
    for (const text of withoutAttempt.all()) found.add(text);
  }
  expect([...found]).toEqual([]);
  expect(await done).toMatchObject({ batches: { succeeded: 24 } });
  expect(bench.db.prepare('select count(*) from logs where scope is not null').pluck().get()).toBe(24);
});
