import type { Database } from 'better-sqlite3';
import { BatchStatus, StepStatus } from '../../common/status.ts';
import { prepared } from './prepared-queries.ts';
import type { RerunBatch } from './rerun-reader.ts';
import { archiveStatement, nextAttemptStatement } from './run-writer.ts';

/** What a re-run writes when it reopens batches. Nothing is overwritten: earlier attempts stay readable. */
export class RerunWriter {
  readonly #db: Database;
  readonly #run: number;
  readonly #archive: ReturnType<typeof archiveStatement>;
  readonly #nextAttempt: ReturnType<typeof nextAttemptStatement>;

  constructor(db: Database, run: number) {
    this.#db = db;
    this.#run = run;
    this.#archive = archiveStatement(db);
    this.#nextAttempt = nextAttemptStatement(db);
  }

  /** Begins another attempt of a batch. One that waits is begun anyway. */
  reopenBatch({ scope, status }: RerunBatch): void {
    if (status === BatchStatus.waiting) return;
    this.#archive.run(this.#run, scope);
    this.#nextAttempt.run(BatchStatus.waiting, this.#run, scope);
  }

  /** Takes a batch out of use: its node creates it again, with the same index. */
  supersedeBatch({ scope, status }: RerunBatch): void {
    if (status !== BatchStatus.waiting) this.#archive.run(this.#run, scope);
    prepared<[number, number, number]>(this.#db, 'update batches set status = ? where run = ? and scope = ?').run(
      BatchStatus.superseded,
      this.#run,
      scope,
    );
  }

  /** Takes a round of a while out of use. Its index becomes free for the round that repeats it. */
  supersedeRound({ scope }: RerunBatch): void {
    prepared<[number, number, number]>(
      this.#db,
      'update batches set status = ?, idx = -scope where run = ? and scope = ?',
    ).run(BatchStatus.superseded, this.#run, scope);
  }

  supersedeStep(scope: number, node: number, attempt: number): void {
    prepared<[number, number, number, number, number]>(
      this.#db,
      'update steps set status = ? where run = ? and scope = ? and node = ? and attempt = ?',
    ).run(StepStatus.superseded, this.#run, scope, node, attempt);
  }

  /**
   * Forgets how far the items of the batch nodes of a scope are split, except those of `node` and of nodes that are done.
   * Also where nothing was split: a list that was empty may not be empty the next time.
   */
  forgetSplits(scope: number, node: number): void {
    prepared<[number, number, number, number]>(
      this.#db,
      `delete from splits where run = ? and parent = ? and node <> ?
       and not exists (select 1 from steps s
        where s.run = splits.run and s.scope = splits.parent and s.node = splits.node and s.status = ?)`,
    ).run(this.#run, scope, node, StepStatus.succeeded);
  }

  /** Forgets how far a node's items are split, wherever it stands. */
  forgetSplitsOf(node: number): void {
    prepared<[number, number]>(this.#db, 'delete from splits where run = ? and node = ?').run(this.#run, node);
  }

  /** Gives the current attempt of a batch other items, in the codec's text. Those of earlier attempts stay. */
  replaceItems(scope: number, count: number, items: string): void {
    prepared<[number, number, string, number, number]>(
      this.#db,
      'insert into batch_items (run, scope, attempt, items) select ?, ?, attempt, ? from batches where run = ? and scope = ?',
    ).run(this.#run, scope, items, this.#run, scope);
    prepared<[number, number, number]>(this.#db, 'update batches set items = ? where run = ? and scope = ?').run(
      count,
      this.#run,
      scope,
    );
  }
}
