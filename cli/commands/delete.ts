import { bytes } from '../../common/format.ts';
import { systemClock } from '../../engine/run/clock.ts';
import { deleteRun, finishDeletions } from '../../engine/store/delete-run.ts';
import { checkFree } from '../../engine/store/leases.ts';
import { bytesOfRun } from '../../engine/store/run-size.ts';
import { requireRun } from '../../engine/store/runs.ts';
import { giveBackSpace } from '../../engine/store/store-space.ts';
import { parseArguments, runNumbers, text } from '../arguments.ts';
import { findStore } from '../caller-paths.ts';
import { printEvent } from '../view/json.ts';
import { withStore } from '../with-store.ts';

/** Deletes runs for good: all that are named, or, where one of them cannot be deleted, none. */
export async function deleteRuns(argv: readonly string[]): Promise<number> {
  const { operand, values } = parseArguments(argv, 'delete', 'the number of a run', { 'dry-run': { type: 'boolean' } });
  const runs = runNumbers(operand);
  const isDry = values['dry-run'] === true;
  const json = values.json === true;
  return await withStore(findStore(text(values.store)), isDry ? 'read' : 'write', db => {
    for (const run of runs) {
      requireRun(db, run);
      checkFree(db, run);
    }
    if (!isDry) finishDeletions(db, systemClock.now);
    for (const run of runs) {
      const size = bytesOfRun(db, run);
      if (!isDry) deleteRun(db, run, systemClock.now);
      if (json) printEvent({ event: isDry ? 'deletable' : 'deleted', run: String(run), bytes: size });
      else
        process.stdout.write(
          isDry ? `Run ${run} takes about ${bytes(size)}.\n` : `Run ${run} is deleted: it took about ${bytes(size)}.\n`,
        );
    }
    if (!isDry) giveBackSpace(db);
    return 0;
  });
}
