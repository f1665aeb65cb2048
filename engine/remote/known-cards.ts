import type { WorkerCard } from './directory.ts';

/** A worker whose card has not been renewed in so many looks is not there, for now. */
const STALE_LOOKS = 5;

interface Known {
  readonly card: WorkerCard;
  /** Looks since it was renewed. */
  readonly looks: number;
  /** It was renewed since it was first seen, so that it is not what a worker has left that is gone. */
  readonly isLive: boolean;
}

/** The cards of workers, and which of them are alive: judged by whether they are renewed, since clocks of machines differ. */
export class KnownCards {
  readonly #known = new Map<string, Known>();

  /** Called at each look, with all cards that are there. */
  look(cards: readonly WorkerCard[]): void {
    const before = new Map(this.#known);
    this.#known.clear();
    for (const card of cards) {
      const known = before.get(card.address);
      const isRenewed = known !== undefined && known.card.beat !== card.beat;
      const looks = known === undefined || isRenewed ? 0 : known.looks + 1;
      this.#known.set(card.address, { card, looks, isLive: isRenewed || known?.isLive === true });
    }
  }

  get alive(): WorkerCard[] {
    return [...this.#known.values()]
      .filter(({ looks, isLive }) => isLive && looks < STALE_LOOKS)
      .map(({ card }) => card);
  }
}
