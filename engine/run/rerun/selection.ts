import { NEXT } from '../../../common/next-steps.ts';
import { told } from '../../../common/told.ts';
import type { BatchPredicate } from '../../store/batch-predicate.ts';
import type { RerunBatch, RerunReader } from '../../store/rerun-reader.ts';
import { BatchStatus } from '../../../common/status.ts';
import { describeValue } from '../../workflow/errors.ts';
import { RerunError, type RerunRequest } from './request.ts';
import type { RunNodes } from './run-nodes.ts';

/** The step outside any batch that a request names: it and all steps after it are repeated. @throws RerunError */
export function selectStep(stored: RerunReader, nodes: RunNodes, { node }: RerunRequest): number | undefined {
  if (node === undefined) return undefined;
  const found = nodes.find(node);
  if (found.every(id => nodes.isBatchNode(id))) return undefined;
  const step = found.find(id => stored.latestAttempt(0, id) !== undefined);
  // A while that is not done resumes at the round that failed.
  if (step === undefined && !found.every(id => nodes.isBatchNode(id) || nodes.isWhile(id)))
    throw new RerunError(
      `${describeValue(node)} is a step inside a batch, or has not run yet. Name the batch it belongs to, or a step outside batches.`,
    );
  return step;
}

/** The batches that a request names, and the rounds of whiles. @throws RerunError */
export function selectBatches(stored: RerunReader, nodes: RunNodes, { node, batches }: RerunRequest): RerunBatch[] {
  const ids = node === undefined ? nodes.batchNodes() : nodes.find(node);
  if (batches === 'failed') {
    const whiles = node === undefined ? nodes.whiles() : [];
    return withStatus(stored, [...whiles, ...ids], [BatchStatus.failed, BatchStatus.cancelled]);
  }
  if (batches === 'all')
    return withStatus(stored, node === undefined ? nodes.outermostOf(ids) : ids, [
      BatchStatus.succeeded,
      BatchStatus.failed,
      BatchStatus.cancelled,
    ]);
  if (!isIndices(batches)) return matching(stored, ids, batches);
  if (batches.length === 0) return [];
  if (node !== undefined) return withIndices(stored, nodes, ids, batches);
  const outermost = nodes.outermostOf(ids);
  if (outermost.length > 1)
    throw new RerunError(
      told`The run has several batch nodes (${outermost.map(id => nodes.path(id)).join(', ')}). ${NEXT.oneNode}.`,
    );
  return withIndices(stored, nodes, outermost, batches);
}

function isIndices(batches: readonly number[] | BatchPredicate): batches is readonly number[] {
  return Array.isArray(batches);
}

function withStatus(stored: RerunReader, ids: readonly number[], statuses: readonly BatchStatus[]): RerunBatch[] {
  return ids.toSorted((a, b) => a - b).flatMap(id => statuses.flatMap(status => stored.batchesWith(id, status)));
}

function withIndices(
  stored: RerunReader,
  nodes: RunNodes,
  ids: readonly number[],
  indices: readonly number[],
): RerunBatch[] {
  const batches = ids.flatMap(id => stored.batchesAt(id, indices, nodes.isOutermost(id) ? 0 : undefined));
  const found = new Set(batches.map(({ index }) => index));
  const missing = indices.filter(index => !found.has(index));
  if (missing.length > 0)
    throw new RerunError(
      `${ids.map(id => nodes.path(id)).join(', ')} has no batch ` +
        `${missing.slice(0, 5).join(', ')}${missing.length > 5 ? ', …' : ''}. Batches are numbered from 0.`,
    );
  return batches;
}

function matching(stored: RerunReader, ids: readonly number[], where: BatchPredicate): RerunBatch[] {
  // A waiting batch is executed anyway.
  return ids.flatMap(id => stored.batchesMatching(id, where)).filter(({ status }) => status !== BatchStatus.waiting);
}
