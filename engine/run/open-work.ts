import { TALLY_LIMITS, type OpenWork, type SplitPlace } from '../store/tally.ts';

/** A split whose batches are being executed. */
export interface OpenSplit {
  readonly node: number;
  readonly parent: number;
  /** The batches after this one have not begun in this session; those before have, or do not. */
  next: number;
  /** No process has ever begun this batch, or one after it. */
  untouched: number;
  /** A batch with this index, or a later one, does not begin without another tally. */
  tallyAt: number;
  isExecuting: boolean;
}

/**
 * What of a run has begun and not ended, as a tally stores it: there, and among the batches that come next, are all rows that
 * differ from what the tally counted. See store/tally.ts.
 */
export class OpenWorkRegister {
  readonly #open: Set<number>;
  readonly #splits = new Map<string, OpenSplit>();
  readonly #onDue: () => void;
  readonly #mostBegun: number;

  /**
   * @param onDue Called when another tally is due: with what is written next, or before.
   * @param before Where batches waited when this session began.
   */
  constructor(onDue: () => void, before?: OpenWork, { begun } = TALLY_LIMITS) {
    this.#onDue = onDue;
    this.#mostBegun = begun;
    this.#open = new Set(before?.open);
    for (const { node, parent, untouched } of before?.splits ?? [])
      this.#splits.set(keyOf(node, parent), {
        ...{ node, parent, next: 0, untouched, tallyAt: Infinity, isExecuting: false },
      });
  }

  /** A batch, or a round of a while, begins. */
  begins(scope: number): void {
    this.#open.add(scope);
  }

  /** To be called in the same turn in which its end is given to the journal. */
  ends(scope: number): void {
    this.#open.delete(scope);
  }

  /** A scope is continued that is neither open nor one of those that come next. */
  continues(scope: number): void {
    this.begins(scope);
    this.#onDue();
  }

  /**
   * The batches of a split begin to be executed, in their order.
   * @param hasBatches Whether some were there before
   */
  splitBegins(node: number, parent: number, hasBatches: boolean): OpenSplit {
    const untouched = this.#splits.get(keyOf(node, parent))?.untouched ?? 0;
    // New batches have scopes that no tally has. Inside a batch that is tried again, those that come next may be some that have
    // ended in this very session: each is to be found by its scope.
    const tallyAt = hasBatches && parent !== 0 ? -1 : Infinity;
    const split: OpenSplit = { node, parent, next: 0, untouched, tallyAt, isExecuting: true };
    this.#splits.set(keyOf(node, parent), split);
    if (hasBatches) this.#onDue();
    return split;
  }

  /** A batch of a split is about to begin. */
  batchBegins(split: OpenSplit, index: number, scope: number): void {
    split.next = index + 1;
    split.untouched = Math.max(split.untouched, split.next);
    this.begins(scope);
    if (index >= split.tallyAt) this.#onDue();
  }

  splitEnds(split: OpenSplit): void {
    split.isExecuting = false;
    // Where batches of the workflow itself wait stays known.
    if (split.parent !== 0) this.#splits.delete(keyOf(split.node, split.parent));
  }

  /** As it is now, for a tally that is written now. */
  stored(lastScope: number): OpenWork {
    return {
      lastScope,
      open: [...this.#open],
      splits: Array.from(this.#splits.values(), split => this.#placeOf(split)),
    };
  }

  #placeOf(split: OpenSplit): SplitPlace {
    const { node, parent, next: from, untouched } = split;
    if (!split.isExecuting || split.tallyAt === -1) return { node, parent, from, to: from, untouched };
    split.tallyAt = from + this.#mostBegun;
    return { node, parent, from, to: split.tallyAt, untouched };
  }
}

function keyOf(node: number, parent: number): string {
  return `${node} ${parent}`;
}
