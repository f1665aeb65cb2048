import { decode, encode } from '../../store/codec.ts';
import type { StateReversalStore, StoredStateWrite } from '../../store/state-reversal-store.ts';

/**
 * Takes back what steps that are to be repeated have added to the run's state, so that a re-run never counts twice.
 * Additions can be taken back, also when other writes followed: `incr`, an `update` that adds, and `get` and `set` where
 * all of a node's writes of the key count its batches or their items. A `set` that depends on nothing read before needs
 * no taking back, because the repeated step sets it again. Any other change is left as it is, and reported.
 */
export class StateReversal {
  readonly #store: StateReversalStore;
  readonly #added = new Map<string, number>();
  readonly #notTakenBack = new Set<string>();
  /** By node and key, as it was before anything was taken back. */
  readonly #countsOnly = new Map<string, boolean>();

  constructor(store: StateReversalStore) {
    this.#store = store;
  }

  /** Notes what an attempt added. */
  takeBack(scope: number, node: number, attempt: number): void {
    const writes = this.#store.writesOf(scope, node, attempt);
    for (const write of writes) {
      const { key, delta } = write;
      if (delta !== null && this.#isAddition(write, node)) this.#added.set(key, (this.#added.get(key) ?? 0) + delta);
      else if (write.op === 'update' || write.fromRead === 1) this.#notTakenBack.add(key);
    }
    for (const write of writes) this.#store.markReverted(write);
  }

  #isAddition({ op, key }: StoredStateWrite, node: number): boolean {
    if (op !== 'set') return true;
    const id = `${node} ${key}`;
    const known = this.#countsOnly.get(id) ?? this.#store.countsOnly(key, node);
    this.#countsOnly.set(id, known);
    return known;
  }

  /** Takes back the sum of what was noted, key by key. */
  finish(): { takenBack: { key: string; by: number }[]; notTakenBack: string[] } {
    const takenBack = [];
    for (const [key, by] of this.#added) {
      const text = this.#store.value(key);
      const value = text === undefined ? undefined : decode(text);
      if (typeof value !== 'number' || by === 0) continue;
      this.#store.takeBack(key, encode(value - by, 'state'), by);
      takenBack.push({ key, by });
    }
    return { takenBack, notTakenBack: [...this.#notTakenBack] };
  }
}
