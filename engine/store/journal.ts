import type { Database, Statement } from 'better-sqlite3';
import { LogPosition } from './log-position.ts';
import { BUSY_TIMEOUT_MS, storeError } from './open.ts';
import { isBusy, REST_MS } from './when-free.ts';
import { debugJournal } from '../debug.ts';
import { failpoint } from '../failpoints.ts';

/** How long SQLite itself may wait for a lock, and with it the whole process, which then works for a while before it tries again. */
const TURN_MS = 50;
/** A wait that is worth a word. */
const TELL_AFTER_MS = 1_000;
/** How long the event loop may stand still while one transaction follows the other. */
const LONGEST_STANDSTILL_MS = 5;
/**
 * The most that SQLite keeps of the store in memory. A run writes at its end, and reads little of what it has written; with
 * better-sqlite3's own 16 MB, 600,000 streamed items took 1.20 times the memory of 100,000, which had not filled them, and with
 * these 1.10, in the same processor time, as had 30,000 batches with a re-run of 1,000 of them.
 */
const PAGE_CACHE_KB = 4_096;
const NOTHING_TO_WAIT_FOR = Promise.resolve();

export interface JournalOptions {
  readonly onFailure: (error: unknown) => void;
  /** Another program has held the store for a while: it is being waited for. */
  readonly onWait?: (() => void) | undefined;
  /** Called first in each transaction: what it throws is the failure, and nothing of the transaction is stored. */
  readonly fence?: (() => void) | undefined;
  /** Called last in each transaction, after all writes that were asked for: no other one waits then. */
  readonly beforeCommit?: (() => void) | undefined;
  /** Called after each transaction that was committed. */
  readonly onCommit?: (() => void) | undefined;
  /** How long another program may hold the store. @default 15 s */
  readonly busyTimeoutMs?: number | undefined;
  /** Whether code is being executed that will write: until the event loop turns, that is waited for. @default always */
  readonly isBusy?: (() => boolean) | undefined;
  /** Milliseconds since some moment: tells how long the event loop has stood still. @default performance.now */
  readonly elapsed?: (() => number) | undefined;
}

/**
 * The write path. Writes asked for in one turn of the event loop, by however many batches, are one transaction:
 * with 50 batches in flight a checkpoint costs a small part of a transaction of its own (bench/steps.ts). Where nobody is
 * left who could write in this turn, the transaction does not wait for its end.
 *
 * Whoever must not go on before its writes are durable awaits `committed()`. After the first failed transaction the
 * journal stays failed: a run whose checkpoints cannot be stored must not go on.
 *
 * While another program holds the store, the process goes on: steps in flight come to their end, timeouts are told from
 * waits, and a stop is heard. Only checkpoints wait.
 */
export class Journal {
  readonly #db: Database;
  readonly #begin: Statement;
  readonly #commit: Statement;
  readonly #file: string;
  readonly #options: JournalOptions;
  readonly #elapsed: () => number;
  #pending: (() => void)[] = [];
  /** Of those who wait for what is pending. */
  #group: PromiseWithResolvers<void> | undefined;
  readonly #position: LogPosition;
  #isScheduled = false;
  /** When the event loop was last seen to turn. */
  #turnedAt = -Infinity;
  #failure: { readonly error: unknown } | undefined;
  /** Since when another program has held the store. */
  #busySince: number | undefined;
  #hasToldOfWait = false;

  constructor(db: Database, file: string, options: JournalOptions) {
    this.#db = db;
    this.#position = new LogPosition(db);
    this.#begin = db.prepare('begin immediate');
    this.#commit = db.prepare('commit');
    this.#file = file;
    this.#options = options;
    this.#elapsed = options.elapsed ?? (() => performance.now());
    db.pragma(`busy_timeout = ${TURN_MS}`);
    db.pragma(`cache_size = -${PAGE_CACHE_KB}`);
  }

  /** Adds a write to this turn's transaction. It runs later, synchronously, and must not read what it has not written. */
  write(statement: () => void): void {
    this.#pending.push(statement);
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    queueMicrotask(this.#schedule);
  }

  /** Resolves when everything written so far is in the store. Rejects with a StoreError. */
  committed(): Promise<void> {
    if (this.#failure) return Promise.reject(this.#failure.error as Error);
    return this.#isScheduled ? (this.#group ??= Promise.withResolvers()).promise : NOTHING_TO_WAIT_FOR;
  }

  /** Whether all that was written is in the store. */
  get isSettled(): boolean {
    return !this.#isScheduled;
  }

  /** Nothing more is to be written. */
  rest(): void {
    this.#position.release();
  }

  /** After all promises that have settled: what they set in motion has written, too. */
  readonly #schedule = (): void => process.nextTick(this.#commitOrTurn);

  /**
   * Commits at once where nothing can add to the transaction: whatever could waits for it. Turning the event loop costs a
   * system call, and giving up the place in the log four. Measured with the job of bench/queue.ts, one batch at a time: 4
   * system calls for locks and polling a batch instead of 7.
   */
  readonly #commitOrTurn = (): void => {
    const isBusy = this.#options.isBusy?.() ?? true;
    if (!isBusy && this.#elapsed() - this.#turnedAt < LONGEST_STANDSTILL_MS) this.#flush('keep');
    else setImmediate(this.#commitAfterTurn);
  };

  readonly #commitAfterTurn = (): void => {
    this.#turnedAt = this.#elapsed();
    this.#position.release();
    this.#flush();
  };

  readonly #release = (): void => this.#position.release();

  #flush(position?: 'keep'): void {
    let begun: 'begun' | 'busy' | { readonly thrown: unknown };
    try {
      failpoint('before-commit');
      if (this.#failure) throw this.#failure.error;
      begun = this.#position.isKept && this.#continues() ? 'begun' : this.#begins();
    } catch (thrown) {
      begun = { thrown };
    }
    if (begun === 'busy') {
      setTimeout(() => this.#flush(), REST_MS);
      return;
    }
    const writes = this.#pending;
    const group = this.#group;
    this.#pending = [];
    this.#group = undefined;
    this.#isScheduled = false;
    try {
      if (begun !== 'begun') throw begun.thrown;
      this.#transact(writes, position);
      group?.resolve();
    } catch (thrown) {
      const error = storeError(this.#file, thrown);
      if (!this.#failure) {
        debugJournal('%s: failed with %d writes: %s', this.#file, writes.length, error);
        this.#failure = { error };
        this.#options.onFailure(error);
      }
      group?.reject(error);
    }
  }

  /** Begins a transaction where the last one has ended: true, unless another process has written since, or does now. */
  #continues(): boolean {
    try {
      this.#begin.run();
      return true;
    } catch {
      this.#position.release();
      return false;
    }
  }

  /** Begins a transaction; not while another program has one. @throws when that has taken too long */
  #begins(): 'begun' | 'busy' {
    try {
      this.#begin.run();
      this.#busySince = undefined;
      return 'begun';
    } catch (error) {
      if (!isBusy(error)) throw error;
      this.#busySince ??= performance.now();
      const waited = performance.now() - this.#busySince;
      if (waited >= (this.#options.busyTimeoutMs ?? BUSY_TIMEOUT_MS)) throw error;
      if (waited >= TELL_AFTER_MS && !this.#hasToldOfWait) {
        debugJournal('%s: another program has held the store for %d ms', this.#file, waited);
        this.#hasToldOfWait = true;
        this.#options.onWait?.();
      }
      return 'busy';
    }
  }

  #transact(writes: readonly (() => void)[], position: 'keep' | undefined): void {
    try {
      if (!this.#position.isKept) {
        this.#options.fence?.();
        if (position === 'keep') {
          this.#position.keep();
          setImmediate(this.#release);
        }
      }
      for (const write of writes) write();
      this.#options.beforeCommit?.();
      failpoint('in-transaction');
      this.#commit.run();
    } catch (error) {
      this.#position.release();
      // SQLite has rolled back by itself after some errors, such as a full disk.
      if (this.#db.inTransaction) this.#db.exec('rollback');
      throw error;
    }
    failpoint('after-commit');
    this.#options.onCommit?.();
  }
}
