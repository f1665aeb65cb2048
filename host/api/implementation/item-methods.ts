import { savedChange } from '../../items/saved-change.ts';
import type { WorkspaceSession } from '../../workspace/workspace-session.ts';
import type { Implementation } from '../boundary.ts';
import { tried } from '../outcomes.ts';

/** Items at fault of failed batches. To look for them executes code of the folder. */
export function itemMethods(session: WorkspaceSession) {
  return {
    getFindings: async ({ run }) => {
      const { store, items, checks } = session.current;
      // Read first: the findings must be all of a search that is said to have ended, since nobody asks again after that.
      const search = items.latest(run);
      const findings = await store.do('getFindings', { run });
      const check = findings.counts.items > 0 ? checks.latest(run) : undefined;
      return { ...findings, ...(search && { search }), ...(check && { check }) };
    },
    findItems: ({ run, node, batches, allow }) =>
      session.whenTrusted(({ items }) => items.find(run, { node, batches: batches ?? 'failed', allow })),
    stopFinding: ({ run }) => {
      session.current.items.stop(run);
      return {};
    },
    checkItems: ({ run, allow }) => session.whenTrusted(({ checks }) => checks.check(run, allow)),
    getInCommon: args => session.current.store.do('getInCommon', args),
    getHistogram: args => session.current.store.do('getHistogram', args),
    getValues: args => session.whenTrusted(({ checks }) => checks.values(args)),
    debugBatch: args => session.whenTrusted(({ debugs }) => debugs.begin(args)),
    stopDebugging: () => {
      session.current.debugs.stop();
      return {};
    },
    getDebugging: () => {
      const debugging = session.current.debugs.latest;
      return debugging ? { debugging } : {};
    },
    shrinkItem: args => session.whenTrusted(({ pins }) => pins.shrink(args)),
    getCodeOrData: args => session.whenTrusted(({ pins }) => pins.codeOrData(args)),
    stopShrinking: ({ run }) => {
      session.current.pins.stop(run);
      return {};
    },
    pinItem: args => session.whenTrusted(({ pins }) => pins.pin(args)),
    exportItems: args => session.current.correctedFiles.export(args),
    openCorrections: args => session.current.correctedFiles.open(args),
    tryCorrections: args => session.whenTrusted(({ correctedFiles }) => tried(() => correctedFiles.try(args))),
    closeCorrections: ({ id }) => {
      session.current.correctedFiles.close(id);
      return {};
    },
    getSavedChange: ({ run }) => savedChange(session.current.store, run),
  } satisfies Partial<Implementation>;
}
