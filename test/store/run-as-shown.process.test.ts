import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test, vi } from 'vitest';
import { listBatches } from '../../engine/store/queries.ts';
import { openStore } from '../../engine/store/open.ts';
import { observedRun } from '../../engine/store/run-as-shown.ts';
import { readRun } from '../../engine/store/runs.ts';
import { storedSummary } from '../../engine/store/stored-summary.ts';
import { OPERATIONS } from '../../host/store/operations.ts';
import { StoreConnection } from '../../host/store/store-connection.ts';
import { Bench, temporaryFolder, workflow } from '../support/runs.ts';

/** The figures of a run as the command line has them, and as the Studio's list, its open run and its map do. */
function bothShells(file: string, run: number) {
  const db = openStore(file, { mode: 'read' });
  const store = new StoreConnection(file, path.dirname(file));
  try {
    const row = readRun(db, run);
    if (!row) throw new Error(`no run ${run}`);
    const { status, reason, items, batches, durationMs } = storedSummary(db, row, Date.now());
    const item = OPERATIONS.runItem(store, run);
    const { progress } = OPERATIONS.runSnapshot(store, run);
    const figuresOf = ({ status, reason, items, batches, activeMs }: Omit<typeof item, 'run'> | typeof progress) => ({
      status,
      reason,
      items,
      batches,
      durationMs: activeMs,
    });
    const nodes = OPERATIONS.nodes(store, run).filter(({ kind }) => kind === 'forEach');
    return {
      cli: { status, reason, items, batches, durationMs },
      list: figuresOf(item),
      open: figuresOf(progress),
      cliBatches: [...listBatches(db, run, {}, observedRun(db, run)?.live === true)].map(batch => batch.status),
      pageBatches: nodes.flatMap(({ node }) =>
        OPERATIONS.listBatches(store, { run, node, where: {}, sort: 'index', offset: 0, limit: 100 }).rows.map(
          row => row.status,
        ),
      ),
    };
  } finally {
    store.close();
    db.close();
  }
}

function untilStopped({ signal }: { readonly signal: AbortSignal }): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error));
  });
}

function expectSame({ cli, list, open, cliBatches, pageBatches }: ReturnType<typeof bothShells>): void {
  expect(list).toEqual(cli);
  expect(open).toEqual(cli);
  expect(pageBatches).toEqual(cliBatches);
}

test('a run whose process was killed has one figure in both shells: up to its last sign of life, and nothing of it runs', async () => {
  const file = path.join(temporaryFolder(), 'runs.db');
  const script = fileURLToPath(new URL('unending-run.ts', import.meta.url));
  const child = spawn(process.execPath, [script, file], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const run = Number(String((await once(child.stdout, 'data'))[0]));
  const db = openStore(file, { mode: 'read' });
  const heartbeat = () => db.prepare('select heartbeat from leases where run = ?').pluck().get(run) as number;
  const began = readRun(db, run)?.started_at ?? 0;
  await expect.poll(heartbeat).toBeGreaterThan(began);
  child.kill('SIGKILL');
  await once(child, 'exit');
  const worked = heartbeat() - began;
  db.close();
  const figures = bothShells(file, run);
  expectSame(figures);
  expect(figures.cli).toMatchObject({
    status: 'interrupted',
    reason: 'its process ended',
    // By a clock that nobody sets; the two stamps are of the wall clock.
    durationMs: expect.closeTo(worked, -1),
    items: { total: 3, succeeded: 1, running: 0, waiting: 2 },
  });
  expect(figures.cliBatches).toEqual(['succeeded', 'waiting', 'waiting']);
});

test('a running run has one figure in both shells: up to now', async () => {
  const bench = new Bench();
  const definition = workflow(flow =>
    flow.forEach('each', [1], (_, inner) => {
      inner.step('work', untilStopped);
    }),
  );
  const run = await bench.start(definition);
  await expect.poll(() => bench.db.prepare('select count(*) from batches where status = 1').pluck().get()).toBe(1);
  const later = (readRun(bench.db, run.id)?.started_at ?? 0) + 2_500;
  vi.spyOn(Date, 'now').mockReturnValue(later);
  onTestFinished(() => void vi.restoreAllMocks());
  const figures = bothShells(bench.file, run.id);
  vi.restoreAllMocks();
  expectSame(figures);
  expect(figures.cli).toMatchObject({ status: 'running', durationMs: 2_500, items: { total: 1, running: 1 } });
  run.run.stopping.request({ as: 'paused', reason: 'test' });
  await run.done;
});

test.each<[string, () => unknown]>([
  ['completed', () => 1],
  [
    'failed',
    () => {
      throw new Error('no');
    },
  ],
])('a run that has %s has one figure in both shells: what was worked on it', async (status, work) => {
  const bench = new Bench();
  const definition = workflow(flow =>
    flow.forEach('each', [1, 2], (_, inner) => {
      inner.step('work', work);
    }),
  );
  const { run } = await bench.run(definition);
  const figures = bothShells(bench.file, run);
  expectSame(figures);
  expect(figures.cli.status).toBe(status);
  expect(figures.cli.durationMs).toBe(readRun(bench.db, run)?.active_ms);
});
