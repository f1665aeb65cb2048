import { hasCodeChanged } from '../../../engine/load/code-changes.ts';
import type { OddBatch } from '../../../engine/store/odd-batches.ts';
import type { TookSoFar } from '../../store/times/times.ts';
import type { WorkspaceSession } from '../../workspace/workspace-session.ts';
import type { Implementation } from '../boundary.ts';

/** What the store knows of runs, with the latest news of those that this host executes. */
export function queryMethods(session: WorkspaceSession) {
  const store = () => session.current.store;
  return {
    listRuns: async args => {
      const { runs } = session.current;
      // A search may look at every run of the store: the rest does not wait for it.
      const isSearch = (args.search ?? args.workflow ?? args.file ?? args.statuses) !== undefined;
      return runs.withOwn(await store().do(isSearch ? 'searchRuns' : 'listRuns', args));
    },
    getPinnedRuns: async () => ({
      runs: session.current.runs.withOwn(await store().do('pinnedRuns', undefined)),
    }),
    getHistories: async () => ({ workflows: await store().do('histories', undefined) }),
    getRun: async ({ run }) => {
      const { runs } = session.current;
      const { sources, ...detail } = await store().do('runDetail', run);
      const item = runs.latest(detail.item);
      return { ...detail, item, codeChanged: await hasCodeChanged(sources) };
    },
    listBatches: args => store().do('listBatches', args),
    evaluateBatches: args => store().do('evaluateBatches', args),
    getScopes: args => store().do('getScopes', args),
    exportBatches: args => store().do('exportBatches', args),
    getBatch: args => store().do('getBatch', args),
    findBatch: args => store().do('findBatch', args),
    nextFailed: args => store().do('nextFailed', args),
    compareAttempts: args => store().do('compareAttempts', args),
    compareRuns: args => store().do('compareRuns', args),
    getStep: args => store().do('getStep', args),
    getAmounts: args => store().do('getAmounts', args),
    getTriggers: () => session.current.triggers.shown(),
    getWaits: args => store().do('getWaits', args),
    getParts: args => store().do('getParts', args),
    getWorkers: args => store().do('getWorkers', args),
    getEffects: args => store().do('getEffects', args),
    getSetAside: args => store().do('getSetAside', args),
    exportSetAside: args => store().do('exportSetAside', args),
    getItemSetAside: args => store().do('getItemSetAside', args),
    getItems: args => store().do('getItems', args),
    getOutput: args => store().do('getOutput', args),
    getGivenPayload: args => store().do('getGivenPayload', args),
    getPayload: args => store().do('getPayload', args),
    getResult: args => store().do('getResult', args),
    // A search may look at every line of the run: the rest does not wait for it.
    getLogs: args => store().do((args.search ?? args.levels) === undefined ? 'getLogs' : 'searchLogs', args),
    getLogEvents: args => store().do('getLogEvents', args),
    getState: args => store().do('getState', args),
    getSharedState: args => store().do('getSharedState', args),
    getStateHistory: args => store().do('getStateHistory', args),
    getProblems: args => store().do('getProblems', args),
    getCells: args => store().do('getCells', args),
    getRepeated: args => store().do('getRepeated', args),
    getOverlay: args => store().do('getOverlay', args),
    getHistory: args => store().do('getHistory', args),
    getTimeline: args => store().do('getTimeline', args),
    getTimes: args => store().do('getTimes', args),
    getOdd: async ({ run }) => {
      const { mark, nodes, last } = await store().do('planOdd', { run });
      if (mark !== undefined) {
        const found: OddBatch[] = [];
        for (let after = 0; after < last;) {
          const look: { found: readonly OddBatch[]; next: number } = await store().do('lookForOdd', {
            run,
            nodes,
            after,
          });
          found.push(...look.found);
          after = look.next;
        }
        await store().do('keepOdd', { run, mark, found });
      }
      return { batches: await store().do('oddBatches', { run }) };
    },
    getBatchesThatTook: async args => {
      const found = new Set<number>();
      // Page by page, so that what else is asked of the store does not wait for a look at all of a large run.
      for (let after: number | undefined = 0; after !== undefined;) {
        const look: TookSoFar = await store().do('batchesThatTook', { ...args, after, found: found.size });
        for (const index of look.indices) found.add(index);
        if (look.isCut) return { indices: [...found], isCut: true };
        after = look.next;
      }
      return { indices: [...found], isCut: false };
    },
  } satisfies Partial<Implementation>;
}
