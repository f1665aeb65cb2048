import type { Lease } from '../store/leases.ts';
import type { StoreFileIdentity } from '../store/file-identity.ts';
import { StepStatus } from '../../common/status.ts';
import type { Run } from './run.ts';
import { StopError } from './stop.ts';
import { countsOf } from '../../common/run-summary.ts';

const TICK_MS = 250;
const HEARTBEAT_EVERY = 4;

/**
 * What a run does beside its work: shows the store what has been in flight for a while, so that others see it and a
 * crash leaves a trace of it; says that its owner is well; and hears what other processes ask of it.
 */
export function startHeartbeat(run: Run, lease: Lease, place: StoreFileIdentity): () => void {
  let ticks = 0;
  const timer = setInterval(() => {
    // Within the journal's turn: a store that cannot be read ends the run as one that cannot be written does.
    if (!run.stop) run.journal.write(() => listen(run));
    showInFlight(run);
    ticks += 1;
    if (ticks % HEARTBEAT_EVERY === 0) heartbeat(run, lease, place);
  }, TICK_MS);
  return () => clearInterval(timer);
}

function listen(run: Run): void {
  const asked = run.stored.stopAsked();
  if (asked) run.requestStop({ as: asked.stop, reason: asked.reason ?? 'another process asked for it' });
}

/** A fast step costs one write, its end; only those still running at a tick cost another. */
function showInFlight(run: Run): void {
  const { journal, writer } = run;
  for (const [scope, mark] of run.batches) {
    if (mark.onRecord) continue;
    mark.onRecord = true;
    journal.write(() => {
      // It may have ended in this very turn.
      if (run.batches.has(scope)) writer.batchRuns(scope, mark.startedAt);
    });
  }
  for (const attempt of run.attempts) {
    const logs = attempt.logs.take();
    journal.write(() => {
      if (!attempt.onRecord && !attempt.ended) {
        attempt.onRecord = true;
        writer.attempt({
          scope: attempt.scope,
          node: attempt.node,
          attempt: attempt.attempt,
          batchAttempt: attempt.batchAttempt,
          status: StepStatus.running,
          startedAt: attempt.startedAt,
          endedAt: null,
          error: null,
          output: null,
        });
      }
      writer.logs(attempt, logs);
    });
  }
}

function heartbeat(run: Run, lease: Lease, place: StoreFileIdentity): void {
  const counts = JSON.stringify(countsOf(run.progress.values()));
  run.journal.write(() => {
    place.check();
    run.writer.counts(counts);
    if (lease.renew(run.clock.now())) return;
    // Somebody has taken the run, or removed it: what this process still does would be done twice.
    const stop = { as: 'interrupted', reason: 'another process has taken the run' } as const;
    run.requestStop(stop);
    run.abortAll(new StopError(stop));
  });
}
