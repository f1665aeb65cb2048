import type { Database } from 'better-sqlite3';
import { systemClock, type Clock } from '../../engine/run/clock.ts';
import { FileOfSteps } from '../../engine/run/current-store.ts';
import { BatchExecutor, type WorkerStore } from '../../engine/run/workers/executor.ts';
import { WORKER_PROTOCOL, type FromWorker, type ToWorker } from '../../engine/run/workers/protocol.ts';
import { RunnersClock } from '../../engine/run/workers/runners-clock.ts';
import { RemoteStore } from '../../engine/run/workers/remote-store.ts';
import type { AskStore, StoreRequest } from '../../engine/run/workers/store-requests.ts';
import { StoreServer } from '../../engine/run/workers/store-server.ts';
import type { LossKind, StartWorker, WorkerAbout, WorkerEvents } from '../../engine/run/workers/workers.ts';
import { EffectStore } from '../../engine/store/effect-store.ts';
import { RunReader } from '../../engine/store/run-reader.ts';
import type { Definition } from '../../engine/workflow/nodes.ts';

/** How messages travel between a runner and a worker of this process. */
export interface Transport {
  /** Calls `deliver` for a message: once, later, or several times. */
  carry(deliver: () => void): void;
}

/** As a pipe does: in order, and not in the same turn. */
class Pipe implements Transport {
  #last: Promise<void> = Promise.resolve();

  carry(deliver: () => void): void {
    this.#last = this.#last.then(() => new Promise(resolve => setImmediate(resolve))).then(deliver);
  }
}

/** As a queue may: late, twice and out of order, as its chances say. */
export class UnreliableQueue implements Transport {
  readonly #random: () => number;

  constructor(random: () => number) {
    this.#random = random;
  }

  carry(deliver: () => void): void {
    const copies = this.#random() < 0.3 ? 2 : 1;
    for (let copy = 0; copy < copies; copy++) void afterTurns(Math.floor(this.#random() * 12)).then(deliver);
  }
}

async function afterTurns(count: number): Promise<void> {
  for (let turn = 0; turn <= count; turn++) await new Promise(resolve => setImmediate(resolve));
}

/** A worker that is a part of this process: everything but the process itself is as it is. */
export class MemoryWorker {
  readonly #events: WorkerEvents;
  isGone = false;
  /** What it has sent, and been sent: structured clones, as between processes. */
  readonly sent: FromWorker[] = [];
  readonly heard: ToWorker[] = [];

  constructor(events: WorkerEvents) {
    this.#events = events;
  }

  /** It ends as a killed process does: nothing that it has not sent is left of it. */
  die(reason = 'it was killed', kind?: LossKind): void {
    if (this.isGone) return;
    this.isGone = true;
    this.#events.onLost(reason, kind);
  }
}

/** Whether workers read the store's file, or ask the runner, as those on other machines do. */
export const READS = ['the store', 'the runner'] as const;
export type Reads = (typeof READS)[number];

interface MemoryWorkersOptions {
  readonly transport?: () => Transport;
  readonly code?: string;
  readonly aboutOf?: (number: number) => WorkerAbout;
  readonly reads?: Reads | undefined;
  /** What their machine's clock shows. */
  readonly clock?: Clock;
}

/** Workers in this process. */
export class MemoryWorkers {
  readonly all: MemoryWorker[] = [];
  readonly #transport: () => Transport;
  readonly #code: string;
  readonly #reads: Reads;
  readonly #clock: Clock;
  /** What they were held up for. */
  readonly asked: StoreRequest[] = [];
  definition: Definition | undefined;
  db: Database | undefined;

  readonly #aboutOf: (number: number) => WorkerAbout;

  constructor({
    transport = () => new Pipe(),
    code = 'test',
    aboutOf = (pid: number): WorkerAbout => ({ host: 'this-machine', pid, address: undefined }),
    reads = 'the store',
    clock = systemClock,
  }: MemoryWorkersOptions = {}) {
    this.#transport = transport;
    this.#reads = reads;
    this.#clock = clock;
    this.#code = code;
    this.#aboutOf = aboutOf;
  }

  /** What holds a process up travels beside the channel, and as text. */
  #openStore(db: Database, run: number, later: AskStore['later']): WorkerStore {
    if (this.#reads === 'the store')
      return { stored: new RunReader(db, run), effects: new EffectStore(db, run, 0), clock: systemClock };
    const server = new StoreServer({ db, run, clock: systemClock, steps: new FileOfSteps(db.name) });
    const now: AskStore['now'] = request => {
      this.asked.push(request);
      return asText(server.answer(asText(request)));
    };
    const store = new RemoteStore({ now, later });
    return { stored: store, effects: store.effects, clock: new RunnersClock(this.#clock, store.time) };
  }

  get living(): MemoryWorker[] {
    return this.all.filter(worker => !worker.isGone);
  }

  readonly start: StartWorker = events => {
    const worker = new MemoryWorker(events);
    this.all.push(worker);
    const [there, back] = [this.#transport(), this.#transport()];
    let executor: BatchExecutor | undefined;
    const waiting: ToWorker[] = [];
    const send = (message: FromWorker) => {
      if (worker.isGone) return;
      const copy = structuredClone(message);
      worker.sent.push(copy);
      back.carry(() => {
        if (!worker.isGone) events.onMessage(fromClone(copy));
      });
    };
    const hear = (message: ToWorker) => {
      if (worker.isGone) return;
      if (message.type === 'begin') {
        if (executor) return;
        const { definition, db } = this;
        if (!definition || !db) throw new Error('the workers have no workflow');
        executor = new BatchExecutor({
          definition,
          openStore: later => this.#openStore(db, message.beginning.run.id, later),
          beginning: message.beginning,
          send,
          onDefect: error => {
            throw error;
          },
        });
        send({ type: 'ready', protocol: WORKER_PROTOCOL, code: this.#code });
        for (const early of waiting.splice(0)) executor.hear(early);
      } else if (executor) executor.hear(message);
      else waiting.push(message);
    };
    return {
      about: this.#aboutOf(this.all.length),
      send: message => {
        const copy = structuredClone(message);
        worker.heard.push(copy);
        there.carry(() => hear(copy));
      },
      hold: () => undefined,
      kill: () => {
        worker.isGone = true;
      },
    };
  };
}

function asText<Value>(value: Value): Value {
  return JSON.parse(JSON.stringify(value)) as Value;
}

/** A clone of a Buffer is a plain array of bytes, which the channel between processes is not. */
function fromClone(message: FromWorker): FromWorker {
  if (message.type !== 'bundle') return message;
  const entries = message.entries.map(entry => ({
    ...entry,
    writes: entry.writes.map(write =>
      write[0] === 'batches' ? (['batches', { ...write[1], text: Buffer.from(write[1].text) }] as const) : write,
    ),
  }));
  return { ...message, entries };
}
