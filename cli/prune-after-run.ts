import { counted, RUN } from '../common/format.ts';
import { systemClock } from '../engine/run/clock.ts';
import { openStore, storeError } from '../engine/store/open.ts';
import { pruneByPolicy } from '../engine/store/prune-by-policy.ts';

/**
 * Deletes what the store's own policy says is no longer needed, once a run has ended. What goes wrong is told on standard
 * error, and changes nothing of how the run ended.
 */
export function pruneAfterRun(store: string, json: boolean): void {
  let db;
  try {
    db = openStore(store, { mode: 'write' });
    const deleted = pruneByPolicy(db, systemClock.now);
    if (deleted > 0 && !json)
      process.stderr.write(
        `By the policy of the store, ${counted(deleted, RUN)} ${deleted === 1 ? 'was' : 'were'} deleted.\n`,
      );
  } catch (error) {
    const explained = storeError(store, error);
    const message = explained instanceof Error ? explained.message : String(explained);
    process.stderr.write(`Runs could not be deleted by the policy of the store: ${message}\n`);
  } finally {
    db?.close();
  }
}
