import type { Database } from 'better-sqlite3';
import type { BatchStatus } from '../../common/status.ts';
import { EndCounts, readTally, TALLY_LIMITS, writeTally, type OpenWork } from './tally.ts';

/**
 * Counts what a session writes, as it writes it, and writes the tally when it is due: at the end of a transaction. See
 * tally.ts.
 */
export class TallyWriter {
  readonly #db: Database;
  readonly #run: number;
  readonly #session: number;
  readonly #counts: EndCounts;
  readonly #mostCreated: number;
  #created = 0;
  #isDue = false;

  constructor(db: Database, run: number, session: number, { created } = TALLY_LIMITS) {
    this.#db = db;
    this.#run = run;
    this.#session = session;
    this.#mostCreated = created;
    this.#counts = readTally(db, run)?.counts ?? new EndCounts();
  }

  /** Nobody can tell from the rows alone what has just changed, or soon will: a tally is to be in the same transaction, or in one before. */
  due(): void {
    this.#isDue = true;
  }

  created(batches: number): void {
    this.#created += batches;
    if (this.#created > this.#mostCreated) this.#isDue = true;
  }

  batchEnded(node: number, status: BatchStatus, items: number): void {
    this.#counts.addBatches(node, status, 1, items);
  }

  /** A batch that had ended is to be executed again. */
  batchReopened(node: number, status: BatchStatus, items: number): void {
    this.#counts.addBatches(node, status, -1, -items);
  }

  stepSucceeded(node: number): void {
    this.#counts.addSteps(node, 1);
  }

  /**
   * At the end of a transaction.
   * @param work How the run is after all that it has asked to be written, and nothing else
   */
  writeIfDue(position: number, work: () => OpenWork): void {
    if (!this.#isDue) return;
    this.#isDue = false;
    this.#created = 0;
    writeTally(this.#db, this.#run, { counts: this.#counts, session: this.#session, position, ...work() });
  }
}
