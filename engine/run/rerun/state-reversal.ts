import { decode, encode } from '../../store/codec.ts';
import type { StateReversalStore } from '../../store/state-reversal-store.ts';

/**
 * Takes back what steps that are to be repeated have added to the run's state, so that a re-run never counts twice.
 * Additions can be taken back, also when other writes followed: `incr`, `update` of a number, and a `set` of a number the step
 * had read. A plain `set` needs no taking back, because the repeated step sets it again. Any other change is reported.
 */
export class StateReversal {
  readonly #store: StateReversalStore;
  readonly #added = new Map<string, number>();
  readonly #notTakenBack = new Set<string>();

  constructor(store: StateReversalStore) {
    this.#store = store;
  }

  /** Notes what an attempt added. */
  takeBack(scope: number, node: number, attempt: number): void {
    for (const write of this.#store.writesOf(scope, node, attempt)) {
      if (write.delta !== null) this.#added.set(write.key, (this.#added.get(write.key) ?? 0) + write.delta);
      else if (write.op === 'update') this.#notTakenBack.add(write.key);
      this.#store.markReverted(write);
    }
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
