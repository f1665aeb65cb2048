import { idOf } from '../../common/node-paths.ts';
import { drawnNodes } from '../../common/graph.ts';
import { describeValue } from '../workflow/errors.ts';
import { drawGraph } from '../workflow/graph.ts';
import { definitionById, definitionOf } from '../workflow/registry.ts';
import type { Definition } from '../workflow/nodes.ts';
import { asOptions, positiveInteger, rejectUnknown } from '../workflow/options.ts';
import type { Context } from '../workflow/types.ts';
import type {
  BenchmarkResult,
  WorkflowTestCoverage,
  WorkflowTestOptions,
  WorkflowTestResult,
} from '../workflow/test-types.ts';
import type { Expectation } from '../program/test-calls.ts';
import type { DefinedWorkflow } from '../program/types.ts';
import { testRun } from './test-run.ts';
import type { ReplacedStep, TestedRun } from './types.ts';

/* What `workflow.test()`, `workflow.getTestCoverage()` and `cronflow.benchmark()` do, by `testRun` of `cronflow/test`. */

/** The steps of each workflow that tests of this process have executed by their own functions. */
const tested = new Map<Definition, Set<string>>();

/** @throws Error with the first expectation that does not hold */
export async function executeTest(
  flow: object,
  options: WorkflowTestOptions,
  expectations: readonly Expectation[] = [],
): Promise<WorkflowTestResult> {
  const what = 'workflow.test(): what it is given as options';
  const given = asOptions(options, what);
  rejectUnknown(given, ['payload', 'mockStep', 'expectStep'], what);
  const { payload, mockStep = {}, expectStep = {} } = options;
  const steps = Object.fromEntries(Object.entries(mockStep).map(([name, mock]) => [name, replacement(mock)]));
  const run = await testRun(flow as DefinedWorkflow, { payload, steps });
  const definition = requireDefinition(flow);
  cover(definition, run, new Set(Object.keys(mockStep)));
  for (const expectation of expectations) check(run, expectation);
  for (const [name, expect] of Object.entries(expectStep)) {
    check(run, { step: name, as: 'succeeded' });
    await expect(run.attemptsOf(name).findLast(({ status }) => status === 'succeeded')?.output);
  }
  return {
    success: run.status === 'completed',
    status: run.status,
    duration: run.durationMs,
    steps: outputsOf(definition, run),
    output: run.output,
    ...(run.error && { error: run.error }),
  };
}

function replacement(mock: unknown): ReplacedStep {
  return typeof mock === 'function' ? (mock as (ctx: Context) => unknown) : () => mock;
}

function requireDefinition(flow: object): Definition {
  const definition = definitionOf(flow);
  if (!definition) throw new TypeError('This is no workflow: call test() of what cronflow.define(…) has given.');
  return definition;
}

/** Steps and actions: what else a workflow has, no author's test is about. */
function stepPaths(definition: Definition): string[] {
  const nodes = [...drawnNodes(drawGraph(definition).nodes)];
  return nodes.filter(({ kind }) => kind === 'step' || kind === 'action').map(({ path }) => path);
}

/** Of steps that stand outside of batches: the others have one for each of them. */
function outputsOf(definition: Definition, run: TestedRun): Record<string, unknown> {
  const outputs = stepPaths(definition).flatMap(path => {
    const last = run.attemptsOf(path).findLast(({ status, batch }) => status === 'succeeded' && batch === undefined);
    return last ? [[idOf(path), last.output] as const] : [];
  });
  return Object.fromEntries(outputs);
}

function check(run: TestedRun, { step, as, message }: Expectation): void {
  const last = run.attemptsOf(step).at(-1);
  const name = `Step ${describeValue(step)}`;
  if (!last) throw new Error(`${name} was expected to be executed, and was not: the run is ${run.status}.`);
  const how = last.error ? `${last.status}: ${last.error.message}` : last.status;
  if (last.status !== as) throw new Error(`${name} was expected to have ${as}. It has ${how}`);
  if (message !== undefined && !last.error?.message.includes(message))
    throw new Error(`${name} was expected to fail with ${describeValue(message)}. It has ${how}`);
}

function cover(definition: Definition, run: TestedRun, mocked: ReadonlySet<string>): void {
  const paths = tested.get(definition) ?? new Set();
  tested.set(definition, paths);
  for (const path of stepPaths(definition))
    if (!mocked.has(path) && !mocked.has(idOf(path)) && run.attemptsOf(path).length > 0) paths.add(path);
}

export function coverageOf(flow: object): WorkflowTestCoverage {
  const definition = requireDefinition(flow);
  const all = stepPaths(definition);
  const covered = all.filter(path => tested.get(definition)?.has(path)).length;
  return {
    steps: all.length,
    tested: covered,
    coverage: all.length === 0 ? 100 : Math.round((covered / all.length) * 100),
  };
}

/** Measures runs in this process and in memory: what they wait for is leapt over, and effects are only recorded. @throws when one fails */
export async function benchmark(workflow: unknown, options: unknown): Promise<BenchmarkResult> {
  const what = `cronflow.benchmark(${describeValue(workflow)})`;
  const definition = typeof workflow === 'string' ? definitionById(workflow) : undefined;
  if (!definition)
    throw new TypeError(
      `${what}: there is no such workflow. Name one: cronflow.benchmark('orders', { iterations: 100 }).`,
    );
  const given = asOptions(options, `${what}: what it is given as options`);
  rejectUnknown(given, ['iterations', 'payload'], what);
  const iterations = positiveInteger(given.iterations ?? 100, `${what}: iterations`);
  const times: number[] = [];
  for (let count = 1; count <= iterations; count++) {
    const began = performance.now();
    const { status, error } = await testRun(definition.flow, { payload: given.payload });
    times.push(performance.now() - began);
    if (status !== 'completed')
      throw new Error(`${what}: run ${count} of ${iterations} is ${status}${error ? `: ${error.message}` : '.'}`);
  }
  return {
    averageTime: times.reduce((sum, time) => sum + time, 0) / times.length,
    minTime: Math.min(...times),
    maxTime: Math.max(...times),
    totalRuns: iterations,
  };
}
