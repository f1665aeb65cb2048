import { counted } from '../../common/format.ts';
import type { Clock } from '../run/clock.ts';
import { WORKER_PROTOCOL } from '../run/workers/protocol.ts';
import type { LossKind, RemoteRun, RemoteSource, StartWorker } from '../run/workers/workers.ts';
import type { Directory, WorkerCard } from './directory.ts';
import { Exchange, TICK_MS, type ExchangeOptions } from './exchange.ts';
import { KnownCards } from './known-cards.ts';
import type { FromHost, Hello, ToHost } from './session.ts';

/** At first, looks follow each other quickly: a card has to be seen twice before its worker is asked. */
const QUICK_LOOKS = 8;
const QUICK_LOOK_MS = 250;
/** Looks until a run that waits for a worker says so: workers that are there need a moment to begin. */
const LOOKS_UNTIL_SAID = QUICK_LOOKS + 2;
/** Looks until a worker that has refused the run, or was lost, is asked again. */
const LOOKS_UNTIL_AGAIN = 3;

export interface RemoteWorkersOptions extends Omit<ExchangeOptions, 'onTrouble' | 'onForeign'> {
  readonly directory: Directory;
  readonly clock: Clock;
  readonly workflow: string;
  /** What the code of the runner is: a worker has the same. */
  readonly code: string;
}

/** What the server, or the way to it, last said against a letter, or a look at the workers; and what its client knows of it. */
interface Trouble {
  readonly post?: string | undefined;
  readonly list?: string | undefined;
  readonly client?: string | undefined;
}

/** The workers on other machines, for the coordinator of a run: those that have its code, as they come and go. */
export class RemoteWorkers implements RemoteSource {
  readonly #options: RemoteWorkersOptions;
  readonly #cards = new KnownCards();
  /** Addresses of workers with which there is a session. */
  readonly #sessions = new Set<string>();
  /** Those that are not asked for so many looks. */
  readonly #resting = new Map<string, number>();
  readonly #exchange: Exchange<ToHost, FromHost>;
  #run: RemoteRun | undefined;
  #cancelLook: (() => void) | undefined;
  #looks = 0;
  #waited = 0;
  #said: string | undefined;
  #hasSaidForeign = false;
  #trouble: Trouble = {};

  constructor(options: RemoteWorkersOptions) {
    this.#options = options;
    this.#exchange = new Exchange<ToHost, FromHost>({
      ...options,
      onTrouble: error => this.#tellTrouble({ post: error?.message }),
      onForeign: () => this.#tellForeign(),
    });
  }

  /** @throws What the server, or the way to it, says against it */
  async open(): Promise<void> {
    await this.#exchange.open();
  }

  watch(run: RemoteRun): () => void {
    this.#run = run;
    this.#looks = 0;
    this.#waited = 0;
    void this.#look();
    return () => {
      if (this.#run !== run) return;
      this.#run = undefined;
      this.#cancelLook?.();
    };
  }

  /** What the client of the server knows of the way to it. @param reason Why it is away; undefined: it is there */
  noteServer(reason: string | undefined): void {
    this.#tellTrouble({ client: reason });
  }

  async close(): Promise<void> {
    this.#run = undefined;
    this.#cancelLook?.();
    await this.#exchange.close();
  }

  async #look(): Promise<void> {
    const run = this.#run;
    if (!run) return;
    const { directory, clock } = this.#options;
    try {
      this.#cards.look(await directory.list());
      this.#tellTrouble({ list: undefined });
    } catch (error) {
      // The server is away: what it had said of workers holds until it is back.
      this.#tellTrouble({ list: error instanceof Error ? error.message : String(error) });
    }
    if (this.#run !== run) return;
    this.#rest();
    const { alive } = this.#cards;
    for (const card of alive) if (this.#isFor(card, run)) this.#begin(card, run);
    run.onOtherCode(alive.filter(card => card.protocol === WORKER_PROTOCOL && !this.#hasCode(card)));
    this.#tellWaiting(run);
    this.#looks += 1;
    this.#cancelLook = clock.after(this.#looks < QUICK_LOOKS ? QUICK_LOOK_MS : TICK_MS, () => void this.#look());
  }

  #rest(): void {
    for (const [address, looks] of this.#resting) {
      if (looks <= 1) this.#resting.delete(address);
      else this.#resting.set(address, looks - 1);
    }
  }

  #hasCode({ workflows }: WorkerCard): boolean {
    return workflows.some(({ workflow, code }) => workflow === this.#options.workflow && code === this.#options.code);
  }

  #isFor(card: WorkerCard, run: RemoteRun): boolean {
    const { address, protocol, isDraining } = card;
    if (this.#sessions.has(address) || this.#resting.has(address) || run.isDrained(address)) return false;
    return protocol === WORKER_PROTOCOL && !isDraining && this.#hasCode(card);
  }

  #begin(card: WorkerCard, run: RemoteRun): void {
    this.#sessions.add(card.address);
    run.onWorker(this.#starter(card, run), card.concurrency);
  }

  #starter({ address, host, pid }: WorkerCard, { uid }: RemoteRun): StartWorker {
    return ({ onMessage, onLost, onDraining, onReturn, onSlots }) => {
      const lost = (reason: string, kind: LossKind) => {
        this.#sessions.delete(address);
        this.#resting.set(address, LOOKS_UNTIL_AGAIN);
        onLost(reason, kind);
      };
      const link = this.#exchange.begin(address, {
        onLost: reason => lost(reason, 'silent'),
        onMessage: message => {
          if (message.type === 'draining') return onDraining?.();
          if (message.type === 'returned') return onReturn?.(message.id);
          if (message.type === 'slots') return onSlots?.(message.place, message.number);
          if (message.type === 'refused') this.#resting.set(address, LOOKS_UNTIL_AGAIN);
          if (message.type !== 'lost') return onMessage(message);
          link.close();
          lost(message.reason, 'ended');
        },
      });
      const { workflow, code } = this.#options;
      const hello: Hello = { type: 'hello', protocol: WORKER_PROTOCOL, workflow, code, run: uid };
      link.send(hello);
      return {
        about: { host, pid, address },
        send: (message, isWaitedFor) => link.send(message, isWaitedFor),
        setSlots: (place, count, number) => link.send({ type: 'slots', place, count, number }),
        // See `Workers.isBusy`.
        hold: () => undefined,
        kill: why => {
          this.#sessions.delete(address);
          link.close(why);
        },
      };
    };
  }

  // What is told

  #tellWaiting(run: RemoteRun): void {
    this.#waited = run.isWaiting() ? this.#waited + 1 : 0;
    if (this.#waited === 0) this.#said = undefined;
    if (this.#waited < LOOKS_UNTIL_SAID) return;
    const text = `The run waits for a worker with its code: ${this.#whatIsThere()}.`;
    if (text === this.#said) return;
    this.#said = text;
    run.say('warn', text);
  }

  #whatIsThere(): string {
    const { alive } = this.#cards;
    if (alive.length === 0) return 'there is none at the queue';
    const otherVersion = alive.filter(({ protocol }) => protocol !== WORKER_PROTOCOL).length;
    const same = alive.filter(card => card.protocol === WORKER_PROTOCOL && this.#hasCode(card));
    const draining = same.filter(({ isDraining }) => isDraining).length;
    const parts = [
      { count: alive.length - otherVersion - same.length, words: ['has other code', 'have other code'] },
      { count: otherVersion, words: ['is of another version of Cronflow', 'are of another version of Cronflow'] },
      { count: draining, words: ['is draining', 'are draining'] },
      { count: same.length - draining, words: ['has it and does not answer', 'have it and do not answer'] },
    ] as const;
    return parts
      .filter(({ count }) => count > 0)
      .map(({ count, words }) => counted(count, words))
      .join(', ');
  }

  /** Once when it begins, and once when it is over. */
  #tellTrouble(change: Trouble): void {
    const before = reasonOf(this.#trouble);
    this.#trouble = { ...this.#trouble, ...change };
    const now = reasonOf(this.#trouble);
    if (now !== undefined && before === undefined)
      this.#run?.say('warn', `The queue's server does not answer: ${now}. The run goes on when it does.`);
    if (now === undefined && before !== undefined) this.#run?.say('info', "The queue's server answers again.");
  }

  #tellForeign(): void {
    if (this.#hasSaidForeign || !this.#run) return;
    this.#hasSaidForeign = true;
    this.#run.say(
      'warn',
      'Letters have come over the queue that are signed with another secret. They are not read. Do all workers have the ' +
        'CRONFLOW_QUEUE_SECRET of this run?',
    );
  }
}

function reasonOf({ client, post, list }: Trouble): string | undefined {
  return client ?? post ?? list;
}
