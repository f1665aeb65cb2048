import type { LogLine } from '../../host/api/api.ts';

const FIRST_PAGE = 500;
const PAGE = 1_000;
/** Pages that are requested to catch up. Beyond that, the newest lines are shown instead. */
const MOST_PAGES_BEHIND = 5;

export interface LogRange {
  readonly after?: number;
  readonly before?: number;
  readonly limit: number;
}

export interface LogPage {
  readonly lines: readonly LogLine[];
  readonly more: boolean;
}

/**
 * A stored log as far as it is loaded: the newest lines first, earlier ones when they are requested. What is loaded
 * stays when it is renewed.
 */
export class LogPages {
  readonly #ask: (range: LogRange) => Promise<LogPage>;
  #lines: readonly LogLine[] = [];
  #hasEarlier = false;
  #isLoadingEarlier = false;

  constructor(ask: (range: LogRange) => Promise<LogPage>) {
    this.#ask = ask;
  }

  /** Oldest first. */
  get lines(): readonly LogLine[] {
    return this.#lines;
  }

  get hasEarlier(): boolean {
    return this.#hasEarlier;
  }

  /** Loads what has been said since. */
  async renew(): Promise<void> {
    const last = this.#lines.at(-1);
    if (!last) return await this.#loadNewest();
    const newer: LogLine[] = [];
    for (let page = 0; page < MOST_PAGES_BEHIND; page++) {
      const { lines, more } = await this.#ask({ after: newer.at(-1)?.id ?? last.id, limit: PAGE });
      newer.push(...lines);
      if (!more) {
        if (newer.length > 0) this.#lines = [...this.#lines, ...newer];
        return;
      }
    }
    await this.#loadNewest();
  }

  async loadEarlier(): Promise<void> {
    const [first] = this.#lines;
    if (!first || this.#isLoadingEarlier) return;
    this.#isLoadingEarlier = true;
    try {
      const { lines, more } = await this.#ask({ before: first.id, limit: PAGE });
      // The newest lines may have taken the place of those it was requested for.
      if (this.#lines[0] !== first) return;
      this.#lines = [...lines, ...this.#lines];
      this.#hasEarlier = more;
    } finally {
      this.#isLoadingEarlier = false;
    }
  }

  async #loadNewest(): Promise<void> {
    const { lines, more } = await this.#ask({ limit: FIRST_PAGE });
    this.#lines = lines;
    this.#hasEarlier = more;
  }
}
