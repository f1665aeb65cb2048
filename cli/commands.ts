import { statSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import type { Database } from 'better-sqlite3';
import { planRerun } from '../engine/run/rerun/rerun.ts';
import { systemClock } from '../engine/run/clock.ts';
import { requireRun } from '../engine/run/execute.ts';
import { RunStateError } from '../engine/store/run-state-error.ts';
import { storedSummary } from '../engine/store/stored-summary.ts';
import { failedBatches } from '../common/run-summary.ts';
import type { BatchPredicate } from '../engine/store/batch-predicate.ts';
import { toRanges } from '../common/ranges.ts';
import { encode } from '../engine/store/codec.ts';
import { startRunner } from '../engine/runner/parent.ts';
import type { FromRunner, Problem } from '../engine/runner/protocol.ts';
import { cancelAtRest } from '../engine/store/cancel.ts';
import { ownerOf } from '../engine/store/leases.ts';
import type { ProcessIdentity } from '../engine/store/process-identity.ts';
import { parseStoredGraph } from '../engine/store/parse-stored.ts';
import { openStore, storeError } from '../engine/store/open.ts';
import { scanFolder } from '../engine/load/folder-scan.ts';
import { toProblem } from '../engine/runner/problem.ts';
import { readSource, sha256 } from '../engine/load/sources.ts';
import { killVerified } from '../engine/runner/kill.ts';
import {
  failureCauses,
  latestSources,
  listBatches,
  listRuns,
  lostUpdates,
  placesOfCause,
} from '../engine/store/queries.ts';
import { askToStop } from '../engine/store/runs.ts';
import type { Graph } from '../common/graph.ts';
import { failureEvent } from './failure-event.ts';
import { graphText } from './graph-view.ts';
import { batchEvent, summaryEvent, toJson } from './json.ts';
import {
  batchSelection,
  parseArguments,
  payloadOf,
  positiveNumber,
  runNumber,
  text,
  type Arguments,
} from './options.ts';
import { MOST_CAUSES, reportText, summaryText } from './summary-view.ts';
import { equation } from '../common/format.ts';
import { EXIT_CODES, reportProblem, supervise } from './run-command.ts';
import { findStore, fromCaller, storeBeside, toCaller } from './caller-paths.ts';
import { Titles } from './titles.ts';
import { paint } from './paint.ts';
import { counted, duration } from '../common/format.ts';
import { oneLine } from '../common/safe-text.ts';

/** Each command takes its arguments and returns the exit code. */
export type Command = (argv: readonly string[]) => Promise<number>;

const FORCE_AFTER_MS = 10_000;

export const commands: Readonly<Record<string, Command>> = {
  run: async argv => {
    const { operand, values } = parseArguments(argv, 'run', 'a workflow file', {
      workflow: { type: 'string' },
      payload: { type: 'string' },
      'payload-file': { type: 'string' },
    });
    const file = fromCaller(operand);
    const named = text(values.store);
    const store = named === undefined ? storeBeside(file) : fromCaller(named);
    return supervise({
      task: {
        kind: 'start',
        file,
        store,
        workflow: text(values.workflow),
        payload: encode(payloadOf(values), 'payload'),
      },
      json: values.json === true,
    });
  },

  resume: async argv => {
    const { operand, values } = parseArguments(argv, 'resume', 'the number of a run', { file: { type: 'string' } });
    return supervise({
      task: { kind: 'resume', run: runNumber(operand), store: findStore(text(values.store)), file: movedFile(values) },
      json: values.json === true,
    });
  },

  rerun: async argv => {
    const { operand, values } = parseArguments(argv, 'rerun', 'the number of a run', {
      node: { type: 'string' },
      batches: { type: 'string' },
      file: { type: 'string' },
      'from-start': { type: 'boolean' },
      'dry-run': { type: 'boolean' },
    });
    const run = runNumber(operand);
    const store = findStore(text(values.store));
    const request = {
      node: text(values.node),
      batches: batchSelection(text(values.batches)),
      fromStart: values['from-start'] === true,
    };
    if (values['dry-run'] !== true)
      return supervise({
        task: { kind: 'rerun', run, store, file: movedFile(values), request },
        json: values.json === true,
      });
    return withStore(store, 'write', db => {
      const row = requireRun(db, run);
      const owner = ownerOf(db, run, systemClock.now());
      if (owner)
        throw new RunStateError(
          `Run ${run} is going on in process ${owner.pid}. Wait for it, or stop it with: cronflow cancel ${run}`,
        );
      const report = planRerun(db, run, request);
      const codeChanged = hasCodeChanged(db, run);
      if (values.json === true) print({ event: 'dry-run', run: String(run), ...report, codeChanged });
      else process.stdout.write(`${reportText(report, parseStoredGraph(row.graph), codeChanged)}\n`);
      return 0;
    });
  },

  cancel: async argv => {
    const { operand, values } = parseArguments(argv, 'cancel', 'the number of a run');
    const run = runNumber(operand);
    return withStore(findStore(text(values.store)), 'write', async db => {
      await cancel(db, run);
      const summary = storedSummary(db, requireRun(db, run), systemClock.now());
      const { status } = summary;
      if (values.json === true) print(summaryEvent(summary));
      else
        process.stdout.write(
          status === 'cancelled'
            ? `Run ${run} is cancelled.\n`
            : `Run ${run} has ${status} before it could be cancelled.\n`,
        );
      return status === 'failed' ? EXIT_CODES.failed : 0;
    });
  },

  runs: async argv => {
    const { values } = parseArguments(argv, 'runs', undefined, { limit: { type: 'string' } });
    const limit = positiveNumber('limit', text(values.limit) ?? '50');
    return withStore(findStore(text(values.store)), 'read', db => {
      const rows = listRuns(db, { limit });
      for (const row of rows) {
        const summary = storedSummary(db, row, systemClock.now());
        if (values.json === true) print(summaryEvent(summary));
        else {
          const titles = new Titles(parseStoredGraph(row.graph));
          const nodes = summary.nodes.filter(({ path }) => titles.batch(path).depth === 0);
          const done =
            summary.items.total === 0
              ? ''
              : ` · ${equation(
                  summary.items,
                  titles.unit(nodes.map(({ path }) => path)),
                  nodes.every(({ complete }) => complete),
                )}`;
          // The others are in the equation.
          const borneInside = failedBatches(summary.nodes) - summary.batches.failed;
          const inside = borneInside === 0 ? '' : ` · ${counted(borneInside, ['batch', 'batches'])} inside failed`;
          process.stdout.write(
            `${String(row.id).padStart(4)}  ${summary.status.padEnd(11)} ${oneLine(row.name, 60)}${paint('dim', ` · ${new Date(row.started_at).toLocaleString()} · ${duration(summary.durationMs)}${done}${inside}`)}\n`,
          );
        }
      }
      if (rows.length === 0 && values.json !== true) process.stdout.write('No runs yet.\n');
      return 0;
    });
  },

  show: async argv => {
    const { operand, values } = parseArguments(argv, 'show', 'the number of a run', { batches: { type: 'string' } });
    const store = findStore(text(values.store));
    const filter = batchFilter(text(values.batches));
    return withStore(store, 'read', db => {
      const row = requireRun(db, runNumber(operand));
      const summary = storedSummary(db, row, systemClock.now());
      const titles = new Titles(parseStoredGraph(row.graph));
      for (const batch of filter ? listBatches(db, row.id, filter, summary.status === 'running') : []) {
        if (values.json === true) print(batchEvent(batch));
        else
          process.stdout.write(
            `  ${batch.status.padEnd(10)} ${oneLine(titles.node(batch.node), 40)} #${batch.index}${batch.around
              .toReversed()
              .map(outer => ` in ${oneLine(titles.node(outer.node), 40)} #${outer.index}`)
              .join(
                '',
              )} · ${counted(batch.items, titles.batch(batch.node).unit)} · attempt ${batch.attempts}${batch.error ? ` · ${oneLine(batch.error.message, 160)}${batch.error.at ? ` (${oneLine(toCaller(batch.error.at.file))}:${batch.error.at.line})` : ''}` : ''}\n`,
          );
      }
      if (values.json === true) {
        for (const cause of failureCauses(db, row.id, MOST_CAUSES))
          print(failureEvent(cause, placesOfCause(db, row.id, cause)));
        for (const { key, count } of lostUpdates(db, row.id)) print({ event: 'lost-updates', key, count });
        print(summaryEvent(summary));
      } else process.stdout.write(`${summaryText(db, store, parseStoredGraph(row.graph), summary)}\n`);
      return 0;
    });
  },

  list: async argv => {
    const { operand, values } = parseArguments(argv, 'list', 'a file or a folder');
    const place = fromCaller(operand);
    const json = values.json === true;
    if (statSync(place, { throwIfNoEntry: false })?.isDirectory()) return await listFolder(place, json);
    return told(place, await inspect(place), json);
  },
};

/** Where the workflow file of a run is now, where its caller has to say so. */
function movedFile(values: Arguments['values']): string | undefined {
  const file = text(values.file);
  return file === undefined ? undefined : fromCaller(file);
}

/** Lists the workflow files of a folder. No other file is executed, and what is not looked at is told on standard error. */
async function listFolder(folder: string, json: boolean): Promise<number> {
  const { files, gaps } = scanFolder(folder);
  // The parser takes a while to load, and no other command needs it here.
  const { lookAtSource } = await import('../engine/load/look-at-source.ts');
  let code = 0;
  for (const file of files) {
    const look = await lookAtSource(file);
    if (look.kind === 'other') continue;
    const problem = look.kind === 'broken' ? toProblem(look.error, []) : undefined;
    const found = problem ? { problem } : await inspect(file);
    // In a folder, files without a workflow are helpers of those that have one.
    if ('problem' in found && /defines no workflow/.test(found.problem.message)) continue;
    code = Math.max(code, told(file, found, json));
  }
  for (const gap of gaps.texts(file => oneLine(path.relative(folder, file) || '.')))
    process.stderr.write(`${oneLine(toCaller(folder), 1_000)}: ${gap}\n`);
  return code;
}

type Inspection = { readonly graphs: readonly Graph[] } | { readonly problem: Problem };

/** Says which workflows a file has, or why it cannot be loaded, and returns the exit code. */
function told(file: string, found: Inspection, json: boolean): number {
  if ('problem' in found) return reportProblem(found.problem, json);
  for (const graph of found.graphs) {
    if (json) print({ event: 'workflow', file, ...graph });
    else process.stdout.write(`${graphText(graph, file)}\n`);
  }
  return 0;
}

/** The workflows of a file, drawn in a process of their own. */
async function inspect(file: string): Promise<Inspection> {
  return await new Promise(resolve => {
    let answer: FromRunner | undefined;
    startRunner(
      { kind: 'inspect', file },
      {
        onMessage: message => {
          if (message.type === 'inspected' || message.type === 'refused') answer = message;
        },
        onExit: ({ stderr }) => {
          if (answer?.type === 'inspected') resolve({ graphs: answer.graphs });
          else
            resolve({
              problem:
                answer?.type === 'refused'
                  ? answer.problem
                  : { name: 'RunnerError', message: `${file} ended the process that was to load it. ${stderr.trim()}` },
            });
        },
      },
    );
  });
}

/** Asks the run's process to stop and waits until it has; without one, marks what was left. */
async function cancel(db: Database, run: number): Promise<void> {
  const { status } = requireRun(db, run);
  if (status === 'completed' || status === 'cancelled')
    throw new RunStateError(`Run ${run} is ${status} already: there is nothing to cancel.`);
  if (status === 'failed')
    throw new RunStateError(
      `Run ${run} has failed: nothing of it goes on that could be cancelled, and what failed stays on record. To try it again: cronflow rerun ${run}`,
    );
  const reason = 'cronflow cancel asked for it';
  const deadline = performance.now() + FORCE_AFTER_MS;
  for (let owner = ownerOf(db, run, systemClock.now()); owner; owner = ownerOf(db, run, systemClock.now())) {
    askToStop(db, run, 'cancelled', reason);
    if (performance.now() > deadline) forceToStop(run, owner);
    await new Promise(resolve => setTimeout(resolve, 100));
  }
  cancelAtRest(db, run, reason, systemClock.now());
}

/** Ends a run's process, and what it has started, where it does not answer. */
function forceToStop(run: number, owner: ProcessIdentity): void {
  const { pid, host } = owner;
  if (host !== hostname())
    throw new RunStateError(
      `The run is being worked on by process ${pid} on ${host}, which does not answer. Stop it there.`,
    );
  if (killVerified(owner) === 'not-verified')
    throw new RunStateError(
      `Run ${run} is held by process ${pid}, which does not answer. Cronflow cannot verify that this process still is the one that works on the run, so it did not end it. Look at process ${pid}; end it if it is the run's, then try again: cronflow cancel ${run}`,
    );
}

function hasCodeChanged(db: Database, run: number): boolean {
  return latestSources(db, run).some(({ path, hash }) => {
    try {
      return sha256(readSource(path)) !== hash;
    } catch {
      return true; // It cannot be read now: it is not what it was.
    }
  });
}

function batchFilter(given: string | undefined): BatchPredicate | undefined {
  if (given === undefined) return undefined;
  const selection = batchSelection(given);
  if (selection === 'all') return {};
  return selection === 'failed' ? { statuses: ['failed'] } : { ranges: toRanges(selection) };
}

async function withStore(
  store: string,
  mode: 'read' | 'write',
  work: (db: Database) => number | Promise<number>,
): Promise<number> {
  const db = openStore(store, { mode });
  try {
    return await work(db);
  } catch (error) {
    throw storeError(store, error);
  } finally {
    db.close();
  }
}

function print(event: object): void {
  process.stdout.write(`${toJson(event)}\n`);
}
