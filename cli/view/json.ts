import type { RunSummary } from '../../common/run-summary.ts';
import type { NodeAmounts } from '../../common/amounts.ts';
import type { EffectCounts } from '../../common/effects.ts';
import { decode } from '../../engine/store/codec.ts';
import type { EffectLine } from '../../engine/store/effect-queries.ts';
import type { FailureCause } from '../../engine/store/failure-cause.ts';
import type { CausePlaces, ListedBatch } from '../../engine/store/queries.ts';
import { errorOf, jsonLine } from '../../engine/store/json-line.ts';
import type { EventName } from './event-schemas.ts';

/** A line of `--json`. What it has is in event-schemas.ts; a name that is not there does not compile. */
export interface CliEvent {
  readonly event: EventName;
  readonly [member: string]: unknown;
}

/** Writes an event as one line of JSON to standard output. */
export function printEvent(event: CliEvent): void {
  process.stdout.write(`${jsonLine(event)}\n`);
}

/** The last line of `run`, `resume` and `rerun`, and a line of `runs`. */
export function summaryEvent(summary: RunSummary, amounts: readonly NodeAmounts[] = []): CliEvent {
  const {
    run,
    workflow,
    key,
    status,
    waitsFor,
    reason,
    partOf,
    demo,
    items,
    batches,
    nodes,
    steps,
    state,
    output,
    error,
    durationMs,
  } = summary;
  return {
    event: 'summary',
    run: String(run),
    workflow,
    ...(key !== undefined && { key }),
    status,
    ...(waitsFor && { waitsFor }),
    ...(reason !== undefined && { reason }),
    ...(partOf !== undefined && { partOf: String(partOf) }),
    ...(demo && { demo }),
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
}: EffectLine): CliEvent {
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
export function effectsEvent(run: number, counts: EffectCounts | undefined): CliEvent {
  return { event: 'effects', run: String(run), ...(counts ?? { done: 0, failed: 0, unknown: 0 }) };
}

export function batchEvent({ node, index, around, status, items, attempts, error }: ListedBatch): CliEvent {
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

/** A cause of failure and the batches that failed for it: the indices of at most the first thousand. */
export function failureEvent(
  { path, message, fields, explain, at, step, batches }: FailureCause,
  { indices, within }: CausePlaces,
): CliEvent {
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
