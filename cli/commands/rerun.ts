import { hasCodeChanged } from '../../engine/load/code-changes.ts';
import { chooseWorkflow } from '../../engine/runner/choose-workflow.ts';
import { inspectFile } from '../../engine/runner/inspect-file.ts';
import { whereIsFile } from '../../engine/runner/moved-file.ts';
import type { Problem } from '../../engine/runner/protocol.ts';
import { requireRun } from '../../engine/store/runs.ts';
import type { RerunRequest } from '../../engine/run/rerun/request.ts';
import { planRerun } from '../../engine/run/rerun/rerun.ts';
import { RunStateError } from '../../engine/store/run-state-error.ts';
import { ownerOf } from '../../engine/store/leases.ts';
import { parseStoredGraph } from '../../engine/store/parse-stored.ts';
import { latestSources } from '../../engine/store/queries.ts';
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
import { climb } from '../climb.ts';
import { UsageError } from '../usage.ts';
import { printEvent } from '../view/json.ts';
import { reportProblem } from '../report-problem.ts';
import { rerunText } from '../view/rerun.ts';
import { withStore } from '../with-store.ts';

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
    return await climb({ store, run, file: movedFile(values), durability, workers }, request, json);
  }
  return values['dry-run'] === true
    ? await dryRun({ store, run, file: movedFile(values) }, request, json)
    : await followRun(
        { kind: 'rerun', run, store, file: movedFile(values), request, durability, workers },
        json,
        noticesOf(values),
      );
}

interface RunAt {
  readonly store: string;
  readonly run: number;
  /** Where the workflow file is now, if it was moved. */
  readonly file: string | undefined;
}

/** Shows what a re-run would touch. */
export async function dryRun({ store, run, file }: RunAt, request: RerunRequest, json: boolean): Promise<number> {
  return await withStore(store, 'write', async db => {
    const row = requireRun(db, run);
    const owner = ownerOf(db, run);
    if (owner)
      throw new RunStateError(
        `Run ${run} is running in process ${owner.pid}. Wait for it, or stop it with: cronflow cancel ${run}`,
      );
    const place = file ?? whereIsFile(row, store);
    const inspected = await inspectFile(place).done;
    if (!inspected.ok) return refused(inspected.problem, json);
    const now = chooseWorkflow({ file: place, workflows: inspected.graphs }, row.workflow);
    const before = parseStoredGraph(row.graph);
    const report = planRerun(db, run, request, { before, now });
    const codeChanged = await hasCodeChanged(latestSources(db, run));
    if (json) printEvent({ event: 'dry-run', run: String(run), ...report, codeChanged });
    else process.stdout.write(`${rerunText(report, before, codeChanged)}\n`);
    return 0;
  });
}

/** The re-run itself would be refused, too. */
function refused(problem: Problem, json: boolean): number {
  reportProblem(problem, json);
  return 2;
}
