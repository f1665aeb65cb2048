import type { Database } from 'better-sqlite3';
import { BatchStatus } from '../../common/status.ts';
import { ItemPageReader } from './item-pages.ts';
import { outputBytes, outputIsInPages } from './output-pages.ts';
import { prepared, preparedColumn } from './prepared-queries.ts';
import { outputText } from './step-queries.ts';

/* Batches of one node in two runs of a store, side by side by their indices. */

/** Where the batches of a run stand: all in the workflow itself. */
export interface ComparedNode {
  readonly run: number;
  readonly node: number;
}

export interface ComparedLine {
  readonly idx: number;
  readonly scope: number;
  readonly status: number;
  readonly items: number;
  readonly attempt: number;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly lastNode: number | null;
  readonly lastAttempt: number | null;
  /** Bytes of its output; null where there is none. */
  readonly outputSize: number | null;
  readonly message: string | null;
}

/** The batches of a node from one index to another, in order. */
export function comparedLines(db: Database, { run, node }: ComparedNode, from: number, to: number): ComparedLine[] {
  return prepared<[object], ComparedLine>(
    db,
    `select b.idx, b.scope, b.status, b.items, b.attempt, b.started_at as startedAt, b.ended_at as endedAt,
       b.last_node as lastNode, b.last_attempt as lastAttempt, ${outputBytes('s.output')} as outputSize,
       substr(b.error ->> '$.message', 1, 300) as message
     from batches b left join steps s on s.run = b.run and s.scope = b.scope and s.node = b.last_node and s.attempt = b.last_attempt
     where b.run = @run and b.parent = 0 and b.node = @node and b.idx between @from and @to
       and b.status <> ${BatchStatus.superseded} order by b.idx`,
  ).all({ run, node, from, to });
}

/** How many batches a node has, in the workflow itself. */
export function batchesOfNode(db: Database, { run, node }: ComparedNode): number {
  return (
    preparedColumn<[number, number], number>(
      db,
      'select batches from splits where run = ? and node = ? and parent = 0',
    ).get(run, node) ?? 0
  );
}

/** Whether two batches have put out the same, as it is stored. */
export function haveSameOutput(db: Database, one: OutputOf, other: OutputOf): boolean {
  const found = prepared<[object], { same: 0 | 1; inPages: 0 | 1 }>(
    db,
    `select a.output is b.output as same, ${outputIsInPages('a.output')} or ${outputIsInPages('b.output')} as inPages
     from steps a join steps b
      on b.run = @otherRun and b.scope = @otherScope and b.node = @otherNode and b.attempt = @otherAttempt
      where a.run = @run and a.scope = @scope and a.node = @node and a.attempt = @attempt`,
  ).get({
    ...one,
    otherRun: other.run,
    otherScope: other.scope,
    otherNode: other.node,
    otherAttempt: other.attempt,
  });
  // Which pages an output is in says nothing of what is in them.
  return found?.inPages === 1 ? textOf(db, one) === textOf(db, other) : found?.same === 1;
}

function textOf(db: Database, { run, scope, node, attempt }: OutputOf): string | undefined {
  return outputText(db, run, scope, node, attempt);
}

interface OutputOf {
  readonly run: number;
  readonly scope: number;
  readonly node: number;
  readonly attempt: number;
}

/** Reads the items of batches of a run, which are asked for in order. */
export class ItemsInOrder {
  readonly #db: Database;
  readonly #run: number;
  readonly #pages: ItemPageReader;

  constructor(db: Database, run: number) {
    this.#db = db;
    this.#run = run;
    this.#pages = new ItemPageReader(db, run);
  }

  /** The items that the latest attempt of a batch begins with, in the codec's text. */
  textOf(scope: number, attempt: number): string | undefined {
    const isFirst = attempt === 1;
    // Only a later attempt can have others than the batch was created with; of an old store, the first has its own row, too.
    const own = preparedColumn<[number, number], string>(
      this.#db,
      'select items from batch_items where run = ? and scope = ? order by attempt desc limit 1',
    );
    if (!isFirst) return own.get(this.#run, scope) ?? this.#pages.textOf(scope);
    return this.#pages.textOf(scope) ?? own.get(this.#run, scope);
  }
}
