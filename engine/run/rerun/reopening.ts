import { decode, encode } from '../../store/codec.ts';
import type { ChosenItems } from './chosen-items.ts';
import { withEdits } from './edited-items.ts';
import type { RerunBatch, RerunReader } from '../../store/rerun-reader.ts';
import type { RerunChanges } from '../../store/rerun-changes.ts';
import type { SetAsideItem } from '../../../common/set-aside.ts';
import { BatchStatus } from '../../../common/status.ts';
import { RerunError } from './request.ts';
import type { RunNodes } from './run-nodes.ts';
import type { StateReversal } from './state-reversal.ts';

/** Items of a batch that are set aside or taken back in. */
export interface MovedOfBatch {
  readonly batch: RerunBatch;
  readonly aside: readonly Pick<SetAsideItem, 'item' | 'label'>[];
  readonly back: readonly { readonly item: number }[];
}

/** Finds what is to be reopened, and what depends on it and is to be taken out of use: gathers the changes. */
export class Reopening {
  /** Paths of the nodes that are executed again although they had succeeded, because they come later. */
  readonly repeats = new Set<string>();
  readonly #stored: RerunReader;
  readonly #changes: RerunChanges;
  readonly #state: StateReversal;
  readonly #nodes: RunNodes;
  readonly #opened = new Map<number, RerunBatch>();
  /** Scopes and nodes of which a batch has been opened. */
  readonly #openedAround = new Set<string>();

  constructor(stored: RerunReader, changes: RerunChanges, state: StateReversal, nodes: RunNodes) {
    this.#stored = stored;
    this.#changes = changes;
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
  replaceItems({ scope }: RerunBatch, text: string, shown?: string): void {
    const edited = decode(text);
    if (!Array.isArray(edited)) throw new RerunError('The items of a batch are an array.');
    const stored = shown === undefined ? undefined : this.#stored.itemsOf(scope);
    if (shown === undefined || stored === undefined) {
      this.#changes.items.push({ scope, count: edited.length, items: text });
      return;
    }
    const items = withEdits(decode(stored), decode(shown), edited) as unknown[];
    this.#changes.items.push({ scope, count: items.length, items: encode(items, 'items') });
  }

  /** The next attempts of batches that were opened go without items, have them again, or have others. Returns which moved. */
  moveItems({ setAside, takenIn, corrected }: ChosenItems): MovedOfBatch[] {
    return this.opened.flatMap((batch): MovedOfBatch[] => {
      const aside = setAside.get(batch.scope);
      const back = takenIn.get(batch.scope);
      const list = corrected.get(batch.scope);
      if (list) this.#changes.items.push(list);
      if (back) this.#changes.backIn.push(back);
      if (aside) this.#changes.setAside.push(aside);
      return aside || back ? [{ batch, aside: aside?.items ?? [], back: back?.items ?? [] }] : [];
    });
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
  discard(node: number, { isForRounds = false }: { readonly isForRounds?: boolean } = {}): void {
    for (const inner of [node, ...this.#nodes.inside(node)]) {
      for (const batch of this.#stored.batchesOf(inner))
        this.#supersedeBatch(batch, isForRounds && inner === node ? true : undefined);
      for (const { scope, attempt } of this.#stored.resultsOf(inner)) this.#supersedeStep(scope, inner, attempt);
      for (const parent of this.#stored.splitsOf(inner)) this.#changes.forgetSplit(inner, parent);
    }
  }

  #open(batch: RerunBatch, inside: 'all' | 'failed' | 'opened'): void {
    const { scope, node } = batch;
    if (this.#opened.has(scope)) return;
    // A batch that was opened before it may have taken it out of use: then its node creates it again.
    if (this.#changes.isSuperseded(scope)) return;
    this.#opened.set(scope, batch);
    this.#changes.change(batch, 'reopened');
    if (inside === 'all') this.#supersedeInside(batch);
    if (inside === 'failed')
      for (const inner of this.#batchesIn(scope, this.#nodes.withScopesIn(node))) {
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
    if (this.#nodes.isWhile(node)) {
      for (const round of this.#stored.roundsAfter(batch)) this.#supersedeBatch(round);
    }
    // Its siblings have done the rest: of a million batches, each stands in the same place.
    const place = `${parent} ${node}`;
    if (this.#openedAround.has(place)) return;
    this.#openedAround.add(place);
    const position = this.#stored.checkpoint(parent, node);
    // Without a checkpoint of the node, nothing after it was executed.
    if (position !== undefined) this.#repeatSince(parent, position, node, 'without node');
    const around = parent === 0 || this.#opened.has(parent) ? undefined : this.#stored.batch(parent);
    if (around) this.#open(around, 'opened');
  }

  #repeatSince(parent: number, position: number, node: number, how: 'with node' | 'without node'): void {
    const withNode = how === 'with node';
    for (const step of this.#stored.checkpointsSince(parent, position)) {
      if (step.node !== node) this.repeats.add(this.#nodes.path(step.node));
      this.#supersedeStep(parent, step.node, step.attempt);
    }
    // A batch node that still has a checkpoint came before; all others of the scope come after, whether they were done or not.
    const beside = this.#nodes.withScopesBeside(node);
    const after = beside.filter(other =>
      other === node ? withNode : this.#stored.checkpoint(parent, other) === undefined,
    );
    for (const inner of this.#batchesIn(parent, after)) {
      if (inner.node !== node) this.repeats.add(this.#nodes.path(inner.node));
      this.#supersedeBatch(inner);
    }
    // Also where nothing was split: a list that was empty may not be empty the next time.
    for (const other of beside)
      if (other !== node && this.#stored.checkpoint(parent, other) === undefined) this.#forgetSplit(other, parent);
  }

  /** Takes all results inside a batch out of use. They stay readable. */
  #supersedeInside({ scope, node }: RerunBatch): void {
    for (const step of this.#stored.checkpointsIn(scope)) this.#supersedeStep(scope, step.node, step.attempt);
    const inside = this.#nodes.withScopesIn(node);
    for (const inner of this.#batchesIn(scope, inside)) this.#supersedeBatch(inner);
    for (const other of inside) this.#forgetSplit(other, scope);
  }

  #batchesIn(scope: number, nodes: readonly number[]): RerunBatch[] {
    return nodes.flatMap(node => this.#stored.batchesIn(scope, node));
  }

  #forgetSplit(node: number, parent: number): void {
    if (this.#stored.isSplit(node, parent)) this.#changes.forgetSplit(node, parent);
  }

  /** @param isForRounds The node is a `while` now, whose rounds take the indices. */
  #supersedeBatch(batch: RerunBatch, isForRounds = this.#nodes.isWhile(batch.node)): void {
    this.#supersedeInside(batch);
    this.#opened.delete(batch.scope);
    this.#changes.change(batch, isForRounds ? 'round-superseded' : 'superseded');
  }

  #supersedeStep(scope: number, node: number, attempt: number): void {
    this.#changes.supersedeStep(scope, node, attempt);
    this.#state.takeBack(scope, node, attempt);
  }
}
