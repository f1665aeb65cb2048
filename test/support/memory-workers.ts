import type { Database } from 'better-sqlite3';
import { systemClock } from '../../engine/run/clock.ts';
import { BatchExecutor } from '../../engine/run/workers/executor.ts';
import { WORKER_PROTOCOL, type FromWorker, type ToWorker } from '../../engine/run/workers/protocol.ts';
import type { StartWorker, WorkerAbout, WorkerEvents } from '../../engine/run/workers/workers.ts';
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
  die(reason = 'it was killed'): void {
    if (this.isGone) return;
    this.isGone = true;
    this.#events.onLost(reason);
  }
}

/** Workers in this process. */
export class MemoryWorkers {
  readonly all: MemoryWorker[] = [];
  readonly #transport: () => Transport;
  readonly #code: string;
  definition: Definition | undefined;
  db: Database | undefined;

  readonly #aboutOf: (number: number) => WorkerAbout;

  constructor({
    transport = () => new Pipe(),
    code = 'test',
    aboutOf = (pid: number): WorkerAbout => ({ host: 'this-machine', pid, address: undefined }),
  }: { transport?: () => Transport; code?: string; aboutOf?: (number: number) => WorkerAbout } = {}) {
    this.#transport = transport;
    this.#code = code;
    this.#aboutOf = aboutOf;
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
        const stored = new RunReader(db, message.beginning.run.id);
        executor = new BatchExecutor({
          definition,
          stored,
          effects: new EffectStore(db, message.beginning.run.id, 0),
          clock: systemClock,
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
