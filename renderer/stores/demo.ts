import type { Workspace, WorkflowRef } from '../../host/api/api.ts';
import { api } from './host.ts';
import { notice } from './notice.ts';
import { openRun, openWorkflow } from './open-run.ts';
import { whyNotRunnable } from './runnable.ts';
import { studio, type StudioState } from './studio.ts';

/* Demos: they take the place of the runs of the folder, until they are left. */

/** Whether the demos of the folder are shown. */
export function showsDemos({ workspace }: Pick<StudioState, 'workspace'>): boolean {
  return workspace?.demo === true;
}

/** Whether a workflow can be shown to others. */
export function hasDemo({ workspace }: { readonly workspace: Workspace | undefined }, workflow: WorkflowRef): boolean {
  const graphs = workspace?.files.find(({ file }) => file === workflow.file)?.graphs ?? [];
  return graphs.find(({ id }) => id === workflow.workflow)?.demo === true;
}

/** What was open before the demos: it is opened again when they are left. */
let before: Pick<StudioState, 'runId' | 'workflow'> | undefined;

export async function startDemo(workflow: WorkflowRef): Promise<void> {
  const state = studio.getState();
  const whyNot = whyNotRunnable(state, workflow);
  if (whyNot) return notice(whyNot);
  if (!showsDemos(state)) before = { runId: state.runId, workflow: state.workflow };
  try {
    const outcome = await api().startDemo(workflow);
    if (!outcome.ok) return notice(outcome.problem);
    // What was there before is gone from the screen first: the number may be that of another run there.
    await until(showsDemos);
    await openRun(outcome.value.run);
  } catch (error) {
    notice(error);
  }
}

/** Ends the demos and deletes them: the workflow is shown as it is before a demo. */
export async function resetDemo(): Promise<void> {
  const { workflow } = studio.getState();
  // A run that is open when it is deleted would be said to be missing.
  if (workflow) openWorkflow(workflow.file, workflow.workflow);
  try {
    const outcome = await api().resetDemo({});
    if (!outcome.ok) notice(outcome.problem);
  } catch (error) {
    notice(error);
  }
}

export async function leaveDemo(): Promise<void> {
  try {
    const outcome = await api().leaveDemo({});
    if (!outcome.ok) return notice(outcome.problem);
    await until(state => !showsDemos(state));
    if (before?.runId !== undefined) await openRun(before.runId);
    else if (before?.workflow) openWorkflow(before.workflow.file, before.workflow.workflow);
    before = undefined;
  } catch (error) {
    notice(error);
  }
}

/** The answer of the host may come before its news. */
async function until(is: (state: StudioState) => boolean): Promise<void> {
  if (is(studio.getState())) return;
  await new Promise<void>(resolve => {
    const stop = studio.subscribe(state => {
      if (!is(state)) return;
      stop();
      resolve();
    });
  });
}
