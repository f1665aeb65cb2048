import type { Clock, Reading } from '../../engine/run/clock.ts';
import type { Mailbox, OpenMailbox } from '../../engine/remote/mailbox.ts';

export interface Faults {
  /** Chances of a letter, from 0 to 1. */
  readonly loss: number;
  readonly repeat: number;
  /** How long it takes: letters overtake each other where the two differ. */
  readonly leastMs: number;
  readonly mostMs: number;
}

export const NO_FAULTS: Faults = { loss: 0, repeat: 0, leastMs: 1, mostMs: 1 };

/** A process on the network, which can be stopped: its timers and letters wait then, as those of a stopped process do. */
export class SimulatedProcess implements Clock {
  readonly #clock: Clock;
  #isStopped = false;
  #isDead = false;
  #timers: (() => void)[] = [];
  #letters: (() => void)[] = [];
  isCut = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  now(): number {
    return this.#clock.now();
  }

  elapsed(): number {
    return this.#clock.elapsed();
  }

  reading(): Reading {
    return this.#clock.reading();
  }

  after(ms: number, call: () => void): () => void {
    let isCancelled = false;
    const due = () => {
      if (isCancelled || this.#isDead) return;
      if (this.#isStopped) this.#timers.push(due);
      else call();
    };
    this.#clock.after(ms, due);
    return () => {
      isCancelled = true;
    };
  }

  hear(letter: () => void): void {
    if (this.#isDead) return;
    if (this.#isStopped) this.#letters.push(letter);
    else letter();
  }

  stop(): void {
    this.#isStopped = true;
  }

  /** Timers come first, as in Node: so it ticks before it hears what has come meanwhile. */
  goOn(): void {
    this.#isStopped = false;
    for (const timer of this.#timers.splice(0)) timer();
    for (const letter of this.#letters.splice(0)) letter();
  }

  /** As after SIGKILL. */
  die(): void {
    this.#isDead = true;
  }

  get isDead(): boolean {
    return this.#isDead;
  }
}

/** A queue's server and the ways to it. Deterministic: by its clock, and by the chances it is given. */
export class SimulatedNetwork {
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #boxes = new Map<string, { readonly process: SimulatedProcess; readonly onLetter: (l: string) => void }>();
  /** Letters at the server whose process cannot fetch them now. */
  #kept: { readonly to: string; readonly letter: string }[] = [];
  #hanging: (() => void)[] = [];
  #generation = 0;
  faults: Faults = NO_FAULTS;
  /** The server is away: what is posted is refused, or waits until it is back. */
  #away: 'refuses' | 'hangs' | undefined;
  /** Every letter that was posted, for tests that forge some. */
  readonly posted: { readonly to: string; readonly letter: string }[] = [];

  constructor(clock: Clock, random: () => number = () => 0.5) {
    this.#clock = clock;
    this.#random = random;
  }

  /** The mailboxes of one process. */
  mailboxOf(process: SimulatedProcess): OpenMailbox {
    return async (address, onLetter): Promise<Mailbox> => {
      this.#boxes.set(address, { process, onLetter });
      return {
        address,
        post: (to, letter) => this.#post(process, to, letter),
        close: async () => void this.#boxes.delete(address),
      };
    };
  }

  /** The server goes away, or comes back with all it had. */
  set away(away: 'refuses' | 'hangs' | undefined) {
    this.#away = away;
    if (away) return;
    for (const post of this.#hanging.splice(0)) post();
    this.fetchKept();
  }

  /** The server loses all letters that it has. */
  empty(): void {
    this.#generation += 1;
    this.#kept = [];
  }

  /** Processes that were cut off, and are no longer, fetch what is there for them. */
  fetchKept(): void {
    for (const { to, letter } of this.#kept.splice(0)) this.deliver(to, letter);
  }

  /** Puts a letter at the door of a process. */
  deliver(to: string, letter: string): void {
    const box = this.#boxes.get(to);
    if (!box || box.process.isDead) return;
    if (this.#away || box.process.isCut) this.#kept.push({ to, letter });
    else box.process.hear(() => box.onLetter(letter));
  }

  async #post(process: SimulatedProcess, to: string, letter: string): Promise<void> {
    if (process.isDead) return;
    if (this.#away === 'hangs') await new Promise<void>(resolve => this.#hanging.push(resolve));
    if (process.isDead) return;
    if (this.#away || process.isCut) throw new Error('connect ECONNREFUSED');
    this.posted.push({ to, letter });
    const { loss, repeat } = this.faults;
    if (this.#random() < loss) return;
    this.#carry(to, letter);
    if (this.#random() < repeat) this.#carry(to, letter);
  }

  #carry(to: string, letter: string): void {
    const { leastMs, mostMs } = this.faults;
    const generation = this.#generation;
    this.#clock.after(leastMs + this.#random() * (mostMs - leastMs), () => {
      if (generation === this.#generation) this.deliver(to, letter);
    });
  }
}
