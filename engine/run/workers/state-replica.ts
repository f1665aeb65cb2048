import { RunState } from '../run-state.ts';
import type { StateEntry } from './protocol.ts';

/** The state of the run as a worker knows it, and which messages about it have come. */
export class StateReplica {
  readonly state = new RunState();
  #had = 0;
  readonly #early = new Set<number>();
  #waiting: { readonly after: number; readonly call: () => void }[] = [];

  begin(entries: readonly StateEntry[]): void {
    for (const entry of entries) this.state.learn(entry);
  }

  learn(number: number, entries: readonly StateEntry[]): void {
    for (const entry of entries) this.state.learn(entry);
    if (number > this.#had) this.#early.add(number);
    while (this.#early.delete(this.#had + 1)) this.#had += 1;
    const ready = this.#waiting.filter(({ after }) => after <= this.#had);
    this.#waiting = this.#waiting.filter(({ after }) => after > this.#had);
    for (const { call } of ready) call();
  }

  /** Calls when so many messages have come: mostly at once. */
  once(after: number, call: () => void): void {
    if (after <= this.#had) call();
    else this.#waiting.push({ after, call });
  }
}
