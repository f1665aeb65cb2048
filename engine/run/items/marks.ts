import { describeValue } from '../../workflow/errors.ts';

/** An item that made its step fail, and what it failed with. */
export interface MarkedItem {
  /** Its index in the batch. */
  readonly item: number;
  readonly thrown: unknown;
}

/** Which item one attempt works on: see `item` and `each` of Context. */
export class ItemMarks {
  readonly #items: number;
  /** What `each` has tried and what failed, by index. */
  readonly #failed = new Map<number, unknown>();
  #last: number | undefined;
  /** Another item was marked in the same turn of the event loop. */
  #isOneOfSeveral = false;
  #turn: object | undefined;

  /** @param items How many the batch has. */
  constructor(items: number) {
    this.#items = items;
  }

  /** @throws RangeError */
  work(item: unknown): void {
    if (typeof item !== 'number' || !Number.isInteger(item) || item < 0 || item >= this.#items)
      throw new RangeError(
        `ctx.item(${describeValue(item)}): the batch has ${this.#items} items. Give the index of one of them, from 0.`,
      );
    this.#isOneOfSeveral = this.#turn !== undefined && this.#last !== undefined && this.#last !== item;
    this.#last = item;
    if (this.#turn) return;
    const turn = {};
    this.#turn = turn;
    setImmediate(() => {
      this.#turn = undefined;
    });
  }

  failed(item: number, thrown: unknown): void {
    this.#failed.set(item, thrown);
  }

  /**
   * The items at fault, when the attempt has failed. The one that was marked last is, unless several were marked at once and
   * the failure came later: then they were worked on at the same time, and nobody knows which of them failed.
   */
  atFault(thrown: unknown): MarkedItem[] {
    if (this.#failed.size > 0)
      return [...this.#failed].toSorted(([a], [b]) => a - b).map(([item, error]) => ({ item, thrown: error }));
    const isUncertain = this.#isOneOfSeveral && this.#turn === undefined;
    return this.#last === undefined || isUncertain ? [] : [{ item: this.#last, thrown }];
  }
}
