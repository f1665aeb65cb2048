import type { Database } from 'better-sqlite3';
import { hasBatches } from '../../common/node-kinds.ts';
import { BatchStatus, StepStatus } from '../../common/status.ts';
import { STATUS_AT_REST } from './at-rest.ts';
import { decode } from './codec.ts';
import { CheckpointPages } from './checkpoint-pages.ts';
import type { BatchPredicate } from './batch-predicate.ts';
import { splitTotals } from './split-totals.ts';
import { matchingScopes } from './batch-queries.ts';
import { prepared, preparedColumn } from './prepared-queries.ts';
import type { RerunChanges } from './rerun-changes.ts';
import { itemsText } from './step-queries.ts';
import { graphText, nodesOf, type NodeLine } from './run-queries.ts';
import type { EndCounts } from './tally.ts';
import { endCountsNow } from './tally-now.ts';
import { currentFindingsOf, type BatchFinding } from './findings.ts';
import { itemsGone, scopesSetAside, valueSetAside } from './set-aside.ts';
import { batchSizes } from '../workflow/graph.ts';
import { parseStoredGraph } from './parse-stored.ts';

/** A batch, or a round of a while, that a re-run may touch. */
export interface RerunBatch {
  readonly scope: number;
  readonly node: number;
  readonly parent: number;
  readonly index: number;
  readonly items: number;
  /** A BatchStatus. What was in flight when its process ended waits. */
  readonly status: number;
}

/** The way that an `if` took in a scope. */
export interface TakenWay {
  readonly scope: number;
  readonly attempt: number;
  /** The name of the branch. */
  readonly way: string;
}

const COLUMNS = `scope, node, parent, idx as "index", items, ${STATUS_AT_REST} as status`;

/**
 * What a re-run reads of a run to find what it touches, as if its changes were written already. Each question costs what
 * its answer is large: a run may have a million batches that a re-run does not touch.
 */
export class RerunReader {
  readonly #db: Database;
  readonly run: number;
  readonly #run: number;
  readonly #changes: RerunChanges;
  readonly #checkpoints: CheckpointPages;
  /** What has ended, as the tally has it; undefined where the run has none. */
  readonly #ended: EndCounts | undefined;

  constructor(db: Database, run: number, changes: RerunChanges) {
    this.#db = db;
    this.run = run;
    this.#run = run;
    this.#changes = changes;
    this.#checkpoints = new CheckpointPages(db, run);
    this.#ended = endCountsNow(db, run);
  }

  /** The items of a batch's latest attempt, in the codec's text. */
  itemsOf(scope: number): string | undefined {
    return itemsText(this.#db, this.#run, scope, undefined);
  }

  /** What was found at fault in the latest attempt of a batch that has failed. */
  findingsOf(scope: number): BatchFinding[] {
    return currentFindingsOf(this.#db, this.#run, scope);
  }

  /** What is set aside of a batch: indices among the items that it was created with. */
  itemsGone(scope: number): number[] {
    return itemsGone(this.#db, this.#run, scope);
  }

  /** An item that is set aside, in the codec's text. */
  valueSetAside(scope: number, item: number): string {
    return valueSetAside(this.#db, this.#run, scope, item);
  }

  /** The batches of which items are set aside. */
  scopesSetAside(): number[] {
    return scopesSetAside(this.#db, this.#run);
  }

  /** The place of an item in the source of its batch node: all batches before the last one are full. */
  positionOf({ node, index, parent }: RerunBatch, item: number): number {
    const graph = graphText(this.#db, this.#run);
    const path = nodesOf(this.#db, this.#run).find(other => other.node === node)?.path ?? '';
    const drawn = graph === undefined ? undefined : batchSizes(parseStoredGraph(graph).nodes).get(path);
    return index * (drawn ?? this.#fullSize(node, parent)) + item;
  }

  #fullSize(node: number, parent: number): number {
    return (
      preparedColumn<[number, number, number], number>(
        this.#db,
        'select (items + batches - 1) / max(1, batches) from splits where run = ? and node = ? and parent = ?',
      ).get(this.#run, node, parent) ?? 1
    );
  }

  nodes(): NodeLine[] {
    return nodesOf(this.#db, this.#run).map(node => this.#changes.node(node));
  }

  /** The nodes as they are stored, before any change. */
  nodesBefore(): NodeLine[] {
    return nodesOf(this.#db, this.#run);
  }

  runStatus(): string | undefined {
    return preparedColumn<[number], string>(this.#db, 'select status from runs where id = ?').get(this.#run);
  }

  batch(scope: number): RerunBatch | undefined {
    const stored = prepared<[number, number], RerunBatch>(
      this.#db,
      `select ${COLUMNS} from batches where run = ? and scope = ?`,
    ).get(this.#run, scope);
    return stored && this.#changes.batch(stored);
  }

  /** The failed batches of a node. There is an index of them. */
  failedBatches(node: number): RerunBatch[] {
    return this.#inUse(
      prepared<[number, number], RerunBatch>(
        this.#db,
        `select ${COLUMNS} from batches where run = ? and node = ? and status = ${BatchStatus.failed} order by scope`,
      ).iterate(this.#run, node),
    );
  }

  batchesWith(node: number, status: BatchStatus): RerunBatch[] {
    if (status === BatchStatus.failed) return this.failedBatches(node);
    // The tally does not have the rounds of a while, of which there are few.
    if (status === BatchStatus.cancelled && this.#isBatchNode(node) && this.#ended?.of(node, status).batches === 0)
      return [];
    return this.#inUse(
      prepared<[number, number, number], RerunBatch>(
        this.#db,
        `select ${COLUMNS} from batches where run = ? and node = ? and status = ? order by scope`,
      ).iterate(this.#run, node, status),
    );
  }

  /** The batches of a node that are in use. */
  batchesOf(node: number): RerunBatch[] {
    return this.#inUse(
      prepared<[number, number, number], RerunBatch>(
        this.#db,
        `select ${COLUMNS} from batches where run = ? and node = ? and status <> ? order by scope`,
      ).iterate(this.#run, node, BatchStatus.superseded),
    );
  }

  /**
   * Those of them that have one of these indices.
   * @param parent The scope that all of them stand in, where that is known.
   */
  batchesAt(node: number, indices: readonly number[], parent: number | undefined): RerunBatch[] {
    const wanted = new Set(indices);
    if (parent === undefined) return this.batchesOf(node).filter(({ index }) => wanted.has(index));
    const at = prepared<[number, number, number, number, number], RerunBatch>(
      this.#db,
      `select ${COLUMNS} from batches where run = ? and parent = ? and node = ? and idx = ? and status <> ?`,
    );
    const found = [...wanted].flatMap(index => at.all(this.#run, parent, node, index, BatchStatus.superseded));
    return this.#inUse(found.toSorted((a, b) => a.scope - b.scope));
  }

  /** Those of them that meet all conditions, by the rule of the table of batches. */
  batchesMatching(node: number, where: BatchPredicate): RerunBatch[] {
    const scopes = matchingScopes(this.#db, this.#run, node, where, false);
    const found = scopes.toSorted((a, b) => a - b).flatMap(scope => this.batch(scope) ?? []);
    return found.filter(({ status }) => status !== BatchStatus.superseded);
  }

  /** The batches or rounds of a node that stand in a scope and are in use. */
  batchesIn(scope: number, node: number): RerunBatch[] {
    return this.#inUse(
      prepared<[number, number, number, number], RerunBatch>(
        this.#db,
        `select ${COLUMNS} from batches where run = ? and parent = ? and node = ? and status <> ?`,
      ).iterate(this.#run, scope, node, BatchStatus.superseded),
    );
  }

  roundsAfter({ node, parent, index }: RerunBatch): RerunBatch[] {
    return this.#inUse(
      prepared<[number, number, number, number], RerunBatch>(
        this.#db,
        `select ${COLUMNS} from batches where run = ? and node = ? and parent = ? and idx > ?`,
      ).iterate(this.#run, node, parent, index),
    );
  }

  /** Whether the items of a node in a scope have been split, or have begun to be. */
  isSplit(node: number, parent: number): boolean {
    return (
      preparedColumn<[number, number, number], number>(
        this.#db,
        'select 1 from splits where run = ? and node = ? and parent = ?',
      ).get(this.#run, node, parent) !== undefined
    );
  }

  /** The scopes in which the items of a node have been split. */
  splitsOf(node: number): number[] {
    return preparedColumn<[number, number], number>(
      this.#db,
      'select parent from splits where run = ? and node = ?',
    ).all(this.#run, node);
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
    if (this.#changes.isStepSuperseded(scope, node)) return undefined;
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
    )
      .all(this.#run, scope, position, StepStatus.succeeded)
      .filter(({ node }) => !this.#changes.isStepSuperseded(scope, node));
  }

  /** The results of a node that are in use, wherever they stand. */
  resultsOf(node: number): { scope: number; attempt: number }[] {
    return prepared<[number, number, number], { scope: number; attempt: number }>(
      this.#db,
      'select scope, attempt from steps where run = ? and node = ? and status = ?',
    )
      .all(this.#run, node, StepStatus.succeeded)
      .filter(({ scope }) => !this.#changes.isStepSuperseded(scope, node));
  }

  /** Those of them that stand in the workflow itself, or in a batch that has not succeeded: they may still be read. */
  unfinishedResultsOf(node: number): { scope: number; attempt: number }[] {
    return this.resultsOf(node).filter(({ scope }) => this.#isUnfinished(scope));
  }

  /** The ways that an `if` took where it may still be continued. */
  waysTaken(node: number): TakenWay[] {
    const output = preparedColumn<[number, number, number, number], string | null>(
      this.#db,
      'select output from steps where run = ? and scope = ? and node = ? and attempt = ?',
    );
    return this.unfinishedResultsOf(node).flatMap(({ scope, attempt }): TakenWay[] => {
      const text = output.get(this.#run, scope, node, attempt);
      const way = this.#changes.wayOf(node, scope) ?? (typeof text === 'string' ? decode(text) : null);
      return typeof way === 'string' ? [{ scope, attempt, way }] : [];
    });
  }

  #isUnfinished(scope: number): boolean {
    if (scope === 0) return true;
    const status = this.batch(scope)?.status;
    return status !== BatchStatus.succeeded && status !== BatchStatus.superseded;
  }

  /** The nodes of the workflow itself whose latest attempt failed. */
  failedSteps(): number[] {
    return preparedColumn<[number, number], number>(
      this.#db,
      `select node from steps f where run = ? and scope = 0 and status = ?
       and attempt = (select max(attempt) from steps s where s.run = f.run and s.scope = 0 and s.node = f.node)`,
    ).all(this.#run, StepStatus.failed);
  }

  succeededBatches(node: number): number {
    const stored =
      this.#ended?.of(node, BatchStatus.succeeded).batches ??
      preparedColumn<[number, number, number], number>(
        this.#db,
        'select count(*) from batches where run = ? and node = ? and status = ?',
      ).get(this.#run, node, BatchStatus.succeeded) ??
      0;
    return stored - this.#changes.succeededBefore(node);
  }

  /** How many batches of a node have not ended, and are touched by no change: they run when the run goes on. */
  waitingBatches(node: number): number {
    const stored = this.#ended ? this.#created(node) - this.#ended.ended(node) : this.#countWaiting(node);
    return stored - this.#changes.waitingBefore(node);
  }

  #created(node: number): number {
    return splitTotals(this.#db, this.#run).find(total => total.node === node)?.batches ?? 0;
  }

  /** It reads all batches of the run. */
  #countWaiting(node: number): number {
    return (
      preparedColumn<[number, number], number>(
        this.#db,
        `select count(*) from batches where run = ? and node = ? and ${STATUS_AT_REST} = ${BatchStatus.waiting}`,
      ).get(this.#run, node) ?? 0
    );
  }

  /** The steps of a scope that have succeeded, of whichever node. */
  checkpointsIn(scope: number): { node: number; attempt: number }[] {
    return this.#checkpoints.in(scope).filter(({ node }) => !this.#changes.isStepSuperseded(scope, node));
  }

  #isBatchNode(node: number): boolean {
    return this.nodesBefore().some(other => other.node === node && hasBatches(other.kind));
  }

  #inUse(batches: Iterable<RerunBatch>): RerunBatch[] {
    const found: RerunBatch[] = [];
    for (const stored of batches) {
      const batch = this.#changes.batch(stored);
      if (batch.status !== BatchStatus.superseded) found.push(batch);
    }
    return found;
  }
}
