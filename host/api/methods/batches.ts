import { z } from 'zod';
import type { Methods } from './method.ts';
import { MOST_CHARACTERS } from '../../../common/expression/syntax.ts';
import { nodeAmounts } from '../schemas/amounts.ts';
import { attemptRow, batchDetail, batchFilter, batchPredicate, batchRow } from '../schemas/batch.ts';
import { comparedAttempt, comparedBatch } from '../schemas/compare.ts';
import { bytes, nodeId, none, ofRun, outcome, runId, scopeId, words, page } from '../schemas/common.ts';
import { effectRow } from '../schemas/effects.ts';
import { oddBatch } from '../schemas/times.ts';

/** Their items may be large. */
const MOST_EXPORTED = 1_000;

/** Batches of a run, and the steps in them. */
export const BATCH_METHODS = {
  /** Cancels one batch: it ends as cancelled, and the run goes on. Asked of the process of the run, whichever it is. */
  cancelBatch: { args: ofRun.extend({ scope: scopeId }), result: outcome(none) },

  /** Batches of a node in one scope, or without `parent` in all scopes. Superseded ones only if `where` names that status. */
  listBatches: {
    args: z.object({
      run: runId,
      node: nodeId,
      parent: scopeId.optional(),
      where: batchFilter,
      sort: z.enum(['index', 'duration', 'attempts', 'waited', 'status']),
      descending: z.boolean().optional(),
      ...page,
    }),
    result: z.object({ rows: z.array(batchRow), total: z.number() }),
  },
  /** The scopes of the batches of a node that a predicate means, in all its scopes and in their order. */
  getScopes: {
    args: z.object({ run: runId, node: nodeId, where: batchPredicate }),
    result: z.object({ scopes: words }),
  },
  /** Batches with their items as text of a file: JSON lines, or CSV with a line of names where `head` asks for it. */
  exportBatches: {
    args: z.object({
      run: runId,
      scopes: words.refine(({ length }) => length <= MOST_EXPORTED, `at most ${MOST_EXPORTED}`),
      format: z.enum(['jsonl', 'csv']),
      head: z.boolean().optional(),
    }),
    result: z.object({ text: z.string() }),
  },
  getBatch: { args: z.object({ run: runId, scope: scopeId }), result: batchDetail },
  /** The attempts of a batch, the first and the latest of them, with what is other than in the one before or in the first. */
  compareAttempts: {
    args: z.object({ run: runId, scope: scopeId, against: z.enum(['before', 'first']) }),
    result: z.object({
      attempts: z.array(comparedAttempt),
      /** How many there are between the first one and the others, which are left out. */
      left: z.number(),
    }),
  },
  /**
   * Compares the batches of an outermost node with those of the same node in another run of the workflow, by their
   * indices: some thousands from `from` on. `next`: where to go on, null at the end.
   */
  compareRuns: {
    args: z.object({
      run: runId,
      other: runId,
      path: z.string().max(2000),
      from: z.int().nonnegative().max(100_000_000),
    }),
    result: z.object({
      batches: z.array(comparedBatch),
      next: z.number().nullable(),
      /** How many batches there are on the side that has more. */
      total: z.number(),
    }),
  },
  findBatch: {
    args: z.object({ run: runId, node: nodeId, index: z.int().nonnegative(), parent: scopeId.optional() }),
    result: z.object({ scope: scopeId }).nullable(),
  },
  /** The next or previous failed batch of an outermost node, counted from an index. */
  nextFailed: {
    args: z.object({ run: runId, node: nodeId, from: z.int().min(-1), direction: z.enum(['next', 'previous']) }),
    result: z.object({ index: z.number(), scope: scopeId }).nullable(),
  },
  getStep: {
    args: z.object({ run: runId, path: z.string().max(2000) }),
    result: z.object({ attempts: z.array(attemptRow), effects: z.number() }),
  },

  /** What the items of the batch nodes come to, of those that say it (`conserve`). */
  getAmounts: { args: ofRun, result: z.object({ nodes: z.array(nodeAmounts) }) },
  /** The effects of the steps of one batch, or of the workflow itself (0): the first 1,000 of them. */
  getEffects: {
    args: z.object({ run: runId, scope: scopeId }),
    result: z.object({ effects: z.array(effectRow), more: z.boolean() }),
  },
  /** Stores what a person says of an effect. `receipt` is JSON: what `ctx.effect` returns from now on. */
  settleEffect: {
    args: z.object({
      run: runId,
      key: z.string().min(1).max(1000),
      as: z.enum(['done', 'not done']),
      receipt: z.string().max(100_000).optional(),
    }),
    result: outcome(none),
  },
  /**
   * Which batches of the outermost node had an attempt of a step, by its path, that took from `from` up to `to` milliseconds, which is
   * not part of it: up to 2,000; `isCut`: there are more.
   */
  getBatchesThatTook: {
    args: ofRun.extend({ path: z.string().max(2000), from: z.number().nonnegative(), to: z.number().nonnegative() }),
    result: z.object({ indices: z.array(z.number()), isCut: z.boolean() }),
  },
  /**
   * What an expression comes to for batches of an outermost node from a place on, for as many as take no long time; `next` is where to
   * go on. Each batch has a place in `values`, from 1; 0 where it has no value. `mixed` is 1 where its items have several.
   */
  evaluateBatches: {
    args: z.object({
      run: runId,
      node: nodeId,
      expression: z.string().max(MOST_CHARACTERS),
      from: z.int().nonnegative(),
    }),
    result: z.object({
      values: z.array(z.union([z.string(), z.number(), z.boolean(), z.null()])),
      ids: words,
      mixed: bytes,
      next: z.number().nullable(),
    }),
  },
  /** Batches that succeeded and are far from their like, without those that were accepted: up to 1,000. Of a run that goes on, none. */
  getOdd: {
    args: ofRun,
    result: z.object({
      batches: z.array(oddBatch),
    }),
  },
  /** A person says that odd batches are as they should be: all, or those of some scopes. */
  acceptOdd: { args: ofRun.extend({ scopes: z.array(scopeId).max(1_000).optional() }), result: outcome(none) },
} as const satisfies Methods;
