import { systemClock } from '../run/clock.ts';
import { cancelRun } from '../runner/cancel-run.ts';
import { followStored } from '../runner/follow-stored.ts';
import { RunStateError } from '../store/run-state-error.ts';
import { askToStop, requireRun } from '../store/runs.ts';
import { storedSummary } from '../store/stored-summary.ts';
import type { Work } from './handle.ts';
import type { OpenedStore } from './opened-store.ts';
import { resultOf } from './result.ts';
import type { RunEvent } from './types.ts';

/** Looks at a run that was to be started once, and that another process works on or that has ended. */
export function existingRun({ db }: OpenedStore, run: number, tell: (event: RunEvent) => void): Work {
  const looking = new AbortController();
  let cancelling: Promise<void> | undefined;
  tell({ type: 'started', run, workflow: requireRun(db, run).workflow, existing: true });
  const follow = async () => {
    await followStored(
      db,
      run,
      {
        onProgress: ({ items, batches, nodes }) => tell({ type: 'progress', items, batches, nodes }),
        onLogs: lines => {
          for (const { at, level, text, step, batch } of lines) tell({ type: 'log', at, level, text, step, batch });
        },
      },
      looking.signal,
    );
    await cancelling;
    return resultOf(storedSummary(db, requireRun(db, run), systemClock.now()));
  };
  return {
    run,
    done: follow(),
    stop: (as, reason) => {
      if (as === 'paused') askToStop(db, run, as, reason);
      // It may have ended at this moment: the result says how.
      else cancelling ??= cancelRun(db, run, reason).catch(unlessEnded);
    },
    leave: () => looking.abort(),
  };
}

function unlessEnded(error: unknown): void {
  if (!(error instanceof RunStateError)) throw error;
}
