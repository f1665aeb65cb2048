import { isBoxedPrimitive } from 'node:util/types';
import type { StoredError, StoredReason } from '../../common/stored-error.ts';
import type { RunSummary } from '../../common/run-summary.ts';
import type { NodeAmounts } from '../../common/amounts.ts';
import type { EffectCounts } from '../../common/effects.ts';
import { decode } from '../../engine/store/codec.ts';
import type { EffectLine } from '../../engine/store/effect-queries.ts';
import type { FailureCause } from '../../engine/store/failure-cause.ts';
import type { CausePlaces, ListedBatch } from '../../engine/store/queries.ts';
import { safeJson } from '../../common/safe-text.ts';

/** Writes an event as one line of JSON to standard output. */
export function printEvent(event: object): void {
  process.stdout.write(`${toJson(event)}\n`);
}

/** A value as JSON, whatever the workflow returned: what JSON cannot express becomes a text or null. */
export function toJson(value: unknown): string {
  return safeJson(JSON.stringify(plain(value, new Set())));
}

/** JSON.stringify, and many programs that read JSON, fail on deeper values. */
const MOST_DEPTH = 500;
/** A longer array that is mostly holes is written as an object of what it holds, by index. */
const LONG = 100_000;

function plain(value: unknown, within: Set<object>): unknown {
  if (typeof value === 'bigint' || typeof value === 'function' || typeof value === 'symbol') return String(value);
  if (value === undefined || (typeof value === 'number' && !Number.isFinite(value))) return null;
  if (typeof value !== 'object' || value === null) return value;
  if (within.has(value)) return '[circular]';
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (value instanceof Error) return { name: value.name, message: value.message };
  if (value instanceof URL || value instanceof URLSearchParams || value instanceof RegExp) return String(value);
  if (isBoxedPrimitive(value)) return plain(value.valueOf(), within);
  if (ArrayBuffer.isView(value))
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64');
  if (value instanceof ArrayBuffer) return Buffer.from(value).toString('base64');
  if (within.size >= MOST_DEPTH) return '[nested too deeply]';
  within.add(value);
  const result = isList(value)
    ? [...value].map(item => plain(item, within))
    : Object.fromEntries(
        (value instanceof Map ? [...(value as Map<unknown, unknown>)] : Object.entries(value))
          .filter(([, item]) => item !== undefined)
          .map(([key, item]) => [keyOf(key, within), plain(item, within)]),
      );
  within.delete(value);
  return result;
}

function isList(value: object): value is Iterable<unknown> {
  if (value instanceof Set) return true;
  return Array.isArray(value) && (value.length <= LONG || Object.keys(value).length * 2 > value.length);
}

/** A key of a Map may be any value. */
function keyOf(key: unknown, within: Set<object>): string {
  return typeof key === 'object' && key !== null ? JSON.stringify(plain(key, within)) : String(key);
}

/** The last line of `run`, `resume` and `rerun`, and a line of `runs`. */
export function summaryEvent(summary: RunSummary, amounts: readonly NodeAmounts[] = []): object {
  const { run, workflow, status, reason, items, batches, nodes, steps, state, output, error, durationMs } = summary;
  return {
    event: 'summary',
    run: String(run),
    workflow,
    status,
    ...(reason !== undefined && { reason }),
    items,
    batches,
    nodes,
    ...(amounts.length > 0 && { amounts: amounts.map(amountsOf) }),
    steps,
    state,
    output: output ?? null,
    error: error ? errorOf(error) : null,
    durationMs: Math.round(durationMs),
  };
}

function amountsOf({ path, isBalanced, unknown, unknownItems, ...amounts }: NodeAmounts): object {
  return { node: path, ...amounts, balanced: isBalanced, unknownBatches: unknown, unknownItems };
}

/** An effect of a run. `params` and `receipt` only where there are some. */
export function effectEvent({
  key,
  status,
  path,
  batches,
  attempt,
  params,
  receipt,
  error,
  settled,
  begunAt,
  endedAt,
}: EffectLine): object {
  return {
    event: 'effect',
    key,
    status,
    step: path,
    batches,
    attempt,
    ...(params !== null && { params: decode(params) }),
    ...(receipt !== null && { receipt: decode(receipt) ?? null }),
    ...(error && { error: errorOf(error) }),
    ...(settled !== null && { settled }),
    begunAt: Math.round(begunAt),
    ...(endedAt !== null && { endedAt: Math.round(endedAt) }),
  };
}

/** How the effects of a run stand. */
export function effectsEvent(run: number, counts: EffectCounts | undefined): object {
  return { event: 'effects', run: String(run), ...(counts ?? { done: 0, failed: 0, unknown: 0 }) };
}

export function batchEvent({ node, index, around, status, items, attempts, error }: ListedBatch): object {
  return {
    event: 'batch',
    node,
    index,
    ...(around.length > 0 && { around }),
    status,
    items,
    attempts,
    ...(error && { error: errorOf(error) }),
  };
}

export function errorOf({ at, step, explain, ...reason }: StoredError): object {
  return {
    ...reasonOf(reason),
    ...(at && { file: at.file, line: at.line }),
    ...(step !== undefined && { step }),
    ...(explain !== undefined && { explain }),
  };
}

function reasonOf({ name, message, fields, cause, errors }: StoredReason): object {
  return {
    name,
    message,
    ...(fields && { fields }),
    ...(cause && { cause: reasonOf(cause) }),
    ...(errors && { errors: errors.map(reasonOf) }),
  };
}

/** A cause of failure and the batches that failed for it: the indices of at most the first thousand. */
export function failureEvent(
  { path, message, fields, explain, at, step, batches }: FailureCause,
  { indices, within }: CausePlaces,
): object {
  return {
    event: 'failure',
    node: path,
    batches,
    indices,
    ...(within && { within }),
    message,
    ...(fields && { fields }),
    ...(explain !== undefined && { explain }),
    ...(at && { file: at.file, line: at.line }),
    ...(step !== undefined && { step }),
  };
}
