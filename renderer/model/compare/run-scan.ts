import type { ComparedBatch, RunDifference } from '../../../host/api/api.ts';
import type { DifferenceShown } from './compare-address.ts';

/** What the host answers for some thousands of batches. */
export interface ScannedPage {
  readonly batches: readonly ComparedBatch[];
  readonly next: number | null;
  readonly total: number;
}

/** So many batches that differ are listed. All are counted. */
const MOST_LISTED = 10_000;

export type DifferenceCounts = Readonly<Record<DifferenceShown, number>>;

/** How far two runs are compared. */
export interface Scanned {
  readonly batches: readonly ComparedBatch[];
  /** How many batches differ in what. */
  readonly counts: DifferenceCounts;
  readonly looked: number;
  /** Undefined until the first answer. */
  readonly total: number | undefined;
  readonly isDone: boolean;
  readonly problem: string | undefined;
}

export const NOT_SCANNED: Scanned = {
  batches: [],
  counts: { result: 0, state: 0, output: 0, items: 0, slower: 0, faster: 0 },
  looked: 0,
  total: undefined,
  isDone: false,
  problem: undefined,
};

/** Compares two runs a page at a time, one request after the other, and says after each how far it is. `stop` ends it. */
export class RunScan {
  readonly #ask: (from: number) => Promise<ScannedPage>;
  readonly #report: (scanned: Scanned) => void;
  #isStopped = false;

  constructor(ask: (from: number) => Promise<ScannedPage>, report: (scanned: Scanned) => void) {
    this.#ask = ask;
    this.#report = report;
  }

  async start(): Promise<void> {
    let scanned = NOT_SCANNED;
    for (let from: number | null = 0; from !== null && !this.#isStopped;) {
      try {
        const page: ScannedPage = await this.#ask(from);
        from = page.next;
        scanned = {
          batches: [...scanned.batches, ...page.batches].slice(0, MOST_LISTED),
          counts: added(scanned.counts, page.batches),
          looked: page.next ?? page.total,
          total: page.total,
          isDone: page.next === null,
          problem: undefined,
        };
      } catch (error) {
        scanned = { ...scanned, isDone: true, problem: error instanceof Error ? error.message : String(error) };
        from = null;
      }
      if (!this.#isStopped) this.#report(scanned);
    }
  }

  stop(): void {
    this.#isStopped = true;
  }
}

function added(counts: DifferenceCounts, batches: readonly ComparedBatch[]): DifferenceCounts {
  const sum = { ...counts };
  for (const batch of batches) {
    for (const difference of batch.differs) sum[difference] += 1;
    if (isShown(batch, 'result')) sum.result += 1;
  }
  return sum;
}

const OF_THE_RESULT: ReadonlySet<RunDifference> = new Set(['state', 'output', 'items']);

export function isShown({ differs }: ComparedBatch, shown: DifferenceShown): boolean {
  return shown === 'result' ? differs.some(difference => OF_THE_RESULT.has(difference)) : differs.includes(shown);
}
