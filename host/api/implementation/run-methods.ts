import { InexactNumberError, parseExactJson } from '../../../common/exact-json.ts';
import type { OpenWorkspace } from '../../workspace/open-workspace.ts';
import type { WorkspaceSession } from '../../workspace/workspace-session.ts';
import type { Args, Result } from '../api.ts';
import type { Implementation } from '../boundary.ts';
import { failed, problemOf, stateProblem, succeeded, tried } from '../outcomes.ts';

const ONLY_DEMOS = stateProblem('Demos are shown, and other runs are not started among them. Leave the demo first.');

/** What a person does to runs. What executes code of the folder needs its trust. */
export function runMethods(session: WorkspaceSession) {
  return {
    startRun: args => session.whenTrusted(opened => startRun(opened, args)),
    startDemo: args => session.startDemo(args),
    resetDemo: () => session.resetDemo(),
    leaveDemo: () => session.leaveDemo(),
    resumeRun: ({ run, answers }) => session.whenTrusted(({ runs }) => runs.resume(run, answers)),
    setTriggers: ({ on }) =>
      session.whenTrusted(({ triggers }) => {
        triggers.set(on);
        return Promise.resolve(succeeded({}));
      }),
    answerWait: args => session.whenTrusted(({ runs }) => runs.answer(args)),
    getInterrupted: () => session.current.interruptions.shown(),
    resumeInterrupted: () => session.whenTrusted(({ interruptions }) => Promise.resolve(interruptions.resumeAll())),
    stopResuming: () => {
      session.current.interruptions.stopResuming();
      return {};
    },
    dismissInterrupted: () => session.current.interruptions.dismiss(),
    setResumesByItself: ({ on }) =>
      session.whenTrusted(({ interruptions }) => Promise.resolve(interruptions.setResumesByItself(on))),
    planResume: ({ run, answers }) => tried(() => session.current.runs.planResume(run, answers)),
    rerun: args => session.whenTrusted(({ runs }) => runs.rerun(args)),
    planClimb: ({ run, request }) => tried(() => session.current.runs.planClimb(run, request)),
    climb: ({ run, request }) => session.whenTrusted(({ runs }) => tried(() => runs.climb(run, request))),
    stopClimb: ({ run }) => {
      session.current.runs.stopClimb(run);
      return {};
    },
    dismissClimb: ({ run }) => {
      session.current.runs.dismissClimb(run);
      return {};
    },
    planRerun: ({ run, request }) => tried(() => session.current.runs.plan(run, request)),
    getQueuedRerun: ({ run, id }) => Promise.resolve(session.current.runs.queued(run, id)),
    dropQueuedRerun: ({ run, id }) => tried(() => session.current.runs.dropQueued(run, id)),
    stopRun: ({ run, as }) => tried(() => session.current.runs.stop(run, as)),
    cancelBatch: args => written(session.current, store => store.do('cancelBatch', args)),
    drainWorker: args => written(session.current, store => store.do('drainWorker', args)),
    acceptOdd: args => written(session.current, store => store.do('acceptOdd', args)),
    labelRun: args => tried(() => session.current.runs.label(args)),
    planDeletion: ({ run }) => tried(() => session.current.runs.planDeletion(run)),
    deleteRun: ({ run }) => tried(() => session.current.runs.delete(run)),
    settleEffect: args => written(session.current, store => store.do('settleEffect', args)),
    setConcurrency: ({ run, node, concurrency }) =>
      tried(() => session.current.runs.setConcurrency(run, node, concurrency)),
  } satisfies Partial<Implementation>;
}

/** It executes nothing of the folder. */
async function written(
  { store }: OpenWorkspace,
  write: (store: OpenWorkspace['store']) => Promise<void>,
): Promise<Result<'settleEffect'>> {
  try {
    await write(store);
    return succeeded({});
  } catch (error) {
    return failed(problemOf(error));
  }
}

async function startRun(
  { workspace, runs, isDemo }: OpenWorkspace,
  { file, workflow, payload, onQueue }: Args<'startRun'>,
): Promise<Result<'startRun'>> {
  if (isDemo) return failed(ONLY_DEMOS);
  const found = workspace.workflowFile(file);
  if (found === undefined)
    return failed({ name: 'ChoiceError', message: `There is no workflow file ${file} in this workspace.` });
  let value: unknown;
  try {
    value = payload.trim() === '' ? {} : parseExactJson(payload);
  } catch (error) {
    if (error instanceof InexactNumberError)
      return failed({ name: 'PayloadError', message: `The payload: ${error.message}` });
    return failed({ name: 'PayloadError', message: `The payload is not JSON: ${problemOf(error).message}` });
  }
  return await runs.start(found, workflow, value, {}, onQueue);
}
