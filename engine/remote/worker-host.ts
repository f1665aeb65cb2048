import { hostname } from 'node:os';
import type { Clock } from '../run/clock.ts';
import { WORKER_PROTOCOL } from '../run/workers/protocol.ts';
import type { StartWorker } from '../run/workers/workers.ts';
import type { Directory, WorkerCard } from './directory.ts';
import { Exchange, TICK_MS, type ExchangeOptions } from './exchange.ts';
import { HostSession } from './host-session.ts';
import { JobGate } from './job-gate.ts';
import type { FromHost, ToHost } from './session.ts';

/** A workflow of the folder that a worker serves. */
export interface HostedWorkflow {
  readonly workflow: string;
  readonly file: string;
  /** The hash of its code. */
  readonly code: string;
}

export interface WorkerHostOptions extends ExchangeOptions {
  readonly directory: Directory;
  readonly clock: Clock;
  /** Those that there are now. */
  readonly workflows: () => readonly HostedWorkflow[];
  /** Starts a process that executes batches of a workflow, and asks its runner for what is in the store. */
  readonly startWorker: (of: HostedWorkflow) => StartWorker;
  /** How many batches it executes at a time. */
  readonly concurrency: number;
  readonly onSession?: (what: SessionEvent) => void;
  /** A person has it finish what it has, and end. */
  readonly onDrain?: () => void;
}

/** For whoever looks at the terminal of a worker. */
export type SessionEvent =
  | { readonly type: 'begins'; readonly workflow: string; readonly from: string }
  | { readonly type: 'ends'; readonly workflow: string; readonly reason: string };

/**
 * A worker for runs of other machines: says that it is there, and executes batches of each run that asks for it and has the same
 * code. It has the queue's client and no code of the author's: that runs in a process for each run.
 */
export class WorkerHost {
  readonly #options: WorkerHostOptions;
  readonly #exchange: Exchange<FromHost, ToHost>;
  readonly #gate: JobGate;
  readonly #sessions = new Set<HostSession>();
  readonly #startedAt: number;
  #beat = 0;
  #isDraining = false;
  readonly #drained = Promise.withResolvers<void>();
  #cancelAnnounce: (() => void) | undefined;
  #announced: Promise<void> = Promise.resolve();
  #isClosed = false;
  /** Attempts of steps in sessions that are over. */
  #executedBefore = 0;
  #executedAtBeat = 0;
  #beatAt = 0;
  #stepsPerSecond = 0;

  constructor(options: WorkerHostOptions) {
    this.#options = options;
    this.#gate = new JobGate(options.concurrency);
    this.#startedAt = options.clock.now();
    this.#exchange = new Exchange(options, (link, from) => {
      const session = new HostSession(
        {
          gate: this.#gate,
          isDraining: () => this.#isDraining,
          drain: () => {
            options.onDrain?.();
            void this.drain();
          },
          starterOf: (workflow, code) => this.#starterOf(workflow, code, from),
          onBegin: (begun, run) => this.#endOthersOf(begun, run),
          onEnd: (ended, reason) => this.#ended(ended, reason),
        },
        link,
      );
      this.#sessions.add(session);
      return session;
    });
  }

  /** @throws What the server, or the way to it, says against it */
  async open(): Promise<void> {
    await this.#exchange.open();
    await this.#options.directory.announce(this.#nextCard());
    this.#announceLater();
  }

  get address(): string {
    return this.#exchange.address;
  }

  /** Batches that it executes. */
  get inFlight(): number {
    return sum(this.#sessions, ({ inFlight }) => inFlight);
  }

  /** Finishes the batches that it has, and takes nothing new. Resolves when that is done. */
  async drain(): Promise<void> {
    if (!this.#isDraining) {
      this.#isDraining = true;
      this.#announce();
      for (const session of this.#sessions) session.drain();
      if (this.#sessions.size === 0) this.#drained.resolve();
    }
    await this.#drained.promise;
  }

  /** Ends at once: what is in flight is executed again by others. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#cancelAnnounce?.();
    for (const session of this.#sessions) session.close('the worker ends');
    await this.#announced;
    // Where the server is away, others see that the card is no longer renewed.
    await this.#options.directory.withdraw(this.address).catch(() => undefined);
    await this.#exchange.close();
  }

  #starterOf(workflow: string, code: string, from: string): StartWorker | undefined {
    const hosted = this.#options.workflows().find(other => other.workflow === workflow && other.code === code);
    if (!hosted) return undefined;
    this.#options.onSession?.({ type: 'begins', workflow, from });
    return this.#options.startWorker(hosted);
  }

  /** A run is executed by one process at a time: the one that comes later knows what has become of the one before. */
  #endOthersOf(session: HostSession, run: string): void {
    for (const other of this.#sessions)
      if (other !== session && other.run === run) other.close('another process executes the run now');
  }

  #ended(session: HostSession, reason: string): void {
    this.#sessions.delete(session);
    this.#executedBefore += session.executed;
    if (session.workflow !== '') this.#options.onSession?.({ type: 'ends', workflow: session.workflow, reason });
    if (this.#isDraining && this.#sessions.size === 0) this.#drained.resolve();
  }

  #announceLater(): void {
    if (this.#isClosed) return;
    this.#cancelAnnounce = this.#options.clock.after(TICK_MS, () => {
      this.#announce();
      // Of a coordinator that has become silent.
      this.#gate.release();
      this.#announceLater();
    });
  }

  #announce(): void {
    // The next one is a second away, and trouble with the server is told by the exchange.
    this.#announced = this.#options.directory.announce(this.#nextCard()).catch(() => undefined);
  }

  #nextCard(): WorkerCard {
    const { clock, concurrency, workflows } = this.#options;
    this.#beat += 1;
    this.#measure(clock.elapsed());
    return {
      address: this.address,
      beat: this.#beat,
      protocol: WORKER_PROTOCOL,
      host: hostname(),
      pid: process.pid,
      startedAt: this.#startedAt,
      workflows: workflows().map(({ workflow, code }) => ({ workflow, code })),
      concurrency,
      inFlight: this.inFlight,
      stepsPerSecond: this.#stepsPerSecond,
      memoryBytes: process.memoryUsage.rss() + sum(this.#sessions, ({ memoryBytes }) => memoryBytes),
      isDraining: this.#isDraining,
    };
  }

  #measure(now: number): void {
    const executed = this.#executedBefore + sum(this.#sessions, session => session.executed);
    const seconds = (now - this.#beatAt) / 1000;
    if (seconds > 0) this.#stepsPerSecond = (executed - this.#executedAtBeat) / seconds;
    this.#executedAtBeat = executed;
    this.#beatAt = now;
  }
}

function sum<T>(all: Iterable<T>, of: (one: T) => number): number {
  let total = 0;
  for (const one of all) total += of(one);
  return total;
}
