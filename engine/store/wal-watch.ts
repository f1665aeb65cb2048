import { statSync } from 'node:fs';
import type { StoreDatabase } from './open.ts';

/** A log that is this long has not been shortened for a long time. */
const LONG_BYTES = 256 * 1024 * 1024;

/**
 * Watches how long the write-ahead log of a store is. SQLite writes changes into it and moves them into the store at
 * checkpoints, but not those that came after the beginning of a read that has not ended. Ours are short; a program that keeps a read open
 * makes the log grow for as long as it does, and nobody can prevent that.
 */
export class WalWatch {
  readonly #db: StoreDatabase;
  readonly #file: string;
  readonly #longBytes: number;
  #isLong = false;

  constructor(db: StoreDatabase, file: string, longBytes: number = LONG_BYTES) {
    this.#db = db;
    this.#file = file;
    this.#longBytes = longBytes;
  }

  /** What there is to say, once each time that the log has become long because of a reader. */
  check(): string | undefined {
    try {
      return this.#look();
    } catch {
      // What is wrong with the store ends the run at its next commit, with a reason. This is only a look.
      return undefined;
    }
  }

  #look(): string | undefined {
    const bytes = statSync(`${this.#file}-wal`, { throwIfNoEntry: false })?.size ?? 0;
    if (bytes < this.#longBytes) {
      this.#isLong = false;
      return undefined;
    }
    if (this.#isLong || !this.#isHeldByReader()) return undefined;
    this.#isLong = true;
    return (
      `${this.#file}-wal has grown to ${Math.round(bytes / 1e6)} MB, because some program has been reading the store for a long ` +
      `time without a break. It becomes short again when that program ends its read. The run goes on.`
    );
  }

  /** A checkpoint moves all that no reader is in the way of. */
  #isHeldByReader(): boolean {
    const [moved] = this.#db.pragma('wal_checkpoint(PASSIVE)') as { log: number; checkpointed: number }[];
    return moved !== undefined && moved.checkpointed < moved.log;
  }
}
