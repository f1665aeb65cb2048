import type { RerunRequest } from '../../engine/run/rerun/request.ts';
import { folderOfStore } from '../../engine/store/project-store.ts';
import {
  batchSelection,
  DURABILITY_OPTION,
  durabilityOf,
  movedFile,
  NODE_OPTIONS,
  nodeAnswers,
  NOTICE_OPTIONS,
  noticesOf,
  parseArguments,
  runNumber,
  text,
  WORKERS_OPTION,
  workersOf,
} from '../arguments.ts';
import { itemsMoved } from '../item-places.ts';
import { findStore } from '../caller-paths.ts';
import { followRun } from '../follow-run.ts';
import { QUEUE_OPTION, queueOf } from '../queue-option.ts';
import { plannedRerun } from '../planned-rerun.ts';
import { climb } from '../climb.ts';
import { UsageError } from '../usage.ts';
import { printEvent } from '../view/json.ts';
import { reportProblem } from '../report-problem.ts';
import { rerunText } from '../view/rerun.ts';
import { withStore } from '../with-store.ts';
import type { RunAt } from '../workflow-now.ts';

export async function rerun(argv: readonly string[]): Promise<number> {
  const { operand, values } = parseArguments(argv, 'rerun', 'the number of a run', {
    node: { type: 'string' },
    batches: { type: 'string' },
    file: { type: 'string' },
    'from-start': { type: 'boolean' },
    'set-aside': { type: 'string' },
    'take-back': { type: 'string' },
    edit: { type: 'string', multiple: true },
    reason: { type: 'string' },
    'dry-run': { type: 'boolean' },
    climb: { type: 'boolean' },
    ...NODE_OPTIONS,
    ...DURABILITY_OPTION,
    ...WORKERS_OPTION,
    ...QUEUE_OPTION,
    ...NOTICE_OPTIONS,
  });
  const run = runNumber(operand);
  const store = findStore(text(values.store));
  const json = values.json === true;
  const durability = durabilityOf(values);
  const workers = workersOf(values);
  const items = itemsMoved(values);
  const request = {
    node: text(values.node),
    batches: items.names && values.batches === undefined ? [] : batchSelection(text(values.batches)),
    fromStart: values['from-start'] === true,
    ...items.moved,
    ...nodeAnswers(values),
  };
  if (values.climb === true) {
    if (values['on-failure'] !== undefined || values['on-finish'] !== undefined)
      throw new UsageError('--climb is several re-runs: --on-failure and --on-finish go with one.');
    if (values['dry-run'] === true)
      throw new UsageError('--climb runs batches; --dry-run runs none. Give one of them.');
    const queue = await queueOf(values, folderOfStore(store));
    return await climb({ store, run, file: movedFile(values), durability, workers, queue }, request, json);
  }
  return values['dry-run'] === true
    ? await dryRun({ store, run, file: movedFile(values) }, request, json)
    : await followRun(
        {
          kind: 'rerun',
          run,
          store,
          file: movedFile(values),
          request,
          durability,
          workers,
          queue: await queueOf(values, folderOfStore(store)),
        },
        json,
        noticesOf(values),
      );
}

/** Shows what a re-run would touch. */
export async function dryRun(at: RunAt, request: RerunRequest, json: boolean): Promise<number> {
  return await withStore(at.store, 'write', async db => {
    const planned = await plannedRerun(db, at, request);
    if (!planned.ok) return reportProblem(planned.problem, json);
    const { report, before, codeChanged } = planned;
    if (json) printEvent({ event: 'dry-run', run: String(at.run), ...report, codeChanged });
    else process.stdout.write(`${rerunText(report, before, codeChanged)}\n`);
    return 0;
  });
}
