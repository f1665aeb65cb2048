import { availableParallelism } from 'node:os';
import type { FailedBatchToSearch } from '../../store/searches.ts';
import type { startRunner } from '../parent.ts';
import { ProbeProcesses } from './probe-processes.ts';
import { searchBatch, type BatchSearchEnd, type Budget } from './search-batch.ts';

/** Batches that are searched at a time. */
const MOST_AT_A_TIME = 4;
/** A process takes longer to start than most batches to search: another one is started when these take longer than this. */
const ANOTHER_AFTER_MS = 1_500;
/** A probe may take so many times as long as the batch did, */
const TIMES_AS_LONG = 3;
/** and so long in any case. */
const SHORTEST_LIMIT_MS = 2_000;

export interface RunSearchOptions {
  readonly store: string;
  readonly run: number;
  /** Where the workflow file is now, if it was moved. */
  readonly file?: string | undefined;
  readonly batches: readonly FailedBatchToSearch[];
  /** For each batch. */
  readonly budget: Budget;
  readonly start: typeof startRunner;
  readonly signal: AbortSignal;
  /** Asked once, before plain code is executed. */
  readonly mayExecute: () => Promise<boolean>;
  readonly onProgress?: (soFar: SearchProgress) => void;
  /** The search in a batch has come to its end. The batches come in their order. */
  readonly onEnd: (batch: FailedBatchToSearch, end: BatchSearchEnd) => void;
}

export interface SearchProgress {
  readonly batches: number;
  readonly batchesDone: number;
  readonly probes: number;
  readonly items: number;
}

/** Finds the items at fault of failed batches of a run, several batches at a time. */
export async function searchRun(options: RunSearchOptions): Promise<void> {
  const { store, run, file, batches, budget, start, signal, onProgress, onEnd } = options;
  let allowed: Promise<boolean> | undefined;
  const mayExecute = () => (allowed ??= options.mayExecute());
  const progress = new Map<number, { readonly probes: number; readonly items: number }>();
  const ends: (BatchSearchEnd | undefined)[] = [];
  let told = 0;
  let next = 0;
  const tellProgress = () => {
    const all = [...progress.values()];
    const sum = (of: 'probes' | 'items') => all.reduce((total, counts) => total + counts[of], 0);
    onProgress?.({ batches: batches.length, batchesDone: told, probes: sum('probes'), items: sum('items') });
  };
  const now = () => performance.now();
  const work = async (): Promise<void> => {
    const processes = new ProbeProcesses({ task: { kind: 'probe', store, run, file }, start, now, signal });
    try {
      await searchNext(processes);
    } finally {
      processes.end();
    }
  };
  const searchNext = async (processes: ProbeProcesses): Promise<void> => {
    while (next < batches.length && !signal.aborted) {
      const at = next++;
      const batch = batches[at];
      if (!batch) return;
      ends[at] = await searchBatch({
        processes,
        scope: batch.scope,
        limitMs: Math.max(SHORTEST_LIMIT_MS, TIMES_AS_LONG * (batch.durationMs ?? 0)),
        now,
        signal,
        budget,
        marked: JSON.parse(batch.marked) as number[],
        mayExecute,
        onProgress: counts => {
          progress.set(at, counts);
          tellProgress();
        },
      });
      for (let end = ends[told]; end; end = ends[told]) {
        const done = batches[told++];
        if (done) onEnd(done, end);
      }
      tellProgress();
    }
  };
  const failures: unknown[] = [];
  const workers: Promise<unknown>[] = [];
  const another = () => {
    if (workers.length >= Math.min(MOST_AT_A_TIME, availableParallelism()) || next >= batches.length) return;
    workers.push(work().catch((error: unknown) => failures.push(error)));
  };
  another();
  const more = setInterval(another, ANOTHER_AFTER_MS);
  // More may be added while the first are waited for.
  for (const worker of workers) await worker;
  clearInterval(more);
  if (failures.length > 0) throw failures[0];
}
