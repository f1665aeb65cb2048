import type { Database } from 'better-sqlite3';
import { ItemTexts } from './item-texts.ts';
import { outputTextOf } from './output-pages.ts';
import { prepared } from './prepared-queries.ts';
import { outputText } from './step-queries.ts';

/* What tests ask of a run: all of it, where a screen asks for a page. */

/** An attempt of a step, with what it put out in the codec's text. */
export interface StepAttempt {
  readonly path: string;
  /** Of the nearest batch around it; null outside of batches. */
  readonly batch: number | null;
  readonly attempt: number;
  readonly status: number;
  readonly startedAt: number;
  readonly output: string | null;
  /** JSON of a StoredError. */
  readonly error: string | null;
}

/** All attempts of the nodes at these paths, in the order in which they were written. */
export function stepAttempts(db: Database, run: number, paths: readonly string[]): StepAttempt[] {
  const attempts = prepared<[number, string], StepAttempt>(
    db,
    `select n.path, b.idx as batch, s.attempt, s.status, s.started_at as startedAt, s.output, s.error
     from steps s join nodes n on n.run = s.run and n.node = s.node left join batches b on b.run = s.run and b.scope = s.scope
      where s.run = ? and n.path in (select value from json_each(?)) order by s.seq`,
  ).all(run, JSON.stringify(paths));
  return attempts.map(attempt => ({
    ...attempt,
    output: attempt.output === null ? null : outputTextOf(db, run, attempt.output),
  }));
}

/** What a batch has been created with, or been given since, and what its last step has put out, in the codec's text. */
export class BatchContents {
  readonly #db: Database;
  readonly #run: number;
  readonly #items: ItemTexts;

  constructor(db: Database, run: number) {
    this.#db = db;
    this.#run = run;
    this.#items = new ItemTexts(db, run);
  }

  itemsOf(scope: number): unknown[] {
    return this.#items.itemsOf(scope);
  }

  outputOf(scope: number): string | undefined {
    const last = prepared<[number, number], { node: number | null; attempt: number | null }>(
      this.#db,
      'select last_node as node, last_attempt as attempt from batches where run = ? and scope = ?',
    ).get(this.#run, scope);
    if (!last || last.node === null || last.attempt === null) return undefined;
    return outputText(this.#db, this.#run, scope, last.node, last.attempt);
  }
}
