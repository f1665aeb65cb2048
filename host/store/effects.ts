import { encode } from '../../engine/store/codec.ts';
import { effectsIn, type EffectLine } from '../../engine/store/effect-queries.ts';
import { settleEffect as settle } from '../../engine/store/effect-settling.ts';
import type { Args, EffectRow, Result } from '../api/api.ts';
import { parseExactJson } from '../../common/exact-json.ts';
import { lineOf } from './runs.ts';
import { shownInTable } from './show.ts';
import type { StoreConnection } from './store-connection.ts';

const MOST_EFFECTS = 1_000;

/** The effects of the steps of one batch, or of the workflow itself, without those of the batches in it. */
export function getEffects(store: StoreConnection, { run, scope }: Args<'getEffects'>): Result<'getEffects'> {
  const { db, line } = lineOf(store, run);
  const lines = effectsIn(db, run, scope, line.live, MOST_EFFECTS + 1);
  return { effects: lines.slice(0, MOST_EFFECTS).map(effectRow), more: lines.length > MOST_EFFECTS };
}

/** Stores what a person says of an effect. @throws RunStateError, and for a receipt that is not JSON */
export function settleEffect(store: StoreConnection, { run, key, as, receipt = '' }: Args<'settleEffect'>): void {
  const { db } = lineOf(store, run);
  const value = receipt.trim() === '' ? undefined : parseReceipt(receipt);
  settle(db, run, key, as === 'done' ? { as, receipt: encode(value, 'the receipt') } : { as }, Date.now());
}

function parseReceipt(json: string): unknown {
  try {
    return parseExactJson(json);
  } catch (error) {
    throw new Error(`The receipt is not JSON: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

function effectRow({
  key,
  status,
  path,
  attempt,
  params,
  receipt,
  error,
  settled,
  begunAt,
  endedAt,
}: EffectLine): EffectRow {
  return {
    key,
    status,
    path,
    attempt,
    ...(params !== null && { params: shownInTable(params, params.length) }),
    ...(receipt !== null && { receipt: shownInTable(receipt, receipt.length) }),
    ...(error && { message: error.message }),
    ...(settled !== null && { settled }),
    begunAt,
    ...(endedAt !== null && { endedAt }),
  };
}
