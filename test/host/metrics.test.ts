import { expect, test, vi } from 'vitest';
import { Store } from '../../host/store/store.ts';
import { metricsText } from '../../host/browser/metrics-text.ts';
import { runTotals } from '../../engine/store/run-totals.ts';
import { Bench, workflow } from '../support/runs.ts';
import { inThisThread } from './store-thread.ts';

/* What Prometheus is told: how many runs there are of each workflow and status, and how far those are that go on. */

const server = { version: '1.2.3', cpuSeconds: 1.5, residentBytes: 2e6, startedAt: 1_000 };
const flow = (id: string, fails = false) =>
  workflow(
    start =>
      start.step('one', () => {
        if (fails) throw new Error('no');
      }),
    { id },
  );

/** Each sample by its name and labels. Fails where a line is none of the format, or one sample stands there twice. */
function samples(text: string): Record<string, number> {
  const found: Record<string, number> = {};
  const typed = new Set<string>();
  for (const line of text.split('\n').slice(0, -1)) {
    const [, type] = /^# TYPE (\S+) (?:gauge|counter)$/.exec(line) ?? [];
    if (type !== undefined) typed.add(type);
    if (line.startsWith('# ')) continue;
    const [, sample = '', name = '', value = ''] =
      /^(([a-z_]+)(?:\{(?:[a-z_]+="(?:[^"\\\n]|\\["\\n])*",?)*\})?) (-?[\d.]+(?:e[+-]?\d+)?)$/.exec(line) ?? [];
    expect(typed, line).toContain(name);
    expect(found, line).not.toHaveProperty([sample]);
    found[sample] = Number(value);
  }
  expect(text.endsWith('\n')).toBe(true);
  return found;
}

async function told(bench: Bench) {
  const store = new Store(bench.file, '/test', inThisThread);
  const text = metricsText(await store.do('metrics', undefined), server);
  await store.close();
  return samples(text);
}

test('runs are counted by workflow and status, with when the last of them ended', async () => {
  const bench = new Bench();
  for (const [id, fails] of [
    ['films', false],
    ['films', true],
    ['films', false],
    ['a "b"\\\nc', false],
  ] as const)
    await bench.run(flow(id, fails));
  bench.db.exec(`update runs set ended_at = id * 1000`);
  const all = await told(bench);
  expect(all).toMatchObject({
    'cronflow_info{version="1.2.3"}': 1,
    'cronflow_runs{workflow="films",status="completed"}': 2,
    'cronflow_runs{workflow="films",status="failed"}': 1,
    'cronflow_runs{workflow="a \\"b\\"\\\\\\nc",status="completed"}': 1,
    'cronflow_last_run_end_timestamp_seconds{workflow="films",status="completed"}': 3,
    'cronflow_last_run_end_timestamp_seconds{workflow="films",status="failed"}': 2,
    cronflow_store_free_bytes: 0,
    process_cpu_seconds_total: 1.5,
    process_resident_memory_bytes: 2e6,
    process_start_time_seconds: 1,
  });
  expect(all.cronflow_store_bytes).toBeGreaterThan(10_000);
});

test('of runs that go on, items and batches are told; one that lost its process is interrupted', async () => {
  const bench = new Bench();
  const gate = Promise.withResolvers<void>();
  const waiting = workflow(
    start => start.forEach('each', [1, 2, 3], (_item, inner) => void inner.step('wait', () => gate.promise)),
    { id: 'films' },
  );
  const { done } = await bench.start(waiting);
  await vi.waitFor(async () =>
    expect(await told(bench)).toMatchObject({
      'cronflow_runs{workflow="films",status="running"}': 1,
      'cronflow_live_batches{workflow="films",status="running"}': 1,
      'cronflow_live_items{workflow="films",status="succeeded"}': 0,
    }),
  );
  gate.resolve();
  await done;
  bench.db.exec(`update runs set status = 'running', ended_at = null`);
  const after = await told(bench);
  expect(after['cronflow_runs{workflow="films",status="interrupted"}']).toBe(1);
  expect(Object.keys(after).filter(name => name.includes('live') || name.includes('"running"'))).toEqual([]);
});

test('to count the runs reads an index, and neither payloads nor graphs', () => {
  const { db } = new Bench();
  const asked = vi.spyOn(db, 'prepare');
  runTotals(db);
  const [[sql] = ['']] = asked.mock.calls;
  asked.mockRestore();
  const plan = db.prepare<[], { detail: string }>(`explain query plan ${sql}`).all();
  expect(plan[0]?.detail).toContain('COVERING INDEX runs_by_title');
});
