import { NEXT } from '../../common/next-steps.ts';
import { told } from '../../common/told.ts';
import type { Database } from 'better-sqlite3';
import { described } from '../../common/effects.ts';
import { findEffect, type EffectLine } from './effect-queries.ts';
import { forgetEffectsInFlight } from './effect-store.ts';
import { ownerOf } from './leases.ts';
import { prepared } from './prepared-queries.ts';
import { RunStateError } from './run-state-error.ts';
import { requireRun } from './runs.ts';

/** What a person says of an effect. */
export type Settlement =
  /** @param receipt In the codec's text: what `ctx.effect` returns from now on. */
  { readonly as: 'done'; readonly receipt: string } | { readonly as: 'not done' };

/**
 * Stores what a person says of an effect: done, with its receipt, so that it is never executed again; or not done, so that
 * the next attempt that comes to it executes it. The process that works on the run reads it there. @throws RunStateError
 */
export function settleEffect(db: Database, run: number, key: string, settlement: Settlement, now: number): EffectLine {
  requireRun(db, run);
  const settle = db.transaction(() => {
    const live = ownerOf(db, run) !== undefined;
    if (!live) forgetEffectsInFlight(db, run, now);
    checkSettled(db, run, key, live);
    const isDone = settlement.as === 'done';
    prepared<unknown[]>(
      db,
      `update effects set status = ?, receipt = ?, error = null, settled = 'person', ended_at = max(?, begun_at)
        where run = ? and key = ?`,
    ).run(isDone ? 'done' : 'failed', isDone ? settlement.receipt : null, now, run, key);
    const after = findEffect(db, run, key, live);
    if (!after) throw new Error(`The effect ${described(key)} has gone.`);
    return after;
  });
  return settle.immediate();
}

/** Only reads. @throws RunStateError when it cannot be settled */
export function checkSettled(db: Database, run: number, key: string, live: boolean): EffectLine {
  const before = findEffect(db, run, key, live);
  if (!before) throw new RunStateError(told`Run ${run} has no effect ${described(key)}. ${NEXT.listEffects(run)}`);
  if (before.status === 'begun')
    throw new RunStateError(`The effect ${described(key)} is being executed now. Wait until its step has ended.`);
  return before;
}
