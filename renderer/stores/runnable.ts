import type { Problem, Workspace, WorkflowRef } from '../../host/api/api.ts';
import { label } from '../model/shown-text.ts';

/** Why a workflow cannot be run as its file is now; undefined where it can, or where that is not known yet. */
export function whyNotRunnable(
  { workspace }: { readonly workspace: Workspace | undefined },
  { file, workflow }: WorkflowRef,
): Problem | undefined {
  if (workspace === undefined || workspace.trust.state === 'untrusted') return undefined;
  const found = workspace.files.find(known => known.file === file);
  const name = label(file, 300);
  if (found?.problem) {
    const { problem } = found;
    return { ...problem, message: `${name} does not load: ${problem.message} Correct it and save it, then run it.` };
  }
  if (found?.graphs.some(({ id }) => id === workflow) === true || workspace.loading === true) return undefined;
  return {
    name: 'NoWorkflow',
    message: found
      ? `${name} no longer defines the workflow ${label(workflow, 200)}.`
      : `${name} is not in this folder. Open the folder that it is in, or restore it.`,
  };
}
