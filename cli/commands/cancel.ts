import { systemClock } from '../../engine/run/clock.ts';
import type { StoreDatabase } from '../../engine/store/open.ts';
import { parseStoredGraph } from '../../engine/store/parse-stored.ts';
import { planCancel } from '../../engine/run/rerun/plan-cancel.ts';
import { cancelText } from '../view/cancel.ts';
import { cancelRun } from '../../engine/runner/cancel-run.ts';
import { storedSummary } from '../../engine/store/stored-summary.ts';
import { requireRun } from '../../engine/store/runs.ts';
import { parseArguments, runNumber, text } from '../arguments.ts';
import { findStore } from '../caller-paths.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import { printEvent, summaryEvent } from '../view/json.ts';
import { UsageError } from '../usage.ts';
import { cancelBatchDryRun, cancelOneBatch } from './cancel-batch.ts';
import { withStore } from '../with-store.ts';

export async function cancel(argv: readonly string[]): Promise<number> {
  const { operand, values } = parseArguments(argv, 'cancel', 'the number of a run', {
    batch: { type: 'string' },
    node: { type: 'string' },
    'dry-run': { type: 'boolean' },
  });
  const run = runNumber(operand);
  return await withStore(findStore(text(values.store)), 'write', async db => {
    const batch = text(values.batch);
    const [node, json, isDry] = [text(values.node), values.json === true, values['dry-run'] === true];
    if (batch !== undefined)
      return isDry ? cancelBatchDryRun(db, run, batch, node, json) : await cancelOneBatch(db, run, batch, node, json);
    if (node !== undefined) throw new UsageError('--node goes with --batch: which batch of it is to be cancelled?');
    if (isDry) return dryRun(db, run, json);
    await cancelRun(db, run, 'it was cancelled with cronflow cancel');
    const summary = storedSummary(db, requireRun(db, run), systemClock.now());
    const { status } = summary;
    if (json) printEvent(summaryEvent(summary));
    else
      process.stdout.write(
        status === 'cancelled'
          ? `Run ${run} is cancelled.\n`
          : `Run ${run} has ${status} before it could be cancelled.\n`,
      );
    return status === 'failed' ? EXIT_CODES.failed : 0;
  });
}

/** Shows what a cancel of a run would end. */
function dryRun(db: StoreDatabase, run: number, json: boolean): number {
  const report = planCancel(db, run);
  if (json) printEvent({ event: 'dry-run', run: String(run), ...report, parts: report.parts.map(String) });
  else process.stdout.write(`${cancelText(report, parseStoredGraph(requireRun(db, run).graph))}\n`);
  return 0;
}
