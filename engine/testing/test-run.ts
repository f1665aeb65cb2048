import { rerunRun, startRun, type OtherWorkflow, type RunEnvironment, type RunInProgress } from '../run/execute.ts';
import type { Run } from '../run/run.ts';
import { forgetRun, IN_MEMORY, openMemoryStore } from '../store/memory-store.ts';
import type { StoreDatabase } from '../store/open.ts';
import { describeValue } from '../workflow/errors.ts';
import { drawGraph } from '../workflow/graph.ts';
import { definitionById, definitionOf } from '../workflow/registry.ts';
import type { Definition } from '../workflow/nodes.ts';
import type { DefinedWorkflow } from '../program/types.ts';
import { TestClock } from './test-clock.ts';
import { TestReplacements } from './test-replacements.ts';
import { TestShared } from './test-shared.ts';
import { testedRun, type Tested } from './tested-run.ts';
import type { TestedRun, TestOptions, TestRerunOptions } from './types.ts';

/**
 * One for all tests of a process: measured, preparing the statements anew takes two thirds of the time of a small run. The rows of a run go
 * with the object that the test was given.
 */
let shared: StoreDatabase | undefined;
const forgotten = new FinalizationRegistry<number>(run => shared && forgetRun(shared, run));

const START_AT = '2026-01-01T00:00:00Z';

/** What {@link TestRun} says. */
export async function testRun(workflow: DefinedWorkflow, options: TestOptions = {}): Promise<TestedRun> {
  const definition = definitionOf(workflow);
  if (!definition)
    throw new TypeError(
      'This is no workflow: give what cronflow.define(…) and its steps have given, imported from its file.',
    );
  const { payload = {}, startAt = START_AT } = options;
  const clock = new TestClock(momentOf(startAt));
  const tested: Tested = {
    db: (shared ??= openMemoryStore()),
    graph: drawGraph(definition),
    startedAt: clock.now(),
    shared: new TestShared(options.globalState),
    recorded: [],
    logs: [],
    rerun: (run, again) => rerun(definition, clock, tested, run, again),
  };
  const run = await execute(definition, clock, tested, options, environment => startRun(environment, '', payload));
  forgotten.register(tested, run.run);
  return run;
}

async function rerun(
  definition: Definition,
  clock: TestClock,
  tested: Tested,
  run: number,
  { batches = 'failed', node, fromStart, ...options }: TestRerunOptions,
): Promise<TestedRun> {
  const request = { batches, node, fromStart };
  return await execute(definition, clock, tested, options, environment => rerunRun(environment, run, request));
}

/** Has a run begin, and lets its time pass until it has ended. */
async function execute(
  definition: Definition,
  clock: TestClock,
  tested: Tested,
  options: TestOptions,
  begin: (environment: RunEnvironment) => Promise<RunInProgress>,
): Promise<TestedRun> {
  const replacements = new TestReplacements(options, tested.graph, clock, tested.shared);
  let current: Run | undefined;
  const begun = await begin({
    db: tested.db,
    storeFile: IN_MEMORY,
    definition,
    clock,
    code: { hash: 'test', sources: [] },
    replacements,
    otherWorkflow: id => otherWorkflow(id),
    onLog: ({ level, text }, by) => tested.logs.push({ level, text, ...(by && { step: by.path }) }),
    onBegin: run => {
      current = run;
    },
  });
  const summary = await clock.passUntil(begun.done, () => current ?? begun.run);
  tested.recorded.push(...replacements.recorded);
  return testedRun(tested, summary);
}

/** One that the test has imported, or that what it has imported imports. */
function otherWorkflow(id: string): OtherWorkflow | undefined {
  const definition = definitionById(id);
  return definition && { definition, file: '' };
}

function momentOf(given: Date | string): number {
  const moment = new Date(given).getTime();
  if (Number.isNaN(moment))
    throw new TypeError(`startAt is ${describeValue(given)}. It is a Date, or a text such as '2026-06-01T08:00:00Z'.`);
  return moment;
}
