import { BatchStatus } from '../../common/status.ts';
import type { NodeLine } from './run-queries.ts';
import { encode } from './codec.ts';
import type { RerunBatch, TakenWay } from './rerun-reader.ts';
import type { ItemsToSetAside, ItemsToTakeBack } from './set-aside.ts';

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
  /** How many waited before. */
  readonly #waitingBefore = new Map<number, number>();
  readonly #splits = new Map<number, Set<number>>();
  readonly #nodes = new Map<number, { path?: string; kind?: string }>();
  /** Ways that an `if` took and that have another name now, by node and scope. */
  readonly #ways = new Map<number, Map<number, TakenWay>>();
  readonly #reverted = new Set<number>();
  readonly takenBack: TakenBack[] = [];
  /** Lists that batches have from now on. */
  readonly items: OtherItems[] = [];
  /** Items that their batches go without from now on, and items that they get back. */
  readonly setAside: ItemsToSetAside[] = [];
  readonly backIn: ItemsToTakeBack[] = [];

  change(batch: RerunBatch, change: BatchChange): void {
    const before = this.#batches.get(batch.scope);
    if (!before && batch.status === BatchStatus.succeeded)
      this.#succeededBefore.set(batch.node, this.succeededBefore(batch.node) + 1);
    if (!before && batch.status === BatchStatus.waiting)
      this.#waitingBefore.set(batch.node, this.waitingBefore(batch.node) + 1);
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

  setWay(node: number, way: TakenWay): void {
    let scopes = this.#ways.get(node);
    if (!scopes) this.#ways.set(node, (scopes = new Map()));
    scopes.set(way.scope, way);
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

  /** The batches and rounds that are reopened or superseded, by their scopes. */
  scopes(): Iterable<number> {
    return this.#batches.keys();
  }

  isSuperseded(scope: number): boolean {
    const change = this.#batches.get(scope)?.change;
    return change !== undefined && change !== 'reopened';
  }

  isStepSuperseded(scope: number, node: number): boolean {
    return this.#steps.get(node)?.has(scope) === true;
  }

  wayOf(node: number, scope: number): string | undefined {
    return this.#ways.get(node)?.get(scope)?.way;
  }

  succeededBefore(node: number): number {
    return this.#succeededBefore.get(node) ?? 0;
  }

  waitingBefore(node: number): number {
    return this.#waitingBefore.get(node) ?? 0;
  }

  isReverted(stateWrite: number): boolean {
    return this.#reverted.has(stateWrite);
  }

  // What is written

  /** How many there are. */
  get size(): number {
    const sizes = [...this.#steps.values(), ...this.#splits.values(), ...this.#ways.values()].reduce(
      (total, { size }) => total + size,
      0,
    );
    const ofItems = this.items.length + this.setAside.length + this.backIn.length;
    return sizes + ofItems + this.#nodes.size + this.#batches.size + this.#reverted.size + this.takenBack.length;
  }

  /** All changes in pages: what is written at a time. There is one at least. */
  *pages(mostChanges: number): Generator<ChangesPage, void> {
    let page = emptyPage();
    let count = 0;
    for (const add of this.#additions()) {
      if (count === mostChanges) {
        yield page;
        page = emptyPage();
        count = 0;
      }
      add(page);
      count += 1;
    }
    yield page;
  }

  *#additions(): Generator<(page: ChangesPage) => void, void> {
    for (const [node, changed] of this.#nodes) yield page => page.nodes.push({ node, ...changed });
    for (const { batch, change } of this.#batches.values()) {
      const isWaiting = batch.status === BatchStatus.waiting;
      yield page => page.batches.push([batch.scope, change, isWaiting]);
    }
    for (const [node, scopes] of this.#steps)
      for (const [scope, attempt] of scopes) yield page => page.steps.push([scope, node, attempt]);
    for (const [node, scopes] of this.#ways)
      for (const { scope, attempt, way } of scopes.values())
        yield page => page.ways.push([scope, node, attempt, encode(way, 'way')]);
    for (const [node, parents] of this.#splits)
      for (const parent of parents) yield page => page.splits.push([node, parent]);
    for (const seq of this.#reverted) yield page => page.reverted.push(seq);
    for (const taken of this.takenBack) yield page => page.takenBack.push(taken);
    // After their batches: they belong to the attempt that comes.
    for (const items of this.items) yield page => page.items.push(items);
    for (const back of this.backIn) yield page => page.backIn.push(back);
    for (const aside of this.setAside) yield page => page.setAside.push(aside);
  }
}

/** A part of what a re-run writes. It is stored as JSON where there are several. */
export interface ChangesPage {
  readonly nodes: { readonly node: number; readonly path?: string; readonly kind?: string }[];
  /** Its scope, what becomes of it, and whether it waits already. */
  readonly batches: [scope: number, change: BatchChange, isWaiting: boolean][];
  readonly steps: [scope: number, node: number, attempt: number][];
  /** Ways of an `if` under their new names, in the codec's text. */
  readonly ways: [scope: number, node: number, attempt: number, way: string][];
  readonly splits: [node: number, parent: number][];
  /** Positions of state writes. */
  readonly reverted: number[];
  readonly takenBack: TakenBack[];
  readonly items: OtherItems[];
  readonly backIn: ItemsToTakeBack[];
  readonly setAside: ItemsToSetAside[];
}

function emptyPage(): ChangesPage {
  return {
    ...{ nodes: [], batches: [], steps: [], ways: [], splits: [] },
    ...{ reverted: [], takenBack: [], items: [], backIn: [], setAside: [] },
  };
}
