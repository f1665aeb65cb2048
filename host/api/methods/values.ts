import { z } from 'zod';
import type { Methods } from './method.ts';
import { nodeId, ofRun, runId, scopeId } from '../schemas/common.ts';
import { logEvent, logLine, lostUpdate, sharedEntry, shownValue, stateEntry, stateWrite } from '../schemas/values.ts';

/** What a run has read, returned, logged and stored. */
export const VALUE_METHODS = {
  getItems: {
    args: z.object({
      run: runId,
      scope: scopeId,
      attempt: z.int().positive().optional(),
      full: z.boolean().optional(),
    }),
    result: shownValue,
  },
  getOutput: {
    args: z.object({
      run: runId,
      scope: scopeId,
      node: nodeId,
      attempt: z.int().positive(),
      full: z.boolean().optional(),
    }),
    result: shownValue,
  },
  getPayload: { args: ofRun.extend({ full: z.boolean().optional() }), result: shownValue },
  /** What a run was started with, to start another one; null where JSON cannot say it, or it is too long to be sent again. */
  getGivenPayload: { args: ofRun, result: z.object({ json: z.string() }).nullable() },
  getResult: { args: ofRun.extend({ full: z.boolean().optional() }), result: shownValue.nullable() },
  /**
   * Log lines in the order in which they were said: the last ones, of all or of those before a line; with `after`, the
   * first ones after that line. `more`: there are others before these, or with `after` behind them.
   */
  getLogs: {
    args: z.object({
      run: runId,
      scope: scopeId.optional(),
      node: nodeId.optional(),
      attempt: z.int().positive().optional(),
      /** Only lines with this in their text, or in the path of their step. */
      search: z.string().max(500).optional(),
      levels: z.array(z.string().max(20)).max(10).optional(),
      after: z.int().nonnegative().optional(),
      before: z.int().positive().optional(),
      limit: z.int().min(1).max(1000),
    }),
    result: z.object({ lines: z.array(logLine), more: z.boolean() }),
  },
  /** What became of the run, its batches and its steps from a time on: the last `limit` events. `more`: there were others before these. */
  getLogEvents: {
    args: z.object({
      run: runId,
      scope: scopeId.optional(),
      node: nodeId.optional(),
      from: z.number(),
      limit: z.int().min(1).max(10_000),
    }),
    result: z.object({ events: z.array(logEvent), more: z.boolean() }),
  },
  /** The first 1,000 keys of `total`. */
  getState: {
    args: ofRun,
    result: z.object({ entries: z.array(stateEntry), total: z.number().optional(), lost: z.array(lostUpdate) }),
  },
  /** What the run shares with others, as it is now: the first 1,000 of `total`. */
  getSharedState: { args: ofRun, result: z.object({ entries: z.array(sharedEntry), total: z.number() }) },
  getStateHistory: {
    args: z.object({
      run: runId,
      key: z.string().max(1000),
      before: z.int().nonnegative().optional(),
      limit: z.int().min(1).max(500),
    }),
    result: z.array(stateWrite),
  },
} as const satisfies Methods;
