import { noCounts } from '../../common/counts.ts';
import type { FromRunner } from '../../engine/runner/protocol.ts';
import type { SupervisedRun } from '../../engine/runner/supervisor.ts';
import type { Counts, RunItem } from '../api/api.ts';
import { fileIn } from '../store/runs.ts';
import type { LiveItem } from './live-item.ts';

/** What this host needs of the process that executes a run. */
export type RunProcess = Pick<SupervisedRun, 'done' | 'stop' | 'stopping' | 'setConcurrency'>;

export type Started = Extract<FromRunner, { type: 'started' }>;

/** A run that a process of this host executes. */
export interface OwnRun {
  readonly process: RunProcess;
  /** Identifies the run in any store. */
  readonly uid: string;
  /** Paths of the batch nodes in the drawn workflow. */
  readonly batchNodes: ReadonlySet<string>;
  readonly live: LiveItem;
  /** Resolves when the end is stored and has been sent. */
  over: Promise<void>;
}

/** What is known of a run before the store has been read. @param folder The workspace's */
export function firstItem(folder: string, { run, graph, file, demo }: Started): RunItem {
  return {
    run,
    workflow: graph.id,
    name: graph.name,
    file: fileIn(folder, file),
    status: 'running',
    ...(demo && { demo }),
    items: noCounts(),
    batches: noCounts(),
    failedBatches: 0,
    startedAt: Date.now(),
    activeMs: 0,
  };
}

/** The last known state of a run whose store is gone: what was in flight waits, as it does after any interruption. */
export function interruptedItem(item: RunItem, reason: string): RunItem {
  const atRest = (counts: Counts): Counts => ({ ...counts, waiting: counts.waiting + counts.running, running: 0 });
  return {
    ...item,
    status: 'interrupted',
    reason,
    items: atRest(item.items),
    batches: atRest(item.batches),
    endedAt: Date.now(),
  };
}
