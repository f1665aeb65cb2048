import type { Graph } from '../../common/graph.ts';
import type { RunSummary } from '../../common/run-summary.ts';
import { stepStatusName } from '../../common/status.ts';
import { idOf } from '../../common/node-paths.ts';
import { resultOf } from '../program/result.ts';
import { decode } from '../store/codec.ts';
import { listEffects, type EffectLine } from '../store/effect-queries.ts';
import { partsOf } from '../store/subflow-queries.ts';
import type { StoreDatabase } from '../store/open.ts';
import { parseStoredError } from '../store/parse-stored.ts';
import { listBatches, type ListedBatch } from '../store/queries.ts';
import { nodesOf } from '../store/run-queries.ts';
import { BatchContents, stepAttempts, type StepAttempt } from '../store/tested-queries.ts';
import { describeValue } from '../workflow/errors.ts';
import type { SharedReplacement } from '../run/replacements.ts';
import { nearest } from '../workflow/nearest.ts';
import { drawnNodes } from '../../common/graph.ts';
import type { RecordedEffect, TestedAttempt, TestedBatch, TestedEffect, TestedRun, TestRerunOptions } from './types.ts';

const MOST_PARTS = 100_000;

/** What the executions of one run of a test have in common. */
export interface Tested {
  readonly db: StoreDatabase;
  readonly graph: Graph;
  readonly startedAt: number;
  readonly shared: SharedReplacement;
  /** In the order in which they were executed. */
  readonly recorded: RecordedEffect[];
  readonly logs: { level: string; text: string; step?: string }[];
  readonly rerun: (run: number, options: TestRerunOptions) => Promise<TestedRun>;
}

export function testedRun(tested: Tested, summary: RunSummary): TestedRun {
  const { db, logs } = tested;
  const { run } = summary;
  return {
    ...resultOf(summary),
    effects: effectsOf(tested, run),
    logs: [...logs],
    batchesOf: node => batchesOf(db, run, pathsOf(tested, run, node)),
    attemptsOf: step =>
      stepAttempts(db, run, pathsOf(tested, run, step)).map(attempt => attemptOf(attempt, tested.startedAt)),
    rerun: (options = {}) => tested.rerun(run, options),
  };
}

/** The paths that a name stands for: several nodes may have it, in different places. @throws Error where there is none */
function pathsOf({ db, graph }: Tested, run: number, name: string): readonly string[] {
  // Where the shape of a body depends on its items, only what ran is known.
  const paths = new Set([...drawnNodes(graph.nodes), ...nodesOf(db, run)].map(({ path }) => path));
  if (paths.has(name)) return [name];
  const found = [...paths].filter(path => idOf(path) === name);
  if (found.length > 0) return found;
  const near = nearest(name, [...paths].map(idOf));
  throw new Error(
    `The workflow has no node ${describeValue(name)}. ${near ? `Did you mean ${describeValue(near)}?` : `It has ${[...paths].map(describeValue).join(', ')}.`}`,
  );
}

function batchesOf(db: StoreDatabase, run: number, paths: readonly string[]): TestedBatch[] {
  const contents = new BatchContents(db, run);
  const wanted = new Set(paths);
  const batches = [...listBatches(db, run, {}, false)].filter(({ node }) => wanted.has(node));
  return batches.map(batch => batchOf(contents, batch));
}

function batchOf(
  contents: BatchContents,
  { scope, index, label, around, status, attempts, error }: ListedBatch,
): TestedBatch {
  const output = contents.outputOf(scope);
  return {
    index,
    ...(label !== undefined && { label }),
    ...(around.length > 0 && { around }),
    status,
    items: contents.itemsOf(scope),
    ...(output !== undefined && { output: decode(output) }),
    attempts,
    ...(error && { error: { name: error.name, message: error.message } }),
  };
}

function attemptOf(
  { path, batch, attempt, status, startedAt, output, error }: StepAttempt,
  runStartedAt: number,
): TestedAttempt {
  const failure = error === null ? undefined : parseStoredError(error);
  return {
    step: path,
    ...(batch !== null && { batch }),
    attempt,
    status: stepStatusName(status),
    ...(output !== null && { output: decode(output) }),
    ...(failure && { error: { name: failure.name, message: failure.message } }),
    startedAfter: startedAt - runStartedAt,
  };
}

/** As they were executed last, in the order in which they were executed first. */
function effectsOf({ db, recorded }: Tested, run: number): TestedEffect[] {
  const order = new Map<string, number>();
  for (const { key } of recorded) if (!order.has(key)) order.set(key, order.size);
  return effectsIn(db, run, '')
    .toSorted((a, b) => (order.get(a.key) ?? order.size) - (order.get(b.key) ?? order.size))
    .map(({ key, path, status, params, receipt }) => ({
      key,
      step: path,
      status,
      ...(params !== null && { params: decode(params) }),
      ...(receipt !== null && { receipt: decode(receipt) }),
    }));
}

/** Those of the runs that are a part of it, too: their steps stand in the steps that have started them. */
function effectsIn(db: StoreDatabase, run: number, around: string): EffectLine[] {
  const own = [...listEffects(db, run, false)].map(line => ({ ...line, path: `${around}${line.path}` }));
  const parts = partsOf(db, run, { limit: MOST_PARTS }).flatMap(part =>
    effectsIn(db, part.run, `${around}${part.path}/`),
  );
  return [...own, ...parts];
}
