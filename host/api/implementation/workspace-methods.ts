import type { WorkspaceSession } from '../../workspace/workspace-session.ts';
import type { Implementation } from '../boundary.ts';

/** The open folder: what is in it, whether it is trusted, and which folder is open. */
export function workspaceMethods(session: WorkspaceSession) {
  return {
    getWorkspace: () => session.shown(),
    openRecent: ({ token }) => session.openRecent(token),
    trustFolder: ({ question }) => session.trustFolder(question),
    distrustFolder: () => session.distrustFolder(),
    newWorkflow: ({ name }) => session.whenTrusted(({ workspace }) => workspace.newWorkflow(name)),
    getFile: ({ file }) => session.current.workspace.file(file),
  } satisfies Partial<Implementation>;
}
