import type { Lease } from '../store/leases.ts';
import type { StoreFileIdentity } from '../store/file-identity.ts';
import type { RunReader } from '../store/run-reader.ts';
import type { WalWatch } from '../store/wal-watch.ts';
import { BatchStatus, StepStatus } from '../../common/status.ts';
import type { Run } from './run.ts';
import { countsOf } from '../../common/run-summary.ts';

const CHECK_EVERY_MS = 250;
/** In checks. */
const HEARTBEAT_EVERY = 4;

/**
 * What a run does beside its work. It writes what has been in flight for a while, so that others see it and a crash
 * leaves a trace of it; it renews its lease; and it reads what other processes ask of it. When the run has
 * been taken by another one, the journal fails with that, here at the latest.
 */
export function startHeartbeat(
  run: Run,
  stored: RunReader,
  lease: Lease,
  storeFile: StoreFileIdentity,
  wal: WalWatch,
): () => void {
  let checks = 0;
  // What was asked of a process that was killed meanwhile is not begun first.
  run.journal.write(() => readRequest(run, stored));
  const timer = setInterval(() => {
    // Before anything is written: what is not in the store yet is work.
    run.waits?.restIfIdle();
    // Inside the journal's transaction: a store that cannot be read ends the run like one that cannot be written.
    if (!run.stopping.stop) run.journal.write(() => readRequest(run, stored));
    showInFlight(run);
    checks += 1;
    if (checks % HEARTBEAT_EVERY === 0) heartbeat(run, lease, storeFile, wal);
  }, CHECK_EVERY_MS);
  // It keeps no process alive in which nothing else is left to do: see starved.ts.
  timer.unref();
  return () => clearInterval(timer);
}

function readRequest(run: Run, stored: RunReader): void {
  const asked = stored.stopAsked();
  run.workers?.look();
  for (const { scope, reason } of stored.batchCancelsAsked()) run.batchCancels.ask(scope, reason);
  run.waits?.look();
  if (asked) run.stopping.request({ as: asked.stop, reason: asked.reason ?? 'another process asked for it' });
}

/** A fast step is written once, at its end; a step that still runs at a heartbeat is written once more. */
export function showInFlight(run: Run): void {
  const { journal, writer } = run;
  for (const [scope, mark] of run.inFlight.batches) {
    if (mark.onRecord) continue;
    mark.onRecord = true;
    journal.write(() => {
      // The batch may have ended in this turn of the event loop.
      if (run.inFlight.batches.has(scope)) writer.batchRuns(scope, mark.startedAt, BatchStatus.running, mark.worker);
    });
  }
  for (const attempt of run.inFlight.attempts) {
    if (attempt.onRecord && !attempt.hasLogs) continue;
    journal.write(() => {
      // What is left of its log is stored with its end: before, a kill would leave lines of an attempt that nobody knows of.
      if (attempt.isEnding || attempt.ended) return;
      if (!attempt.onRecord) {
        attempt.onRecord = true;
        writer.attempt({
          scope: attempt.scope,
          node: attempt.node,
          attempt: attempt.attempt,
          batchAttempt: attempt.batchAttempt,
          status: StepStatus.running,
          startedAt: attempt.stopwatch.startedAt,
          endedAt: null,
          error: null,
          output: null,
        });
      }
      if (attempt.hasLogs) writer.logs(attempt, attempt.logs.take());
    });
  }
}

function heartbeat(run: Run, lease: Lease, storeFile: StoreFileIdentity, wal: WalWatch): void {
  const text = wal.check();
  if (text !== undefined) run.log.add({ at: run.clock.now(), level: 'warn', text }, undefined);
  const counts = JSON.stringify(countsOf(run.progress.values()));
  run.journal.write(() => {
    storeFile.check();
    const { stamp, activeMs } = run.moment();
    run.writer.counts(counts, activeMs);
    run.writer.tallyIsDue();
    run.workers?.beat();
    lease.renew(stamp);
  });
}
