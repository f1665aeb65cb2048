import { fork, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { installHooks } from '../engine/load/hooks.ts';
import { loadWorkflows, type LoadedFile } from '../engine/load/load.ts';
import { ownFile } from '../engine/own-file.ts';
import { openQueue } from '../engine/remote/bullmq/open-queue.ts';
import { gapOf } from '../engine/remote/open-remote-workers.ts';
import { givenQueue, takeQueueEnvironment } from '../engine/remote/queue-settings.ts';
import { RemoteWorkers } from '../engine/remote/remote-workers.ts';
import { systemClock } from '../engine/run/clock.ts';
import { startRun } from '../engine/run/execute.ts';
import type { Definition } from '../engine/workflow/nodes.ts';
import { takeDefinitions, whileLoading } from '../engine/workflow/registry.ts';
import { SERVER_KINDS, startServer, whyNoServer, type ServerKind } from '../test/support/servers/queue-servers.ts';
import { aloneAt } from './machines/alone-at.ts';
import { rounded, withStore, type Figure } from './support.ts';

const SECRET = 'a secret of the benchmark';
const WORKFLOW = fileURLToPath(new URL('machines/workflow.ts', import.meta.url));

/** Of each worker. */
const CONCURRENCY = 8;
const WORKERS = [1, 2, 4, 8];
const STEPS_MS = [0, 5, 20, 100];
/** From so many milliseconds a step the aim holds. */
const AIMED_FROM_MS: Readonly<Record<ServerKind, number>> = { redis: 20, postgres: 100 };
const AIM = 0.9;
/** Batches for each shape last about so long, where nothing but the steps takes time. */
const LASTS_MS = 3_000;
const MOST_BATCHES = 4_000;

interface Shape {
  readonly batches: number;
  readonly stepMs: number;
  readonly workers: number;
}

/**
 * Batches on other machines, beside BullMQ alone with the same jobs: no journal, no process for the author's code, all jobs
 * added beforehand. And beside this machine alone, with as many batches at a time. Server, coordinator and workers share the
 * cores of this machine: with many workers and short steps, it measures these.
 */
export async function benchMachines(): Promise<Figure[]> {
  installHooks({ engineUrl: ownFile('engine/index').href });
  const loaded = await whileLoading(() => loadWorkflows(WORKFLOW, { takeDefinitions }));
  const figures: Figure[] = [];
  for (const kind of SERVER_KINDS) {
    const why = whyNoServer[kind];
    if (why !== undefined) figures.push({ what: `${kind}: not measured`, value: why });
    else figures.push(...(await over(kind, loaded)));
  }
  return figures;
}

async function over(kind: ServerKind, loaded: LoadedFile<Definition>): Promise<Figure[]> {
  const figures: Figure[] = [];
  const server = await startServer(kind);
  try {
    for (const stepMs of STEPS_MS)
      for (const workers of WORKERS) {
        const batches =
          stepMs === 0 ? MOST_BATCHES : Math.min(MOST_BATCHES, (workers * CONCURRENCY * LASTS_MS) / stepMs);
        const shape = { batches, stepMs, workers };
        const { perSecond, cpuMs } = await onQueue(server.url, loaded, shape);
        const alone = await aloneOf(server.url, shape);
        const here = await run(loaded, shape, undefined);
        const ratio = perSecond / alone;
        figures.push({
          what:
            `${kind}, ${stepMs} ms, ${workers} x ${CONCURRENCY}: ${rounded(perSecond)}/s, BullMQ alone ${rounded(alone)}/s, ` +
            `this machine alone ${rounded(here.perSecond)}/s; runner ${cpuMs.toFixed(0)} ms per 100`,
          value: ratio.toFixed(2),
          ...(stepMs >= AIMED_FROM_MS[kind] && { aim: `>= ${AIM}`, met: ratio >= AIM }),
        });
      }
  } finally {
    await server.close();
  }
  return figures;
}

async function onQueue(url: string, loaded: LoadedFile<Definition>, shape: Shape): Promise<Rate> {
  const [definition] = loaded.workflows;
  if (!definition) throw new Error('nothing was defined');
  const hosts = Array.from({ length: shape.workers }, () =>
    started('host.ts', url, loaded.codeHash, String(CONCURRENCY)),
  );
  const settings = givenQueue(url, takeQueueEnvironment({ CRONFLOW_QUEUE_SECRET: SECRET }));
  if (!settings) throw new Error('no queue');
  const queue = await openQueue(settings, { folder: process.cwd() });
  const remoteWorkers = new RemoteWorkers({
    address: randomUUID(),
    openMailbox: queue.openMailbox,
    directory: queue.directory,
    secret: SECRET,
    clock: systemClock,
    gapMs: gapOf(queue),
    workflow: definition.id,
    code: loaded.codeHash,
  });
  await remoteWorkers.open();
  try {
    return await run(loaded, shape, remoteWorkers);
  } finally {
    await remoteWorkers.close();
    await queue.close();
    await Promise.all(hosts.map(ended));
  }
}

interface Rate {
  /** Batches. */
  readonly perSecond: number;
  /** Processor time of the run's own process, for 100 batches. */
  readonly cpuMs: number;
}

async function run(
  loaded: LoadedFile<Definition>,
  { batches, stepMs, workers }: Shape,
  remoteWorkers: RemoteWorkers | undefined,
): Promise<Rate> {
  const [definition] = loaded.workflows;
  if (!definition) throw new Error('nothing was defined');
  return await withStore(async (db, storeFile) => {
    const code = { hash: loaded.codeHash, sources: loaded.sources };
    const environment = { db, storeFile, definition, code, ...(remoteWorkers && { remoteWorkers }) };
    const running = await startRun(environment, WORKFLOW, { batches, stepMs });
    for (const node of ['warm', 'work']) running.run.concurrency.set(node, workers * CONCURRENCY);
    const { status, output } = await running.done;
    if (status !== 'completed') throw new Error(`the run has ${status}`);
    const { ms, cpuMs } = output as { ms: number; cpuMs: number };
    return { perSecond: (batches / ms) * 1000, cpuMs: (cpuMs / batches) * 100 };
  });
}

async function aloneOf(url: string, { batches, stepMs, workers }: Shape): Promise<number> {
  const server = aloneAt(url);
  const queue = server.queue();
  const jobs = Array.from({ length: batches }, (_, item) => ({ name: 'job', data: { items: [item] } }));
  for (let from = 0; from < batches; from += 1_000) await queue.addBulk(jobs.slice(from, from + 1_000));
  const processes = Array.from({ length: workers }, () =>
    started('alone.ts', url, String(CONCURRENCY), String(stepMs)),
  );
  // The first ones are done before all workers have begun.
  const skipped = Math.min(batches / 4, workers * CONCURRENCY * 4);
  let [done, from, counted] = [0, 0, 0];
  await new Promise<void>(resolve => {
    for (const child of processes)
      child.on('message', count => {
        done += Number(count);
        if (from === 0 && done >= skipped) [from, counted] = [performance.now(), done];
        if (done >= batches) resolve();
      });
  });
  const rate = ((batches - counted) / (performance.now() - from)) * 1000;
  await Promise.all(processes.map(ended));
  await queue.close();
  await server.close();
  return rate;
}

function started(program: string, ...args: string[]): ChildProcess {
  const file = fileURLToPath(new URL(`machines/${program}`, import.meta.url));
  return fork(file, args, {
    execArgv: ['--no-warnings'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, CRONFLOW_QUEUE_SECRET: SECRET },
  });
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const exit = new Promise(resolve => child.once('exit', resolve));
  child.kill('SIGTERM');
  await exit;
}
