import { decode } from '../../store/codec.ts';
import type { RerunBatch, RerunReader } from '../../store/rerun-reader.ts';
import type { RerunWriter } from '../../store/rerun-writer.ts';
import { BatchStatus } from '../../../common/status.ts';
import { RerunError } from './request.ts';
import type { RunNodes } from './run-nodes.ts';
import type { StateReversal } from './state-reversal.ts';

/** Reopens batches, and takes out of use what depends on them. Nothing is overwritten: earlier attempts stay. */
export class Reopening {
  /** Paths of the nodes that are executed again although they had succeeded. */
  readonly repeats = new Set<string>();
  readonly #stored: RerunReader;
  readonly #writer: RerunWriter;
  readonly #state: StateReversal;
  readonly #nodes: RunNodes;
  readonly #opened = new Map<number, RerunBatch>();

  constructor(stored: RerunReader, writer: RerunWriter, state: StateReversal, nodes: RunNodes) {
    this.#stored = stored;
    this.#writer = writer;
    this.#state = state;
    this.#nodes = nodes;
  }

  /** The batches that are re-run. */
  get opened(): readonly RerunBatch[] {
    return [...this.#opened.values()];
  }

  /** Opens a batch for another attempt, with everything in it or with what failed in it; and opens what it stands in. */
  open(batch: RerunBatch, inside: 'all' | 'failed'): void {
    this.#open(batch, inside);
  }

  /** The batch's next attempt has other items; those of earlier attempts stay. @throws RerunError */
  replaceItems({ scope }: RerunBatch, text: string): void {
    const items = decode(text);
    if (!Array.isArray(items)) throw new RerunError('The items of a batch are an array.');
    this.#writer.replaceItems(scope, items.length, text);
  }

  /** Repeats a step of the workflow itself, and everything after it. */
  repeatFrom(node: number): void {
    const position = this.#stored.latestAttempt(0, node);
    if (position === undefined) return;
    // The members of a parallel or race ended before it did.
    const members = this.#nodes.inside(node).map(member => this.#stored.checkpoint(0, member) ?? position);
    this.#repeatSince(0, Math.min(position, ...members), node, 'with node');
  }

  /** Takes all work of a node out of use, and of what stands in it. It stays on record, and nothing is executed for it. */
  discard(node: number): void {
    for (const inner of [node, ...this.#nodes.inside(node)]) {
      for (const batch of this.#stored.batchesOf(inner)) this.#supersedeBatch(batch);
      for (const { scope, attempt } of this.#stored.resultsOf(inner)) this.#supersedeStep(scope, inner, attempt);
      this.#writer.forgetSplitsOf(inner);
    }
  }

  #open(batch: RerunBatch, inside: 'all' | 'failed' | 'opened'): void {
    if (this.#opened.has(batch.scope)) return;
    // A batch that was opened before it may have taken it out of use: then its node creates it again.
    if (this.#stored.batch(batch.scope)?.status === BatchStatus.superseded) return;
    this.#opened.set(batch.scope, batch);
    this.#writer.reopenBatch(batch);
    if (inside === 'all') this.#supersedeInside(batch.scope);
    if (inside === 'failed')
      for (const inner of this.#stored.batchesIn(batch.scope)) {
        if (inner.status === BatchStatus.failed || inner.status === BatchStatus.cancelled) this.#open(inner, 'failed');
      }
    this.#openAround(batch);
  }

  /**
   * The node of a reopened batch is not done any more: what came after it is repeated, and the scope it stands in is
   * open, too.
   */
  #openAround(batch: RerunBatch): void {
    const { node, parent } = batch;
    const position = this.#stored.checkpoint(parent, node);
    // Without a checkpoint of the node, nothing after it was executed.
    if (position !== undefined) this.#repeatSince(parent, position, node, 'without node');
    if (this.#nodes.isWhile(node)) {
      for (const round of this.#stored.roundsAfter(batch)) this.#supersedeBatch(round);
    }
    const around = parent === 0 ? undefined : this.#stored.batch(parent);
    if (around) this.#open(around, 'opened');
  }

  #repeatSince(parent: number, position: number, node: number, how: 'with node' | 'without node'): void {
    const withNode = how === 'with node';
    for (const step of this.#stored.checkpointsSince(parent, position)) {
      if (step.node !== node || withNode) this.repeats.add(this.#nodes.path(step.node));
      this.#supersedeStep(parent, step.node, step.attempt);
    }
    // A batch node that still has a checkpoint came before; all others of the scope come after, whether they were done or not.
    for (const inner of this.#stored.batchesIn(parent)) {
      const comesBefore = inner.node === node ? !withNode : this.#stored.checkpoint(parent, inner.node) !== undefined;
      if (comesBefore) continue;
      this.repeats.add(this.#nodes.path(inner.node));
      this.#supersedeBatch(inner);
    }
    this.#writer.forgetSplits(parent, node);
  }

  /** Takes all results inside a batch out of use. They stay readable. */
  #supersedeInside(scope: number): void {
    for (const { node, attempt } of this.#stored.checkpointsSince(scope, 0)) this.#supersedeStep(scope, node, attempt);
    for (const inner of this.#stored.batchesIn(scope)) this.#supersedeBatch(inner);
    this.#writer.forgetSplits(scope, 0);
  }

  #supersedeBatch(batch: RerunBatch): void {
    this.#supersedeInside(batch.scope);
    this.#opened.delete(batch.scope);
    if (this.#nodes.isWhile(batch.node)) this.#writer.supersedeRound(batch);
    else this.#writer.supersedeBatch(batch);
  }

  #supersedeStep(scope: number, node: number, attempt: number): void {
    this.#writer.supersedeStep(scope, node, attempt);
    this.#state.takeBack(scope, node, attempt);
  }
}
