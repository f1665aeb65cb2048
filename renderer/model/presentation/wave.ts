import { BatchStatus } from '../../../common/status.ts';

/** How long a square takes to turn green, and how much later the next one begins; all of them together are `MOST_MS`. */
export const TURN_MS = 1_500;
const STAGGER_MS = 140;
const MOST_MS = 1_500;

/**
 * Which squares were repaired while somebody looked on, and how far each has turned green: they do it one after the other, so
 * that a wave is seen, also where all came in one message.
 */
export class Wave {
  /** Those that failed when they were last seen, or are being tried again since. */
  readonly #failed = new Set<number>();
  readonly #turns = new Map<number, number>();
  #last = -Infinity;

  /** Takes in how the squares stand. @param now In ms, on any clock that only goes on */
  see(statuses: Uint8Array, length: number, now: number): void {
    const turned: number[] = [];
    for (let index = 0; index < length; index++) {
      const status = statuses[index];
      if (status === BatchStatus.failed) {
        this.#failed.add(index);
        this.#turns.delete(index);
      } else if (status === BatchStatus.succeeded && this.#failed.delete(index)) turned.push(index);
    }
    const stagger = Math.min(STAGGER_MS, MOST_MS / Math.max(1, turned.length));
    for (const index of turned) {
      // Never much later than it is true.
      this.#last = Math.min(Math.max(now, this.#last + stagger), now + MOST_MS);
      this.#turns.set(index, this.#last);
    }
  }

  isRepaired(index: number): boolean {
    return this.#turns.has(index);
  }

  /** From 0, still as it was, to 1, green; undefined of one that has not turned, or has long since. */
  turnOf(index: number, now: number): number | undefined {
    const begun = this.#turns.get(index);
    if (begun === undefined || now >= begun + TURN_MS) return undefined;
    return Math.max(0, (now - begun) / TURN_MS);
  }

  isMoving(now: number): boolean {
    return now < this.#last + TURN_MS;
  }
}
