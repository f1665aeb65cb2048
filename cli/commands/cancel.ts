import { systemClock } from '../../engine/run/clock.ts';
import { cancelRun } from '../../engine/runner/cancel-run.ts';
import { storedSummary } from '../../engine/store/stored-summary.ts';
import { requireRun } from '../../engine/store/runs.ts';
import { parseArguments, runNumber, text } from '../arguments.ts';
import { findStore } from '../caller-paths.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import { printEvent, summaryEvent } from '../view/json.ts';
import { UsageError } from '../usage.ts';
import { cancelOneBatch } from './cancel-batch.ts';
import { withStore } from '../with-store.ts';

export async function cancel(argv: readonly string[]): Promise<number> {
  const { operand, values } = parseArguments(argv, 'cancel', 'the number of a run', {
    batch: { type: 'string' },
    node: { type: 'string' },
  });
  const run = runNumber(operand);
  return await withStore(findStore(text(values.store)), 'write', async db => {
    const batch = text(values.batch);
    if (batch !== undefined) return await cancelOneBatch(db, run, batch, text(values.node), values.json === true);
    if (values.node !== undefined)
      throw new UsageError('--node goes with --batch: which batch of it is to be cancelled?');
    await cancelRun(db, run, 'it was cancelled with cronflow cancel');
    const summary = storedSummary(db, requireRun(db, run), systemClock.now());
    const { status } = summary;
    if (values.json === true) printEvent(summaryEvent(summary));
    else
      process.stdout.write(
        status === 'cancelled'
          ? `Run ${run} is cancelled.\n`
          : `Run ${run} has ${status} before it could be cancelled.\n`,
      );
    return status === 'failed' ? EXIT_CODES.failed : 0;
  });
}
