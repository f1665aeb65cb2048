import { startRunner } from '../../engine/runner/parent.ts';
import { DEFAULT_BUDGET, type Budget } from '../../engine/runner/probe/search-batch.ts';
import { searchRun } from '../../engine/runner/probe/search-run.ts';
import type { Problem } from '../../engine/runner/protocol.ts';
import { systemClock } from '../../engine/run/clock.ts';
import { currentFindings, currentFindingsOf } from '../../engine/store/findings.ts';
import type { StoreDatabase } from '../../engine/store/open.ts';
import { parseStoredGraph } from '../../engine/store/parse-stored.ts';
import { latestSources } from '../../engine/store/queries.ts';
import { requireRun, type RunRow } from '../../engine/store/runs.ts';
import {
  failedToSearch,
  isProbeAllowed,
  storeSearch,
  type FailedBatchToSearch,
  type SearchSelection,
} from '../../engine/store/searches.ts';
import { abortOnSignals } from '../abort-on-signals.ts';
import {
  batchSelection,
  movedFile,
  parseArguments,
  positiveNumber,
  runNumber,
  text,
  type Arguments,
} from '../arguments.ts';
import { findStore } from '../caller-paths.ts';
import { probeConsent } from '../probe-consent.ts';
import { reportProblem } from '../report-problem.ts';
import { UsageError } from '../usage.ts';
import { CheckedView } from '../view/checked.ts';
import { FindView } from '../view/find.ts';
import { Titles } from '../view/titles.ts';
import { watchItems } from '../watch-items.ts';
import { withStore } from '../with-store.ts';

export async function find(argv: readonly string[]): Promise<number> {
  const { operand, values } = parseArguments(argv, 'find', 'the number of a run', {
    node: { type: 'string' },
    batches: { type: 'string' },
    file: { type: 'string' },
    probes: { type: 'string' },
    seconds: { type: 'string' },
    yes: { type: 'boolean' },
    watch: { type: 'boolean' },
  });
  const run = runNumber(operand);
  const store = findStore(text(values.store));
  const selection = selectionOf(values);
  const budget = budgetOf(values);
  return await withStore(store, 'write', async db => {
    const row = requireRun(db, run);
    const batches = failedToSearch(db, run, selection);
    if (batches.length === 0) throw new UsageError(nothingToFind(row, selection));
    return await search({ db, store, row, batches, budget, file: movedFile(values) }, values);
  });
}

interface Task {
  readonly db: StoreDatabase;
  readonly store: string;
  readonly row: RunRow;
  readonly batches: readonly FailedBatchToSearch[];
  readonly budget: Budget;
  readonly file: string | undefined;
}

async function search({ db, store, row, batches, budget, file }: Task, values: Arguments['values']): Promise<number> {
  const json = values.json === true;
  const view = new FindView(new Titles(parseStoredGraph(row.graph)), json);
  const stop = abortOnSignals();
  let problem: Problem | undefined;
  try {
    await searchRun({
      store,
      run: row.id,
      file,
      batches,
      budget,
      start: startRunner,
      signal: stop.signal,
      mayExecute: probeConsent(db, row, { isGiven: values.yes === true, json, onAsk: () => view.clear() }),
      onProgress: soFar => view.progress(soFar),
      onEnd: (batch, end) => {
        if (end.kind === 'searched') storeSearch(db, row.id, batch, end.search, systemClock.now());
        if (end.kind === 'refused') problem ??= end.problem;
        view.batch(batch, end, currentFindingsOf(db, row.id, batch.scope));
      },
    });
  } finally {
    stop.end();
    view.clear();
  }
  if (problem) return reportProblem(problem, json, store);
  const code = view.end({ batches: batches.length, store, run: row.id });
  if (values.watch === true && code === 0) await watch({ db, store, row, batches, budget, file }, json);
  return code;
}

/** Tries what was found with each save, until a signal. */
async function watch({ db, store, row, file }: Task, json: boolean): Promise<void> {
  const findings = currentFindings(db, row.id, { limit: MOST_WATCHED });
  if (findings.length === 0) return;
  const view = new CheckedView({ titles: new Titles(parseStoredGraph(row.graph)), json, store, run: row.id, findings });
  const stop = abortOnSignals();
  try {
    await watchItems({
      store,
      run: row.id,
      file,
      sources: latestSources(db, row.id),
      items: findings,
      signal: stop.signal,
      // It was asked before they were found.
      mayExecute: () => Promise.resolve(isProbeAllowed(db, row.workflow)),
      onWatching: () => view.watching(),
      onChecked: (item, outcome) => view.checked(item, outcome),
      onEnd: end => view.ended(end),
    });
  } finally {
    stop.end();
  }
}

/** More would take longer than a person waits after a save. */
const MOST_WATCHED = 1_000;

function selectionOf(values: Arguments['values']): SearchSelection {
  const batches = batchSelection(text(values.batches));
  if (batches === 'all') throw new UsageError('--batches all: items at fault are looked for in failed batches.');
  return { node: text(values.node), batches };
}

function budgetOf(values: Arguments['values']): Budget {
  const number = (option: string) => {
    const given = text(values[option]);
    return given === undefined ? undefined : positiveNumber(option, given);
  };
  const seconds = number('seconds');
  return {
    probes: number('probes') ?? DEFAULT_BUDGET.probes,
    ms: seconds === undefined ? DEFAULT_BUDGET.ms : seconds * 1000,
  };
}

function nothingToFind({ id }: RunRow, { node, batches }: SearchSelection): string {
  const which = batches === 'failed' ? '' : ' of these';
  const where = node === undefined ? `Run ${id}` : `${JSON.stringify(node)} of run ${id}`;
  return `${where} has no failed batches${which}: no items are at fault. To look at the run: cronflow show ${id}`;
}
