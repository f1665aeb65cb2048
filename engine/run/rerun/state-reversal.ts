import { decode, encode } from '../../store/codec.ts';
import type { StateReversalStore, StoredStateWrite } from '../../store/state-reversal-store.ts';

/**
 * Takes back what steps that are to be repeated have added to the run's state, so that a re-run never counts twice. Additions
 * can be taken back, also when other writes followed: `incr`, an `update` of a number that adds, and a counter by `get` and `set`.
 * A `set` of what its batch had not read needs no taking back, because the repeated step sets it again. Any other change is left
 * as it is, and reported.
 */
export class StateReversal {
  readonly #store: StateReversalStore;
  readonly #added = new Map<string, number>();
  readonly #notTakenBack = new Set<string>();
  /** By node and key. Asked before the first of its writes is taken back. */
  readonly #counters = new Map<string, boolean>();

  constructor(store: StateReversalStore) {
    this.#store = store;
  }

  /** Notes what an attempt added. */
  takeBack(scope: number, node: number, attempt: number): void {
    for (const write of this.#store.writesOf(scope, node, attempt)) {
      const what = this.#whatItDid(node, write);
      if (what === 'changed') {
        this.#notTakenBack.add(write.key);
        continue;
      }
      if (what !== 'replaced') this.#added.set(write.key, (this.#added.get(write.key) ?? 0) + what.added);
      this.#store.markReverted(write);
    }
  }

  #whatItDid(
    node: number,
    { op, key, delta, adds }: StoredStateWrite,
  ): { readonly added: number } | 'replaced' | 'changed' {
    if (op === 'set' || op === 'delete') {
      if (adds === null) return 'replaced';
      return delta !== null && this.#isCounter(node, key) ? { added: delta } : 'changed';
    }
    return delta === null ? 'changed' : { added: delta };
  }

  #isCounter(node: number, key: string): boolean {
    const name = `${node} ${key}`;
    const known = this.#counters.get(name) ?? this.#store.isCounter(node, key);
    this.#counters.set(name, known);
    return known;
  }

  /** Takes back the sum of what was noted, key by key. */
  finish(): { takenBack: { key: string; by: number }[]; notTakenBack: string[] } {
    const takenBack = [];
    for (const [key, by] of this.#added) {
      const text = this.#store.value(key);
      const value = text === undefined ? undefined : decode(text);
      if (by === 0) continue;
      if (typeof value !== 'number') {
        // A later step has deleted the key, or made something else of it.
        this.#notTakenBack.add(key);
        continue;
      }
      this.#store.takeBack(key, encode(value - by, 'state'), by);
      takenBack.push({ key, by });
    }
    return { takenBack, notTakenBack: [...this.#notTakenBack] };
  }
}
