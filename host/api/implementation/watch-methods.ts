import type { WorkspaceSession } from '../../workspace/workspace-session.ts';
import type { Implementation } from '../boundary.ts';
import type { Outbox } from '../outbox.ts';

/** Which runs a page watches. */
export function watchMethods(session: WorkspaceSession, outbox: Outbox) {
  return {
    watchRun: ({ run }) => outbox.watch(run, wanted => session.current.runs.watch(wanted)),
    unwatchRun: ({ run }) => {
      outbox.unwatch(run);
      return {};
    },
  } satisfies Partial<Implementation>;
}
