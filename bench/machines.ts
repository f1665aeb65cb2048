import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { Queue, QueueEvents } from 'bullmq';
import { installHooks } from '../engine/load/hooks.ts';
import { loadWorkflows, type LoadedFile } from '../engine/load/load.ts';
import { ownFile } from '../engine/own-file.ts';
import { openQueue } from '../engine/remote/bullmq/open-queue.ts';
import { takeQueueSettings } from '../engine/remote/queue-settings.ts';
import { RemoteWorkers } from '../engine/remote/remote-workers.ts';
import { systemClock } from '../engine/run/clock.ts';
import { startRun } from '../engine/run/execute.ts';
import type { Definition } from '../engine/workflow/nodes.ts';
import { takeDefinitions, whileLoading } from '../engine/workflow/registry.ts';
import { startRedis } from '../test/support/servers/redis.ts';
import { rounded, withStore, type Figure } from './support.ts';

const SECRET = 'a secret of the benchmark';
const GAP_MS = 4;
const WORKFLOW = fileURLToPath(new URL('machines/workflow.ts', import.meta.url));

interface Shape {
  readonly batches: number;
  readonly stepMs: number;
  readonly workers: number;
  readonly concurrency: number;
}

const SHAPES: readonly Shape[] = [
  { batches: 4_000, stepMs: 0, workers: 2, concurrency: 8 },
  { batches: 2_000, stepMs: 5, workers: 2, concurrency: 8 },
  { batches: 2_000, stepMs: 20, workers: 2, concurrency: 8 },
  { batches: 500, stepMs: 100, workers: 2, concurrency: 8 },
];

/**
 * Batches on other machines, beside BullMQ alone with the same jobs: no journal, no process for the author's code, all jobs
 * added beforehand. Server, coordinator and workers share the cores of this machine.
 */
export async function benchMachines(): Promise<Figure[]> {
  installHooks({ engineUrl: ownFile('engine/index').href });
  const loaded = await whileLoading(() => loadWorkflows(WORKFLOW, { takeDefinitions }));
  const redis = await startRedis();
  const figures: Figure[] = [];
  try {
    for (const shape of SHAPES) {
      const alone = await aloneOf(redis.url, shape);
      const { perSecond, cpuMs } = await oursOf(redis.url, loaded, shape);
      const what = `${shape.stepMs} ms a batch, ${shape.workers} workers of ${shape.concurrency}`;
      const ratio = perSecond / alone;
      const isAimed = shape.stepMs >= 20;
      figures.push({
        what: `${what}: ${rounded(perSecond)}/s, BullMQ alone ${rounded(alone)}/s`,
        value: ratio.toFixed(2),
        ...(isAimed && { aim: '>= 0.9', met: ratio >= 0.9 }),
      });
      figures.push({ what: `${what}: processor time of the runner, per 100 batches`, value: `${cpuMs.toFixed(1)} ms` });
    }
  } finally {
    await redis.close();
  }
  return figures;
}

async function oursOf(
  url: string,
  loaded: LoadedFile<Definition>,
  shape: Shape,
): Promise<{ perSecond: number; cpuMs: number }> {
  const { batches, stepMs, workers, concurrency } = shape;
  const [definition] = loaded.workflows;
  if (!definition) throw new Error('nothing was defined');
  const hosts = Array.from({ length: workers }, () =>
    started('host.ts', url, loaded.codeHash, String(concurrency), String(GAP_MS)),
  );
  const settings = takeQueueSettings(url, { CRONFLOW_QUEUE_SECRET: SECRET });
  if (!settings) throw new Error('no queue');
  const queue = await openQueue(settings, { folder: process.cwd() });
  const remoteWorkers = new RemoteWorkers({
    address: randomUUID(),
    openMailbox: queue.openMailbox,
    directory: queue.directory,
    secret: SECRET,
    clock: systemClock,
    gapMs: GAP_MS,
    workflow: definition.id,
    code: loaded.codeHash,
  });
  await remoteWorkers.open();
  try {
    return await withStore(async (db, storeFile) => {
      const code = { hash: loaded.codeHash, sources: loaded.sources };
      const run = await startRun({ db, storeFile, definition, code, remoteWorkers }, WORKFLOW, { batches, stepMs });
      const { status, output } = await run.done;
      if (status !== 'completed') throw new Error(`the run has ${status}`);
      const { ms, cpuMs } = output as { ms: number; cpuMs: number };
      return { perSecond: (batches / ms) * 1000, cpuMs: (cpuMs / batches) * 100 };
    });
  } finally {
    await remoteWorkers.close();
    await queue.close();
    await Promise.all(hosts.map(ended));
  }
}

async function aloneOf(url: string, { batches, stepMs, workers, concurrency }: Shape): Promise<number> {
  const connection = { port: Number(new URL(url).port), maxRetriesPerRequest: null };
  const queue = new Queue('alone', { connection });
  const events = new QueueEvents('alone', { connection });
  await events.waitUntilReady();
  const jobs = Array.from({ length: batches }, (_, item) => ({ name: 'job', data: { items: [item] } }));
  await queue.addBulk(jobs);
  const processes = Array.from({ length: workers }, () =>
    started('alone.ts', String(connection.port), String(concurrency), String(stepMs)),
  );
  let [done, from, to] = [0, 0, 0];
  await new Promise<void>(resolve => {
    events.on('completed', () => {
      done += 1;
      if (done === 64) from = performance.now();
      if (done < batches) return;
      to = performance.now();
      resolve();
    });
  });
  await Promise.all(processes.map(ended));
  await events.close();
  await queue.close();
  return ((batches - 64) / (to - from)) * 1000;
}

function started(program: string, ...args: string[]): ChildProcess {
  const file = fileURLToPath(new URL(`machines/${program}`, import.meta.url));
  return spawn(process.execPath, ['--no-warnings', file, ...args], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, CRONFLOW_QUEUE_SECRET: SECRET },
  });
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const exit = new Promise(resolve => child.once('exit', resolve));
  child.kill('SIGTERM');
  await exit;
}
