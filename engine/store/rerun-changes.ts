import { BatchStatus } from '../../common/status.ts';
import type { NodeLine } from './run-queries.ts';
import type { RerunBatch } from './rerun-reader.ts';

/** - `reopened`: it waits for another attempt. - `superseded`: out of use. - `round-superseded`: its index is free, too. */
export type BatchChange = 'reopened' | 'superseded' | 'round-superseded';

/** Other items for the next attempt of a batch, in the codec's text. */
export interface OtherItems {
  readonly scope: number;
  readonly count: number;
  readonly items: string;
}

/** An addition to a key of the run's state that is taken back, and the value the key has then, in the codec's text. */
export interface TakenBack {
  readonly key: string;
  readonly value: string;
  readonly by: number;
}

/**
 * What a re-run is about to write. It is gathered before anything is written, so that a plan needs no lock and changes
 * nothing; what is read through it is as if it were written already.
 */
export class RerunChanges {
  readonly #batches = new Map<number, { readonly batch: RerunBatch; readonly change: BatchChange }>();
  /** Scopes and attempts of superseded steps, by node. */
  readonly #steps = new Map<number, Map<number, number>>();
  /** How many batches of a node had succeeded and are reopened or superseded. */
  readonly #succeededBefore = new Map<number, number>();
  readonly #splits = new Map<number, Set<number>>();
  readonly #nodes = new Map<number, { path?: string; kind?: string }>();
  readonly #reverted = new Set<number>();
  readonly takenBack: TakenBack[] = [];
  items: OtherItems | undefined;

  change(batch: RerunBatch, change: BatchChange): void {
    const before = this.#batches.get(batch.scope);
    if (!before && batch.status === BatchStatus.succeeded)
      this.#succeededBefore.set(batch.node, this.succeededBefore(batch.node) + 1);
    this.#batches.set(batch.scope, { batch: before?.batch ?? batch, change });
  }

  supersedeStep(scope: number, node: number, attempt: number): void {
    let scopes = this.#steps.get(node);
    if (!scopes) this.#steps.set(node, (scopes = new Map()));
    scopes.set(scope, attempt);
  }

  forgetSplit(node: number, parent: number): void {
    const parents = this.#splits.get(node);
    if (parents) parents.add(parent);
    else this.#splits.set(node, new Set([parent]));
  }

  setPath(node: number, path: string): void {
    this.#nodes.set(node, { ...this.#nodes.get(node), path });
  }

  setKind(node: number, kind: string): void {
    this.#nodes.set(node, { ...this.#nodes.get(node), kind });
  }

  revert(stateWrite: number): void {
    this.#reverted.add(stateWrite);
  }

  // What is read through it

  node(node: NodeLine): NodeLine {
    const changed = this.#nodes.get(node.node);
    return changed ? { ...node, ...changed } : node;
  }

  batch<B extends RerunBatch>(batch: B): B {
    const changed = this.#batches.get(batch.scope);
    if (!changed) return batch;
    return { ...batch, status: changed.change === 'reopened' ? BatchStatus.waiting : BatchStatus.superseded };
  }

  isSuperseded(scope: number): boolean {
    const change = this.#batches.get(scope)?.change;
    return change !== undefined && change !== 'reopened';
  }

  isStepSuperseded(scope: number, node: number): boolean {
    return this.#steps.get(node)?.has(scope) === true;
  }

  succeededBefore(node: number): number {
    return this.#succeededBefore.get(node) ?? 0;
  }

  isReverted(stateWrite: number): boolean {
    return this.#reverted.has(stateWrite);
  }

  // What is written

  *batches(): Iterable<{ readonly batch: RerunBatch; readonly change: BatchChange }> {
    yield* this.#batches.values();
  }

  *steps(): Iterable<{ readonly scope: number; readonly node: number; readonly attempt: number }> {
    for (const [node, scopes] of this.#steps) for (const [scope, attempt] of scopes) yield { scope, node, attempt };
  }

  *splits(): Iterable<{ readonly node: number; readonly parent: number }> {
    for (const [node, parents] of this.#splits) for (const parent of parents) yield { node, parent };
  }

  *nodes(): Iterable<{ readonly node: number; readonly path?: string; readonly kind?: string }> {
    for (const [node, changed] of this.#nodes) yield { node, ...changed };
  }

  reverted(): Iterable<number> {
    return this.#reverted;
  }
}
