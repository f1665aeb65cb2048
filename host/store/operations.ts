import * as mutations from './mutations.ts';
import type { StoreConnection } from './store-connection.ts';
import * as batches from './batches.ts';
import { ChangeWatch } from './changes.ts';
import * as compare from './compare.ts';
import { exportHtml } from '../recording/export-html.ts';
import * as effects from './effects.ts';
import { evaluateBatches } from './evaluate.ts';
import * as climbs from './climbs.ts';
import * as exported from './exported-batches.ts';
import * as items from './items.ts';
import { histories } from './histories.ts';
import { getHistory } from './history.ts';
import { listRuns, pinnedRuns } from './run-list.ts';
import * as runs from './runs.ts';
import * as setAside from './set-aside.ts';
import { corrections, sheet } from './spreadsheet.ts';
import { health, metrics } from './metrics.ts';
import { getTimeline } from './timeline.ts';
import * as odd from './odd/odd.ts';
import { batchesThatTook, getTimes } from './times/times.ts';
import * as triggers from './triggers.ts';
import { getParts } from './parts.ts';
import * as waits from './waits.ts';
import * as values from './values.ts';
import * as workers from './workers.ts';

/** What each connection has seen. One that is closed takes its watch with it. */
const watches = new WeakMap<StoreConnection, ChangeWatch>();

function watchOf(store: StoreConnection): ChangeWatch {
  const watch = watches.get(store) ?? new ChangeWatch();
  watches.set(store, watch);
  return watch;
}

/** What the host asks of the store: name -> what is done, in a thread of the store's. Arguments and results are plain data. */
export const OPERATIONS = {
  changes: (store: StoreConnection, own: readonly number[]) => watchOf(store).look(store, own),

  metrics,
  health,

  listRuns,
  searchRuns: listRuns,
  pinnedRuns,
  histories,
  runItem: runs.runItem,
  holdsRun: runs.holdsRun,
  runDetail: runs.runDetail,
  runSnapshot: runs.runSnapshot,
  nodes: runs.nodes,
  stepCounts: runs.stepCounts,

  listBatches: batches.listBatches,
  evaluateBatches,
  getScopes: exported.getScopes,
  exportBatches: exported.exportBatches,
  getBatch: batches.getBatch,
  getStep: batches.getStep,
  compareAttempts: compare.compareAttempts,
  compareRuns: compare.compareRuns,
  findBatch: batches.findBatch,
  nextFailed: batches.nextFailed,
  getProblems: batches.getProblems,
  getCells: batches.getCells,
  getRepeated: batches.getRepeated,
  getOverlay: batches.getOverlay,
  getHistory,
  getTimeline,
  shareRun: exportHtml,
  getTimes,
  planOdd: odd.planOdd,
  lookForOdd: odd.lookForOdd,
  keepOdd: odd.keepOdd,
  oddBatches: odd.oddBatches,
  acceptOdd: odd.acceptOdd,
  batchesThatTook,

  getAmounts: values.getAmounts,
  getWorkers: workers.getWorkers,
  drainWorker: workers.drainWorker,
  wasOnQueue: workers.wasOnQueue,

  getEffects: effects.getEffects,
  settleEffect: effects.settleEffect,

  getFindings: items.getFindings,
  searchable: items.searchable,
  allowProbes: items.allowProbes,
  noteSearch: items.noteSearch,
  getInCommon: items.getInCommon,
  getHistogram: items.getHistogram,
  checkable: items.checkable,
  toPin: items.toPin,
  versionOfItems: items.versionOfItems,
  sources: items.sources,
  latestSourceText: items.latestSourceText,
  getSetAside: setAside.getSetAside,
  exportSetAside: setAside.exportSetAside,
  getItemSetAside: setAside.getItemSetAside,

  sheet,
  corrections,

  getItems: values.getItems,
  getOutput: values.getOutput,
  getGivenPayload: values.getGivenPayload,
  getPayload: values.getPayload,
  getResult: values.getResult,
  getLogs: values.getLogs,
  searchLogs: values.getLogs,
  getLogEvents: values.getLogEvents,
  getState: values.getState,
  getSharedState: values.getSharedState,
  getStateHistory: values.getStateHistory,
  sourceText: values.sourceText,
  isSource: values.isSource,
  newLogs: values.newLogs,

  triggerStates: triggers.triggerStates,
  keepTrigger: triggers.keepTrigger,
  latestEvent: triggers.latestEvent,
  eventsAfter: triggers.eventsAfter,
  isAtWork: triggers.isAtWork,
  runsToWake: triggers.runsToWake,

  getWaits: waits.getWaits,
  getParts,
  answerWait: waits.answerWait,
  rootOf: waits.rootOf,
  afterAnswer: waits.afterAnswer,

  askOwnerToStop: mutations.askOwnerToStop,
  cancelBatch: mutations.cancelBatch,
  cancelAtRest: mutations.cancelAtRest,
  labelRun: mutations.labelRun,
  planDeletion: mutations.planDeletion,
  deleteRun: mutations.deleteRun,
  finishDeletions: mutations.finishDeletions,
  pruneByPolicy: mutations.pruneByPolicy,
  noticeOf: mutations.noticeOf,
  logAfterEnd: mutations.logAfterEnd,
  deleteDemos: mutations.deleteDemos,
  noteLoss: mutations.noteLoss,
  plan: mutations.plan,
  resumePlan: mutations.resumePlan,
  planClimb: climbs.planClimb,
  rungEnd: climbs.rungEnd,
} as const satisfies Record<string, (store: StoreConnection, args: never) => unknown>;

export type OperationName = keyof typeof OPERATIONS;
export type OperationArgs<N extends OperationName> = Parameters<(typeof OPERATIONS)[N]>[1];
export type OperationResult<N extends OperationName> = ReturnType<(typeof OPERATIONS)[N]>;

/** Operations that take seconds in a large run, and that nothing else may wait for. */
export const LONG: ReadonlySet<OperationName> = new Set(['shareRun']);

/**
 * Operations that may take long in a run of a million batches. They have a thread of their own, so that none of
 * the others waits for them.
 */
export const SLOW: ReadonlySet<OperationName> = new Set([
  'searchRuns',
  'metrics',
  'histories',
  'stepCounts',
  'listBatches',
  'evaluateBatches',
  'getScopes',
  'exportBatches',
  'compareAttempts',
  'compareRuns',
  'getProblems',
  'getCells',
  'getRepeated',
  'getOverlay',
  'getHistory',
  'getTimeline',
  'getTimes',
  'planOdd',
  'lookForOdd',
  'batchesThatTook',
  'getStateHistory',
  'getFindings',
  'sheet',
  'corrections',
  'getInCommon',
  'getHistogram',
  'searchable',
  'getAmounts',
  'getEffects',
  'getSetAside',
  'exportSetAside',
  'getItemSetAside',
  'getItems',
  'getOutput',
  'getGivenPayload',
  'getPayload',
  'getResult',
  'searchLogs',
  'getLogEvents',
  'getState',
  'getSharedState',
  'cancelAtRest',
  'planDeletion',
  'deleteRun',
  'finishDeletions',
  'pruneByPolicy',
  'deleteDemos',
  'plan',
  'resumePlan',
  'planClimb',
  'rungEnd',
]);
