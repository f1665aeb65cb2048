import { readFileSync } from 'node:fs';
import { startRunner } from '../../engine/runner/parent.ts';
import { ProbeProcesses } from '../../engine/runner/probe/probe-processes.ts';
import { DEFAULT_BUDGET } from '../../engine/runner/probe/search-batch.ts';
import { requireRun } from '../../engine/store/runs.ts';
import { folderOfStore } from '../../engine/store/project-store.ts';
import { CellError } from '../../host/spreadsheet/cells.ts';
import { correctionsIn, requestOf, type Corrections } from '../../host/spreadsheet/corrections.ts';
import { readTable, type ReadTable } from '../../host/spreadsheet/table.ts';
import { tryCorrections } from '../../host/spreadsheet/try-corrections.ts';
import {
  DURABILITY_OPTION,
  durabilityOf,
  movedFile,
  parseArguments,
  positiveNumber,
  runNumber,
  text,
  WORKERS_OPTION,
  workersOf,
} from '../arguments.ts';
import { findStore, fromCaller } from '../caller-paths.ts';
import { followRun } from '../follow-run.ts';
import { probeConsent } from '../probe-consent.ts';
import { QUEUE_OPTION, queueOf } from '../queue-option.ts';
import { UsageError } from '../usage.ts';
import { CorrectionsView } from '../view/corrections.ts';
import { withStore } from '../with-store.ts';
import { dryRun } from './rerun.ts';

/** Re-runs batches with the items that a person has corrected in a file of `cronflow export --items`. */
export async function importItems(argv: readonly string[]): Promise<number> {
  const options = {
    'dry-run': { type: 'boolean' },
    yes: { type: 'boolean' },
    seconds: { type: 'string' },
    file: { type: 'string' },
    ...DURABILITY_OPTION,
    ...WORKERS_OPTION,
    ...QUEUE_OPTION,
  } as const;
  const { operand, second, values } = parseArguments(
    argv,
    'import',
    'the number of a run',
    options,
    undefined,
    'the file that was corrected',
  );
  const run = runNumber(operand);
  const store = findStore(text(values.store));
  const json = values.json === true;
  const file = movedFile(values);
  const seconds = text(values.seconds);
  const limitMs = seconds === undefined ? DEFAULT_BUDGET.ms : positiveNumber('seconds', seconds) * 1000;
  const isDry = values['dry-run'] === true;
  const queue = isDry ? undefined : await queueOf(values, folderOfStore(store));
  const table = await read(second);
  const view = new CorrectionsView(json);

  const corrections = await withStore(store, 'write', async db => {
    const row = requireRun(db, run);
    const found = await explained(second, () => correctionsIn(db, run, table));
    view.show(found);
    if (isDry && found.corrected.length > 0) {
      const mayExecute = probeConsent(db, row, { isGiven: values.yes === true, json, onAsk: () => undefined });
      await test(found, { store, run, file, limitMs, mayExecute, view });
    }
    return found;
  });
  if (corrections.corrected.length === 0) return corrections.refused.length > 0 ? 2 : 0;
  const request = requestOf(corrections, table.by);
  if (isDry) return await dryRun({ store, run, file }, request, json);
  const [durability, workers] = [durabilityOf(values), workersOf(values)];
  return await followRun({ kind: 'rerun', run, store, file, request, durability, workers, queue }, json);
}

interface Testing {
  readonly store: string;
  readonly run: number;
  readonly file: string | undefined;
  readonly limitMs: number;
  readonly mayExecute: () => Promise<boolean>;
  readonly view: CorrectionsView;
}

async function test({ corrected }: Corrections, { store, run, file, view, ...trying }: Testing): Promise<void> {
  const processes = new ProbeProcesses({
    task: { kind: 'probe', store, run, file },
    start: startRunner,
    now: () => performance.now(),
    signal: new AbortController().signal,
  });
  try {
    for await (const [row, tried] of tryCorrections(corrected, { processes, ...trying })) view.tried(row, tried);
    view.tested();
  } finally {
    processes.end();
  }
}

async function read(file: string): Promise<ReadTable> {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(fromCaller(file));
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  return await explained(file, () => readTable(bytes));
}

async function explained<T>(file: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof CellError) throw new UsageError(`${file} cannot be imported: ${error.message}.`);
    throw error;
  }
}
