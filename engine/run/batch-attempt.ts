import { wholeIndex } from '../../common/set-aside.ts';
import { decode } from '../store/codec.ts';
import type { Finding } from '../../common/findings.ts';
import type { StoredError } from '../../common/stored-error.ts';
import type { SourceLocations } from '../workflow/flow.ts';
import type { BatchNode } from '../workflow/nodes.ts';
import { amountOf } from './amounts/amount-of.ts';
import type { QueuedBatch } from './batch-queue.ts';
import { buildBody, type Walk } from './body.ts';
import { labelOf } from './items/label.ts';
import { restoreScope } from './restore.ts';
import { restoreInPlace } from './restore-items.ts';
import { anotherAttempt, type AnotherAttempt } from './retry.ts';
import { StepFailed, type MarkedError } from './run-attempt.ts';
import type { Run } from './run.ts';
import { Scope } from './scope.ts';
import { BatchCancelled, StopError, TimeoutError } from './stop.ts';
import { toStoredError } from './stored-error.ts';
import { refuseUnstorable } from './unstorable-item.ts';

/* One attempt of a batch, in the process that executes it: the runner, or a worker. A probe has parts of it. */

/** Why an attempt of a batch did not succeed. */
export interface BatchFailure {
  /** The run is being stopped: it is no failure. */
  readonly isStop: boolean;
  /** A person has cancelled it, or a batch that it stands in. */
  readonly isCancelled: boolean;
  readonly stored: StoredError;
  /** The other attempt that the author's `retry` is for, if it is. Asked where there may be one. */
  readonly again: () => Promise<AnotherAttempt | undefined>;
  /** The items at fault, as the failed step has named them. */
  readonly findings: () => readonly Finding[];
}

interface BatchBody {
  readonly node: BatchNode;
  readonly locations: SourceLocations;
  readonly walk: Walk;
}

/** The scope of a batch. With `restored`, it has what earlier attempts and processes have stored of it. */
export function scopeOfBatch(
  run: Run,
  of: { readonly node: BatchNode; readonly path: string; readonly parent: Scope },
  { scope: id, index, attempt, items, text, fresh }: QueuedBatch,
  restored: boolean,
): Scope {
  const { node, path, parent } = of;
  const scope = new Scope(id, {
    path,
    parent,
    index,
    attempt,
    batch: { node: node.id, index, items },
    itemsText: text,
  });
  scope.fresh = fresh;
  if (!fresh && restored) restoreScope(run, scope);
  return scope;
}

/**
 * Executes one attempt of a batch: undefined when it has succeeded.
 * @param attempts How many there have been with this one
 */
export async function executeBatchAttempt(
  run: Run,
  { node, locations, walk }: BatchBody,
  batch: QueuedBatch,
  scope: Scope,
  attempts: number,
): Promise<BatchFailure | undefined> {
  const cancelTimeout = node.policy.timeout === undefined ? undefined : startBatchTimeout(run, node, scope);
  try {
    const built = buildBody(run, scope, locations, bodyOf(run, node, batch, scope));
    await walk(run, scope, built instanceof Promise ? await built : built, locations);
    return undefined;
  } catch (error) {
    return failureOf(run, node, batch, scope, attempts, error);
  } finally {
    cancelTimeout?.();
    scope.abortedBy = undefined;
  }
}

/** Apart from where it is caught: functions that read the parameters of another make that one allocate them. */
function failureOf(
  run: Run,
  node: BatchNode,
  batch: QueuedBatch,
  scope: Scope,
  attempts: number,
  error: unknown,
): BatchFailure {
  const thrown = error instanceof StepFailed ? error.thrown : error;
  return {
    isStop: thrown instanceof StopError,
    isCancelled: thrown instanceof BatchCancelled,
    stored: storedErrorOf(node, error),
    again: async () => {
      const { retry } = node.policy;
      return retry && (await anotherAttempt(run, scope, retry, thrown, attempts));
    },
    findings: () => findingsOf(run, node, batch, error instanceof StepFailed ? error.marked : []),
  };
}

/** Ends a batch that takes longer than its timeout. Returns a function that cancels this. */
export function startBatchTimeout(
  { stopping, clock, hasNoTimeouts, demo }: Pick<Run, 'stopping' | 'clock' | 'hasNoTimeouts' | 'demo'>,
  { kind, policy: { timeout } }: BatchNode,
  scope: Scope,
): (() => void) | undefined {
  // Nobody knows how many steps of a demo it is made of, each of which takes longer.
  if (timeout === undefined || hasNoTimeouts || demo) return undefined;
  const what = kind === 'batch' ? 'batch' : 'item';
  return clock.after(timeout, () =>
    stopping.abortScope(scope, new TimeoutError(`The ${what} took longer than its timeout of ${timeout} ms`)),
  );
}

/** A body gets items of its own, decoded from what is stored: the next attempt does not see what this one does to them. */
function bodyOf(run: Run, node: BatchNode, batch: QueuedBatch, scope: Scope): (flow: unknown) => unknown {
  const { body, kind } = node;
  const items = decode(batch.text) as unknown[];
  refuseUnstorable(items);
  if (node.policy.conserve) correctAmount(run, node, node.policy.conserve.unit, batch, items, scope);
  if (kind === 'batch') {
    scope.restoreItems = () => restoreInPlace(items, storedItems(run, batch));
    return flow => body(items as never, flow as never);
  }
  const item = items[0];
  scope.restoreItems = () => restoreInPlace(item, storedItems(run, batch)[0]);
  return flow => body(item as never, flow as never);
}

function storedItems({ stored }: Run, { scope, attempt }: QueuedBatch): unknown[] {
  return decode(stored.batches.itemsOf(scope, attempt)) as unknown[];
}

/** What its items come to now: they may have been edited, or `conserve` has. @throws AmountError */
function correctAmount(
  { journal, writer, numbering }: Run,
  node: BatchNode,
  unit: string,
  { index }: QueuedBatch,
  items: readonly unknown[],
  { id: scope, path, parent }: Scope,
): void {
  const amount = amountOf(node, items, index * node.policy.size);
  const of = { node: numbering.node(path, node.kind), parent: parent?.id ?? 0, scope };
  journal.write(() => writer.correctsAmount(of, amount, unit));
}

function storedErrorOf(node: BatchNode, error: unknown): StoredError {
  if (error instanceof StepFailed) return inBatchWords(node, error.thrown, error.stored);
  if (error instanceof StopError || error instanceof BatchCancelled) return toStoredError(error);
  return toStoredError(error, node.explain, node.at);
}

/** A batch's error is its step's; with the batch's `explain` where the step has none. */
export function inBatchWords({ explain }: BatchNode, thrown: unknown, error: StoredError): StoredError {
  const { stack: _stack, ...stored } = error;
  return stored.explain === undefined && explain
    ? { ...stored, explain: toStoredError(thrown, explain).explain }
    : stored;
}

function findingsOf(
  { stored }: Run,
  node: BatchNode,
  { scope, index, text }: QueuedBatch,
  marked: readonly MarkedError[],
): Finding[] {
  if (marked.length === 0) return [];
  const { label, policy } = node;
  const gone = stored.batches.itemsGone(scope);
  // What the body has made of its items is not what they are called by.
  const items = label ? (decode(text) as unknown[]) : [];
  return marked.map(({ item, thrown, error }) => ({
    item: wholeIndex(item, gone),
    position: index * policy.size + wholeIndex(item, gone),
    label: labelOf(label, items[item]),
    found: 'marked',
    error: inBatchWords(node, thrown, error),
    others: [],
  }));
}
