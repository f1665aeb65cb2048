import { BatchStatus, type InFlightStatus } from '../../common/status.ts';
import type { BatchInFlight, Run } from './run.ts';
import type { Scope } from './scope.ts';

/** A shorter wait is over before anybody sees it, and is not worth two writes. */
const SHORTEST_SHOWN_MS = 100;

export interface ShownWait {
  /** The wait is over, and the run goes on. */
  end(): void;
}

const NOT_SHOWN: ShownWait = { end: () => undefined };

/** While a step waits for its next attempt, the batches that it stands in are shown as retrying. */
export function showRetryWait(run: Run, scope: Scope, ms: number): ShownWait {
  if (ms < SHORTEST_SHOWN_MS) return NOT_SHOWN;
  const around = scope.within.flatMap((id): (readonly [number, BatchInFlight])[] => {
    const batch = run.inFlight.batches.get(id);
    return batch ? [[id, batch]] : [];
  });
  for (const [id, batch] of around) {
    batch.retryWaits += 1;
    if (batch.retryWaits === 1) show(run, id, batch, BatchStatus.retrying);
  }
  return {
    end: () => {
      for (const [id, batch] of around) {
        batch.retryWaits -= 1;
        // A batch that has come to its end meanwhile is shown as that.
        if (batch.retryWaits === 0 && run.inFlight.batches.get(id) === batch) show(run, id, batch, BatchStatus.running);
      }
    },
  };
}

function show({ journal, writer, progress }: Run, scope: number, batch: BatchInFlight, status: InFlightStatus): void {
  batch.onRecord = true;
  journal.write(() => writer.batchRuns(scope, batch.startedAt, status));
  progress.batchChanged(batch.node, batch.parent, batch.index, status);
}
