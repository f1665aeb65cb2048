import './refuse-old-node.ts';
import { define } from './workflow/define.ts';
import { callSite } from './workflow/callsite.ts';
import { WorkflowError } from './workflow/errors.ts';
import type { Definition } from './workflow/nodes.ts';
import { refusingUnknownMembers } from './workflow/unknown-member.ts';
import { allDefinitions, definitionById, isCronflowsProcess, isLoading } from './workflow/registry.ts';
import { engineState } from './program/engine-state.ts';
import { benchmark, testCalls } from './program/test-calls.ts';
import { setWorkflowTests } from './workflow/test-hook.ts';
import { handleOf } from './program/handle.ts';
import { sharedStateCalls } from './program/shared-calls.ts';
import { isIdleWhileLoading, refuseWhileLoading } from './program/refuse-while-loading.ts';
import type {
  CancelRun,
  CronflowProgram,
  OpenStore,
  RerunRun,
  ResumeRun,
  StartRun,
  TriggerStats,
  WorkflowSummary,
} from './program/types.ts';

export type * from './workflow/types.ts';
export type * from './program/types.ts';
export { RunRefused } from './program/handle.ts';

// Loaded when it is needed: a workflow's file, which imports this module, needs none of it.
const program = () => import('./program/program.ts');

/**
 * Opens the file that runs are stored in, or creates it. Each process can have it open, any number of them at the same time.
 * @throws when the file is no store, or cannot be written
 */
export const openStore: OpenStore = async file => (await program()).open(file);

/**
 * Starts a run: of a workflow, or of the file that defines it. It begins at once, in a process of its own.
 * @example
 *   const store = await openStore('runs.db');
 *   const { status, output } = await run('films.ts', { store, payload: { since: '2024-01-01' } });
 *   await store.close();
 */
export const run: StartRun = (workflow, options) => {
  refuseWhileLoading('run()');
  return handleOf(async tell => await (await program()).start(workflow, options, tell), options?.signal);
};

/** Resumes a run that was paused or interrupted: what has succeeded is not executed again. */
export const resume: ResumeRun = (number, options) => {
  refuseWhileLoading('resume()');
  return handleOf(async tell => await (await program()).resume(number, options, tell), options?.signal);
};

/** Runs batches of a run again, with the code as it is now, and goes on with the run when they succeed. */
export const rerun: RerunRun = (number, options) => {
  refuseWhileLoading('rerun()');
  return handleOf(async tell => await (await program()).rerun(number, options, tell), options?.signal);
};

/** Cancels a run, whichever process works on it, and gives what it has come to. @throws when it has ended already */
export const cancel: CancelRun = async (number, options) => {
  refuseWhileLoading('cancel()');
  return await (await program()).cancel(number, options);
};

/** What is called while Cronflow loads the file, or executes what it defines, is not the author's program. */
const engine = async () => (isCronflowsProcess() ? undefined : await import('./program/engine.ts'));

const tester = () => import('./testing/workflow-tests.ts');
setWorkflowTests(testCalls(tester));

const NO_TRIGGERS: TriggerStats = {
  total: 0,
  webhook: 0,
  schedule: 0,
  interval: 0,
  event: 0,
  manual: 0,
  fired: 0,
  triggers: [],
};

/** Where every workflow file begins: `cronflow.define({ id })`, and then its steps. */
export const cronflow: CronflowProgram = {
  // The builder at run time knows nothing of names and outputs; Cronflow's types do, and vouch for it.
  define: define as unknown as CronflowProgram['define'],
  async start(options = {}) {
    const caller = callSite()?.file;
    await (await engine())?.startEngine(options, caller);
  },
  async stop() {
    await (await engine())?.stopEngine();
  },
  async trigger(workflow, payload = {}) {
    const at = callSite();
    if (isCronflowsProcess()) return await (await import('./program/in-runner.ts')).triggerInRunner(workflow, at);
    return await (await import('./program/engine.ts')).trigger(workflow, payload);
  },
  async inspect(run) {
    const at = callSite();
    // A file that asks at its top is loaded for its workflows: its own program gets the answer.
    if (isIdleWhileLoading('cronflow.inspect()', at)) return undefined as never;
    return await (await import('./program/engine.ts')).inspect(run, at?.file);
  },
  async cancelRun(run) {
    const at = callSite();
    if (isIdleWhileLoading('cronflow.cancelRun()', at)) return;
    await (await import('./program/engine.ts')).cancelRun(run, at?.file);
  },
  async publishEvent(name, payload = {}) {
    const caller = callSite()?.file;
    if (isLoading()) return;
    await (await import('./program/waiting-runs.ts')).publishEvent(name, payload, caller);
  },
  async resume(token, answer) {
    const caller = callSite()?.file;
    if (isLoading()) return;
    await (await import('./program/waiting-runs.ts')).resume(token, answer, caller);
  },
  async listPausedWorkflows() {
    const at = callSite();
    if (isIdleWhileLoading('cronflow.listPausedWorkflows()', at)) return [];
    return await (await import('./program/waiting-runs.ts')).pausedWorkflows(at?.file);
  },
  async getPausedWorkflow(token) {
    return (await cronflow.listPausedWorkflows()).find(paused => paused.token === token);
  },
  getWorkflows: () => allDefinitions().map(summaryOf),
  getWorkflow(id) {
    const definition = definitionById(id);
    return definition && summaryOf(definition);
  },
  ...sharedStateCalls,
  benchmark: async (workflow, options = {}) => await benchmark(tester, workflow, options),
  async getTriggerStats() {
    const at = callSite();
    if (isIdleWhileLoading('cronflow.getTriggerStats()', at)) return NO_TRIGGERS;
    return (await import('./program/trigger-stats.ts')).triggerStats(at?.file);
  },
  async getWorkflowTriggers(workflow) {
    const at = callSite();
    if (isIdleWhileLoading('cronflow.getWorkflowTriggers()', at)) return [];
    const all = (await import('./program/trigger-stats.ts')).registeredTriggers(at?.file);
    return all.filter(({ workflowId }) => workflowId === workflow);
  },
  async getScheduleTriggers() {
    const at = callSite();
    if (isIdleWhileLoading('cronflow.getScheduleTriggers()', at)) return [];
    const all = (await import('./program/trigger-stats.ts')).registeredTriggers(at?.file);
    return all.filter(({ type }) => type === 'schedule');
  },
  getEngineState: () => (engineState.isStarted ? 'STARTED' : 'STOPPED'),
};

function summaryOf({ id, name, description }: Definition): WorkflowSummary {
  return { id, name, description };
}

/** Cronflow has these, this engine does not: the error names the line instead of "is not a function". */
const NOT_HERE = ['replay'];
for (const name of NOT_HERE) {
  Object.defineProperty(cronflow, name, {
    value() {
      throw new WorkflowError(
        `cronflow.${name}() is part of Cronflow that this engine does not have. Take it out: runs are started, looked at ` +
          `and stopped by the command line (cronflow --help) or in the Studio.`,
        callSite(),
      );
    },
  });
}
Object.setPrototypeOf(cronflow, refusingUnknownMembers('cronflow', Object.keys(cronflow)));

export default cronflow;
