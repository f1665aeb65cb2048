import type { Database } from 'better-sqlite3';
import { batchStatusName, isFinished, statusWord } from '../../common/status.ts';
import { cancelBatch, checkBatchCancellable } from '../../engine/store/cancel-batch.ts';
import { batchLine, scopeAt } from '../../engine/store/batch-queries.ts';
import { ownerOf } from '../../engine/store/leases.ts';
import { RunStateError } from '../../engine/store/run-state-error.ts';
import { mappedOf, nodesOf } from '../../engine/store/run-queries.ts';
import { requireRun } from '../../engine/store/runs.ts';
import { batchSelection } from '../arguments.ts';
import { UsageError } from '../usage.ts';
import { printEvent } from '../view/json.ts';

const LOOK_EVERY_MS = 100;
/** A step that holds up its process hears of nothing. */
const WAIT_MS = 10_000;

/** Asks the run's process to cancel one batch, and waits until it has ended. The run goes on. */
export async function cancelOneBatch(
  db: Database,
  run: number,
  given: string,
  node: string | undefined,
  json: boolean,
): Promise<number> {
  const { index, of, scope } = batchOf(db, run, given, node);
  cancelBatch(db, run, scope, `batch ${index}`, 'it was cancelled with cronflow cancel');
  const until = performance.now() + WAIT_MS;
  const statusNow = () => batchLine(db, run, scope)?.status ?? 0;
  while (!isFinished(statusNow()) && ownerOf(db, run) && performance.now() < until)
    await new Promise(resolve => setTimeout(resolve, LOOK_EVERY_MS));
  const status = batchStatusName(statusNow());
  const isOver = isFinished(statusNow());
  if (json) printEvent({ event: 'batch-cancel', run, node: of.path, batch: index, status, isOver });
  else process.stdout.write(`${toldText(run, index, isOver, statusWord(status))}\n`);
  return 0;
}

/** Shows what a cancel of one batch would end. */
export function cancelBatchDryRun(
  db: Database,
  run: number,
  given: string,
  node: string | undefined,
  json: boolean,
): number {
  const { index, of, scope } = batchOf(db, run, given, node);
  checkBatchCancellable(db, run, scope, `batch ${index}`);
  const status = batchStatusName(batchLine(db, run, scope)?.status ?? 0);
  if (json) printEvent({ event: 'dry-run', run: String(run), node: of.path, batch: index, status });
  else process.stdout.write(`  Cancels: batch ${index} of run ${run}, which is ${status}. The run goes on.\n`);
  return 0;
}

/** The batch that is meant. @throws UsageError, RunStateError */
function batchOf(db: Database, run: number, given: string, node: string | undefined) {
  requireRun(db, run);
  const index = indexOf(given);
  const of = nodeOf(db, run, node);
  const scope = scopeAt(db, run, of.node, 0, index);
  if (scope === undefined)
    throw new RunStateError(`Run ${run} has no batch ${index} of ${JSON.stringify(of.path)} yet.`);
  return { index, of, scope };
}

function toldText(run: number, index: number, isOver: boolean, status: string): string {
  if (!isOver)
    return `Batch ${index} of run ${run} is asked to end, and has not ended yet. Does a step of it hold up its process?`;
  return status === 'cancelled'
    ? `Batch ${index} of run ${run} is cancelled. The run goes on.`
    : `Batch ${index} of run ${run} has ${status} before it could be cancelled.`;
}

/** @throws UsageError */
function indexOf(given: string): number {
  const chosen = batchSelection(given);
  const [index, ...others] = Array.isArray(chosen) ? chosen : [];
  if (index === undefined || others.length > 0)
    throw new UsageError(`--batch ${given}: one batch, by its index from 0, such as 14.`);
  return index;
}

/** @throws UsageError */
function nodeOf(db: Database, run: number, path: string | undefined): { node: number; path: string } {
  const known = mappedOf(nodesOf(db, run));
  const found = path === undefined ? known : known.filter(other => other.path === path);
  const [only, ...others] = found;
  if (only && others.length === 0) return only;
  const choice = known.map(other => other.path).join(', ');
  if (known.length === 0) throw new RunStateError(`Run ${run} has no batches yet.`);
  throw new UsageError(
    path === undefined
      ? `Run ${run} has several batch nodes: choose one with --node (${choice}).`
      : `Run ${run} has no batches of ${JSON.stringify(path)}. Choose one of: ${choice}.`,
  );
}
