import type { Database } from 'better-sqlite3';
import { BatchStatus, StepStatus } from '../../common/status.ts';
import type { BatchPredicate } from './batch-predicate.ts';
import { matchingScopes } from './batch-queries.ts';
import { prepared, preparedColumn } from './prepared-queries.ts';
import { nodesOf, type NodeLine } from './run-queries.ts';

/** A batch, or a round of a while, that a re-run may touch. */
export interface RerunBatch {
  readonly scope: number;
  readonly node: number;
  readonly parent: number;
  readonly index: number;
  /** A BatchStatus. */
  readonly status: number;
}

const COLUMNS = 'scope, node, parent, idx as "index", status';

/** What a re-run reads of a run to find what it touches. */
export class RerunReader {
  readonly #db: Database;
  readonly #run: number;

  constructor(db: Database, run: number) {
    this.#db = db;
    this.#run = run;
  }

  nodes(): NodeLine[] {
    return nodesOf(this.#db, this.#run);
  }

  runStatus(): string | undefined {
    return preparedColumn<[number], string>(this.#db, 'select status from runs where id = ?').get(this.#run);
  }

  batch(scope: number): RerunBatch | undefined {
    return prepared<[number, number], RerunBatch>(
      this.#db,
      `select ${COLUMNS} from batches where run = ? and scope = ?`,
    ).get(this.#run, scope);
  }

  batchesWith(node: number, status: BatchStatus): RerunBatch[] {
    return prepared<[number, number, number], RerunBatch>(
      this.#db,
      `select ${COLUMNS} from batches where run = ? and node = ? and status = ? order by scope`,
    ).all(this.#run, node, status);
  }

  /** The batches of a node that are in use. */
  batchesOf(node: number): RerunBatch[] {
    return prepared<[number, number, number], RerunBatch>(
      this.#db,
      `select ${COLUMNS} from batches where run = ? and node = ? and status <> ? order by scope`,
    ).all(this.#run, node, BatchStatus.superseded);
  }

  /** Those of them that meet all conditions, by the rule of the table of batches. */
  batchesMatching(node: number, where: BatchPredicate): RerunBatch[] {
    const matching = new Set(matchingScopes(this.#db, this.#run, node, where, false));
    return this.batchesOf(node).filter(({ scope }) => matching.has(scope));
  }

  /** The batches and rounds that stand in a scope and are in use. */
  batchesIn(scope: number): RerunBatch[] {
    return prepared<[number, number], RerunBatch>(
      this.#db,
      `select ${COLUMNS} from batches where run = ? and parent = ? and status <> ${BatchStatus.superseded}`,
    ).all(this.#run, scope);
  }

  roundsAfter({ node, parent, index }: RerunBatch): RerunBatch[] {
    return prepared<[number, number, number, number], RerunBatch>(
      this.#db,
      `select ${COLUMNS} from batches where run = ? and node = ? and parent = ? and idx > ?`,
    ).all(this.#run, node, parent, index);
  }

  /** When the latest attempt of a node in a scope was written, as a position in the run's journal. */
  latestAttempt(scope: number, node: number): number | undefined {
    return preparedColumn<[number, number, number], number>(
      this.#db,
      'select max(seq) from steps where run = ? and scope = ? and node = ? group by node',
    ).get(this.#run, scope, node);
  }

  /** When a node of a scope succeeded, as a position in the run's journal; undefined where it has not. */
  checkpoint(scope: number, node: number): number | undefined {
    return preparedColumn<[number, number, number, number], number>(
      this.#db,
      'select seq from steps where run = ? and scope = ? and node = ? and status = ?',
    ).get(this.#run, scope, node, StepStatus.succeeded);
  }

  /** The steps of a scope that succeeded at this position of the journal or later. */
  checkpointsSince(scope: number, position: number): { node: number; attempt: number }[] {
    return prepared<[number, number, number, number], { node: number; attempt: number }>(
      this.#db,
      'select node, attempt from steps where run = ? and scope = ? and seq >= ? and status = ?',
    ).all(this.#run, scope, position, StepStatus.succeeded);
  }

  /** The nodes of the workflow itself whose latest attempt failed. */
  failedSteps(): number[] {
    return preparedColumn<[number, number], number>(
      this.#db,
      `select node from steps f where run = ? and scope = 0 and status = ?
       and attempt = (select max(attempt) from steps s where s.run = f.run and s.scope = 0 and s.node = f.node)`,
    ).all(this.#run, StepStatus.failed);
  }

  /** The results of a node that are in use, wherever they stand. */
  resultsOf(node: number): { scope: number; attempt: number }[] {
    return prepared<[number, number, number], { scope: number; attempt: number }>(
      this.#db,
      'select scope, attempt from steps where run = ? and node = ? and status = ?',
    ).all(this.#run, node, StepStatus.succeeded);
  }

  succeededBatches(node: number): number {
    return (
      preparedColumn<[number, number, number], number>(
        this.#db,
        'select count(*) from batches where run = ? and node = ? and status = ?',
      ).get(this.#run, node, BatchStatus.succeeded) ?? 0
    );
  }

  checkpointsIn(scope: number): number {
    return (
      preparedColumn<[number, number, number], number>(
        this.#db,
        'select count(*) from steps where run = ? and scope = ? and status = ?',
      ).get(this.#run, scope, StepStatus.succeeded) ?? 0
    );
  }
}
