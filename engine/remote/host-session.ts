import { WORKER_PROTOCOL, type FromWorker } from '../run/workers/protocol.ts';
import type { StartWorker, WorkerLink } from '../run/workers/workers.ts';
import type { Link, LinkEvents } from './link.ts';
import type { JobGate, JobLane } from './job-gate.ts';
import type { FromHost, Hello, ToHost } from './session.ts';

/** The batches of a coordinator that is silent for so many ticks wait for it, and take no room from those of others. */
const QUIET_TICKS = 5;

/** What a session needs of its host. */
export interface SessionHost {
  isDraining(): boolean;
  drain(): void;
  /** Undefined: it has not got this workflow with this code. */
  starterOf(workflow: string, code: string): StartWorker | undefined;
  readonly gate: JobGate;
  /** A process executes this run, with the session. */
  readonly onBegin: (session: HostSession, run: string) => void;
  readonly onEnd: (session: HostSession, reason: string) => void;
}

/** A run that this worker executes batches of: a link with its coordinator, and a process for the author's code. */
export class HostSession implements LinkEvents<ToHost> {
  readonly #host: SessionHost;
  readonly #link: Link<FromHost, ToHost>;
  #hello: Hello | undefined;
  #worker: WorkerLink | undefined;
  readonly #jobs: JobLane;
  /** Of attempts of steps, since it began. */
  #executed = 0;
  #memoryBytes = 0;
  #isOver = false;

  constructor(host: SessionHost, link: Link<FromHost, ToHost>) {
    this.#host = host;
    this.#link = link;
    this.#jobs = host.gate.lane({
      onRelease: message => this.#worker?.send(message),
      onReturn: id => link.send({ type: 'returned', id }),
      onSlots: slots => link.send(slots),
      isHeard: () => link.silentTicks < QUIET_TICKS,
    });
  }

  get workflow(): string {
    return this.#hello?.workflow ?? '';
  }

  /** Unique in all stores. */
  get run(): string {
    return this.#hello?.run ?? '';
  }

  get inFlight(): number {
    return this.#jobs.executing;
  }

  get executed(): number {
    return this.#executed;
  }

  get memoryBytes(): number {
    return this.#memoryBytes;
  }

  /** The coordinator hands out no more, and ends the session when what is in flight has ended. */
  drain(): void {
    this.#jobs.returnAll();
    this.#link.send({ type: 'draining' });
  }

  close(reason: string): void {
    if (this.#isOver) return;
    this.#link.close();
    this.#end(reason);
  }

  readonly onMessage = (message: ToHost): void => {
    switch (message.type) {
      case 'hello':
        return this.#begin(message);
      case 'drain':
        return this.#host.drain();
      case 'slots':
        return this.#jobs.setSlots(message);
      case 'job':
        return this.#jobs.add(message);
      case 'abort':
        if (this.#jobs.abort(message.id)) return;
        break;
      case 'stop':
        this.#jobs.returnAll();
        break;
      case 'forget':
        this.#jobs.forget(message.place);
        break;
    }
    this.#worker?.send(message);
  };

  /** What the process has not told yet is executed again by another worker. */
  readonly onLost = (reason: string): void => this.#end(reason);

  #begin(hello: Hello): void {
    const { protocol, workflow, code } = hello;
    if (protocol !== WORKER_PROTOCOL)
      return this.#refuse(`it speaks version ${WORKER_PROTOCOL} of the protocol, not ${protocol}`);
    this.#host.onBegin(this, hello.run);
    if (this.#host.isDraining()) return this.#refuse('it is draining');
    const start = this.#host.starterOf(workflow, code);
    if (!start) return this.#refuse(`it has other code than the run for ${JSON.stringify(workflow)}`);
    this.#hello = hello;
    this.#worker = start({
      onMessage: message => this.#pass(message),
      onLost: reason => {
        if (!this.#isOver) this.#link.send({ type: 'lost', reason });
      },
    });
  }

  /** Its coordinator ends the link. */
  #refuse(reason: string): void {
    this.#link.send({ type: 'refused', reason });
  }

  #pass(message: FromWorker): void {
    if (this.#isOver) return;
    // For whoever looks on, and stored with its step: where there is too much of it, it waits for nobody.
    if (message.type === 'said' && !this.#link.hasRoom) return;
    if (message.type === 'beat') this.#memoryBytes = message.memoryBytes;
    if (message.type === 'bundle') {
      for (const { kind, scope, progress } of message.entries) {
        if (kind === 'end') this.#jobs.ended(scope);
        this.#executed += progress?.executed ?? 0;
      }
    }
    this.#link.send(message, this.#isWaitedFor(message));
  }

  /** Whether something goes on when the coordinator has it: a step, or a batch that it gives where others have ended. */
  #isWaitedFor(message: FromWorker): boolean {
    if (message.type !== 'bundle') return message.type !== 'beat' && message.type !== 'said';
    const hasOthers = this.#jobs.held > 0;
    return message.entries.some(({ kind, awaited }) => awaited || (kind === 'end' && !hasOthers));
  }

  #end(reason: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#jobs.close();
    this.#worker?.kill();
    this.#host.onEnd(this, reason);
  }
}
