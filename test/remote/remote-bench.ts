import { onTestFinished } from 'vitest';
import type { Directory, WorkerCard } from '../../engine/remote/directory.ts';
import { RemoteWorkers } from '../../engine/remote/remote-workers.ts';
import { WorkerHost } from '../../engine/remote/worker-host.ts';
import { systemClock, type Clock } from '../../engine/run/clock.ts';
import type { RunEnvironment } from '../../engine/run/execute.ts';
import type { Definition } from '../../engine/workflow/nodes.ts';
import { MemoryWorkers } from '../support/memory-workers.ts';
import { randomOf } from '../support/random.ts';
import { Bench } from '../support/runs.ts';
import { SimulatedNetwork, SimulatedProcess } from './simulated-network.ts';

const FASTER = 20;
export const SECRET = 'a secret of the tests';

/** Real time, and more of it: what takes seconds takes a test a few turns. */
const fastClock: Clock = {
  now: () => systemClock.now(),
  elapsed: () => systemClock.elapsed() * FASTER,
  reading: () => systemClock.reading(),
  after: (ms, call) => systemClock.after(ms / FASTER, call),
};

/** Cards in the memory of the tests. */
class MemoryDirectory implements Directory {
  readonly cards = new Map<string, WorkerCard>();

  async announce(card: WorkerCard): Promise<void> {
    this.cards.set(card.address, structuredClone(card));
  }

  async withdraw(address: string): Promise<void> {
    this.cards.delete(address);
  }

  async list(): Promise<readonly WorkerCard[]> {
    return [...this.cards.values()];
  }
}

/** A worker on a machine of its own, but for the process of the author's code, which is a part of this one. */
export class RemoteWorker {
  readonly process = new SimulatedProcess(fastClock);
  readonly workers = new MemoryWorkers({ reads: 'the runner' });
  readonly host: WorkerHost;
  readonly events: string[] = [];
  /** Why its sessions are over. */
  readonly reasons: string[] = [];

  constructor(
    network: SimulatedNetwork,
    directory: Directory,
    { address, code = 'test', concurrency = 4 }: { address: string; code?: string; concurrency?: number },
  ) {
    this.host = new WorkerHost({
      address,
      directory,
      secret: SECRET,
      clock: this.process,
      gapMs: 4,
      openMailbox: network.mailboxOf(this.process),
      concurrency,
      workflows: () => [{ workflow: 'test', file: '/test/workflow.ts', code }],
      startWorker: () => this.workers.start,
      onSession: event => {
        this.events.push(event.type);
        if (event.type === 'ends') this.reasons.push(event.reason);
      },
    });
  }

  /** As when its machine loses power. */
  die(): void {
    this.process.die();
    for (const worker of this.workers.all) worker.isGone = true;
  }

  /** Indices of the batches that it was given. */
  get given(): number[] {
    return this.workers.all.flatMap(({ heard }) =>
      heard.flatMap(message => (message.type === 'job' ? [message.job.index] : [])),
    );
  }
}

/** Runs workflows with workers on other machines, over a network that is simulated. */
export class RemoteBench extends Bench {
  readonly clock = fastClock;
  readonly network: SimulatedNetwork;
  readonly directory = new MemoryDirectory();
  readonly process = new SimulatedProcess(fastClock);
  readonly machines: RemoteWorker[] = [];
  readonly logged: string[] = [];
  #definition: Definition | undefined;
  #remote: RemoteWorkers | undefined;

  constructor(seed = 1, options: Partial<RunEnvironment> = {}) {
    super(options);
    this.network = new SimulatedNetwork(fastClock, randomOf(seed));
    onTestFinished(() => this.leave());
  }

  /** Another machine comes. */
  async join(options: { code?: string; concurrency?: number } = {}): Promise<RemoteWorker> {
    const address = `machine-${this.machines.length + 1}`;
    const machine = new RemoteWorker(this.network, this.directory, { address, ...options });
    machine.workers.db = this.db;
    machine.workers.definition = this.#definition;
    this.machines.push(machine);
    await machine.host.open();
    return machine;
  }

  /** All machines go. */
  async leave(): Promise<void> {
    await Promise.all(this.machines.map(({ host }) => host.close()));
    await this.#remote?.close();
  }

  /** What is to be executed. Opens the coordinator's side of the queue. */
  async prepare(definition: Definition): Promise<void> {
    this.#definition = definition;
    for (const { workers } of this.machines) workers.definition = definition;
    if (this.#remote) return;
    const remote = new RemoteWorkers({
      address: 'coordinator',
      directory: this.directory,
      secret: SECRET,
      clock: this.process,
      gapMs: 4,
      openMailbox: this.network.mailboxOf(this.process),
      workflow: 'test',
      code: 'test',
    });
    await remote.open();
    this.#remote = remote;
  }

  override worker(definition: Definition): RunEnvironment {
    if (definition !== this.#definition) throw new Error('prepare it first');
    return {
      ...super.worker(definition),
      remoteWorkers: this.#remote,
      onLog: line => void this.logged.push(line.text),
    };
  }
}
