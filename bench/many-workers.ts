import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import type { Directory, WorkerCard } from '../engine/remote/directory.ts';
import type { Mailbox, OpenMailbox } from '../engine/remote/mailbox.ts';
import { RemoteWorkers } from '../engine/remote/remote-workers.ts';
import { WorkerHost } from '../engine/remote/worker-host.ts';
import { systemClock } from '../engine/run/clock.ts';
import { startRun } from '../engine/run/execute.ts';
import { BatchExecutor } from '../engine/run/workers/executor.ts';
import { WORKER_PROTOCOL, type ToWorker } from '../engine/run/workers/protocol.ts';
import type { StartWorker } from '../engine/run/workers/workers.ts';
import { EffectStore } from '../engine/store/effect-store.ts';
import { openStore, type StoreDatabase } from '../engine/store/open.ts';
import { RunReader } from '../engine/store/run-reader.ts';
import type { Definition } from '../engine/workflow/nodes.ts';
import { rounded, withStore, workerOf, workflow } from './support.ts';

/*
 * node bench/many-workers.ts [--workers 1,10,100,1000] [--step 1000] [--each 8] [--seconds 20]: one coordinator with many workers,
 * each with a link, letters and batches of its own. All workers are in another thread, with nothing between but the port: what the
 * coordinator itself costs is seen by the processor time of its thread. What a queue's client costs comes on top.
 */

const SECRET = 'a secret of the bench';
/** Shares of all batches: what is between the two is measured, and then a tenth of the workers dies. */
const BEGINS_AT = 0.15;
const DIES_AFTER = 0.6;

interface Scenario {
  readonly workers: number;
  readonly stepMs: number;
  /** Batches that each executes at a time. */
  readonly each: number;
  readonly batches: number;
}

interface ThreadData extends Scenario {
  readonly store: string;
}

/** How much each worker does: a step that waits, as one does that calls a service. */
function work({ workers, stepMs, each, batches }: Scenario): Definition {
  const items = Array.from({ length: batches }, (_, index) => index);
  return workflow(flow =>
    flow.batch('work', { items, size: 1, concurrency: workers * each }, (_items, inner) => {
      inner.step('wait', async () => {
        await new Promise(resolve => setTimeout(resolve, stepMs));
      });
    }),
  );
}

type ToThread =
  | { readonly type: 'letter'; readonly to: string; readonly letter: string }
  | { readonly type: 'kill'; readonly count: number };
type FromThread =
  | { readonly type: 'letter'; readonly to: string; readonly letter: string }
  | { readonly type: 'card'; readonly card: WorkerCard };

if (isMainThread) await main();
else serve(workerData as ThreadData);

// The coordinator's thread

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      workers: { type: 'string', default: '1,10,100,300,1000' },
      step: { type: 'string', default: '1000' },
      each: { type: 'string', default: '8' },
      seconds: { type: 'string', default: '20' },
    },
  });
  console.log(`steps of ${values.step} ms, ${values.each} at a time in each worker`);
  for (const workers of values.workers.split(',').map(Number)) {
    const [stepMs, each, seconds] = [Number(values.step), Number(values.each), Number(values.seconds)];
    const batches = Math.round(((workers * each) / stepMs) * 1000 * seconds);
    await measure({ workers, stepMs, each, batches });
  }
}

async function measure(scenario: Scenario): Promise<void> {
  await withStore((db, store) => measureIn(db, { ...scenario, store }));
}

async function measureIn(db: StoreDatabase, scenario: ThreadData): Promise<void> {
  const { workers, batches, each, stepMs } = scenario;
  const thread = new Worker(new URL(import.meta.url), { workerData: scenario });
  const cards = new Map<string, WorkerCard>();
  let onLetter: (letter: string) => void = () => undefined;
  let letters = 0;
  thread.on('message', (message: FromThread) => {
    if (message.type === 'card') cards.set(message.card.address, message.card);
    else {
      letters += 1;
      onLetter(message.letter);
    }
  });
  const post = (message: ToThread) => thread.postMessage(message, []);
  const openMailbox: OpenMailbox = async (address, listener): Promise<Mailbox> => {
    onLetter = listener;
    return {
      address,
      post: async (to, letter) => {
        letters += 1;
        if (to === address) setImmediate(() => listener(letter));
        else post({ type: 'letter', to, letter });
      },
      close: async () => undefined,
    };
  };
  const directory: Directory = {
    announce: async () => undefined,
    withdraw: async address => void cards.delete(address),
    list: async () => [...cards.values()],
  };
  const definition = work(scenario);
  const options = { directory, openMailbox, address: 'coordinator', secret: SECRET, clock: systemClock, gapMs: 4 };
  const remote = new RemoteWorkers({ ...options, workflow: definition.id, code: 'bench' });
  await remote.open();
  const losses: number[] = [];
  let killedAt = 0;
  const environment = {
    ...workerOf(db, scenario.store, definition),
    remoteWorkers: remote,
    onLog: ({ text }: { text: string }) => {
      if (text.includes('is lost')) losses.push(performance.now() - killedAt);
    },
  };
  const begun = performance.now();
  const run = await startRun(environment, '/bench.ts', undefined);
  const done = () => run.run.progress.find(1)?.batches.succeeded ?? 0;
  // Until all of them have something to do.
  while (run.run.inFlight.batches.size < Math.min(workers * each, batches)) await turn(50);
  const ready = (performance.now() - begun) / 1000;
  while (done() < batches * BEGINS_AT) await turn(50);
  const [cpu, from, at, lettersBefore] = [process.threadCpuUsage(), done(), performance.now(), letters];
  while (done() < batches * DIES_AFTER) await turn(50);
  const spent = process.threadCpuUsage(cpu);
  const seconds = (performance.now() - at) / 1000;
  const count = done() - from;
  const sent = (letters - lettersBefore) / seconds;
  const dying = Math.floor(workers / 10);
  killedAt = performance.now();
  if (dying > 0) post({ type: 'kill', count: dying });
  const { status, batches: counts } = await run.done;
  if (status !== 'completed' || counts.succeeded !== batches) throw new Error(`the run is ${status}`);
  const busy = (spent.user + spent.system) / 1000;
  console.log(
    `${String(workers).padStart(5)} workers  ${rounded(count / seconds)} batches/s of ${rounded((workers * each * 1000) / stepMs)}  ` +
      `coordinator ${Math.round((busy / seconds / 1000) * 100)} % of a core, ${rounded(busy / (count / 100))} ms per 100 batches  ` +
      `${rounded(sent)} letters/s  all at work after ${ready.toFixed(1)} s  ` +
      `${dying > 0 ? `${losses.length} of ${dying} dead lost after ${(Math.max(...losses) / 1000).toFixed(1)} s  ` : ''}` +
      `heap of the coordinator ${rounded(process.memoryUsage().heapUsed / 1e6)} MB`,
  );
  await remote.close();
  await thread.terminate();
}

function turn(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms));
}

// The workers' thread

function serve(scenario: ThreadData): void {
  const port = parentPort;
  if (!port) throw new Error('no port');
  const definition = work(scenario);
  const db = openStore(scenario.store, { mode: 'read' });
  const boxes = new Map<string, (letter: string) => void>();
  const dead = new Set<string>();
  port.on('message', (message: ToThread) => {
    if (message.type === 'letter') boxes.get(message.to)?.(message.letter);
    else for (let index = 0; index < message.count; index++) kill(`worker-${index}`);
  });
  const kill = (address: string) => {
    dead.add(address);
    boxes.delete(address);
  };
  const tell = (message: FromThread) => port.postMessage(message);
  for (let index = 0; index < scenario.workers; index++) {
    const address = `worker-${index}`;
    const host = new WorkerHost({
      address,
      secret: SECRET,
      clock: systemClock,
      gapMs: 4,
      openMailbox: async (own, listener): Promise<Mailbox> => {
        boxes.set(own, listener);
        return {
          address: own,
          post: async (to, letter) => {
            if (!dead.has(own)) tell({ type: 'letter', to, letter });
          },
          close: async () => undefined,
        };
      },
      directory: {
        announce: async card => {
          if (!dead.has(address)) tell({ type: 'card', card });
        },
        withdraw: async () => undefined,
        list: async () => [],
      },
      concurrency: scenario.each,
      workflows: () => [{ workflow: definition.id, file: '/bench.ts', code: 'bench' }],
      startWorker: () => workerIn(definition, db),
    });
    void host.open();
  }
}

/** A worker's process, but for the process. */
function workerIn(definition: Definition, db: StoreDatabase): StartWorker {
  return ({ onMessage }) => {
    let executor: BatchExecutor | undefined;
    let isOver = false;
    const early: ToWorker[] = [];
    return {
      about: { host: 'bench', pid: 0, address: undefined },
      send: message => {
        if (message.type !== 'begin') {
          if (executor) executor.hear(message);
          else early.push(message);
          return;
        }
        executor = new BatchExecutor({
          definition,
          // What holds a worker's process up would hold all of them up here, and the coordinator's part of it is small.
          openStore: () => {
            const run = message.beginning.run.id;
            return { stored: new RunReader(db, run), effects: new EffectStore(db, run, 0), clock: systemClock };
          },
          beginning: message.beginning,
          send: told => {
            if (!isOver) onMessage(structuredClone(told));
          },
          onDefect: error => {
            throw error;
          },
        });
        onMessage({ type: 'ready', protocol: WORKER_PROTOCOL, code: 'bench' });
        for (const one of early.splice(0)) executor.hear(one);
      },
      hold: () => undefined,
      kill: () => {
        isOver = true;
      },
    };
  };
}
