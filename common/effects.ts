import { counted, number, type Unit } from './format.ts';
import { clip } from './safe-text.ts';

export const EFFECT: Unit = ['effect', 'effects'];

/**
 * - `begun`: it is being executed. - `done`: it has its receipt. - `failed`: it was executed and threw, or was never called.
 * - `unknown`: its process ended, or its attempt was stopped, between the call and the answer.
 */
export type EffectStatus = 'begun' | 'done' | 'failed' | 'unknown';

/** When nobody works on a run any more, what is stored as begun was cut off. */
export function effectStatusNow(status: EffectStatus, isLive: boolean): EffectStatus {
  return status === 'begun' && !isLive ? 'unknown' : status;
}

/** What an effect has thrown. One that was cut off may have been done all the same: that it threw is no answer. */
export function effectErrorText(status: EffectStatus, message: string): string {
  return status === 'unknown' ? `It threw when it was cut off: ${message}` : message;
}

/** How many effects of a run stand how. */
export interface EffectCounts {
  readonly done: number;
  readonly failed: number;
  readonly unknown: number;
}

/** A key as messages name it. */
export function described(key: string): string {
  return JSON.stringify(clip(key, 80));
}

/** Of the effects whose steps a re-run executes again: those that are skipped, and those nobody knows of. */
export interface PlannedEffects {
  /** Path of the step. */
  readonly path: string;
  readonly unit: Unit;
  /** Their receipts are returned: they are not executed again. */
  readonly done: number;
  /** Their `verify` is asked, or their batch fails until somebody settles them. */
  readonly unknown: number;
}

/** `49 mails already done are skipped, 1 is unknown`. */
export function plannedEffectsText({ unit, done, unknown }: PlannedEffects): string {
  const skipped = `${counted(done, unit)} already done ${done === 1 ? 'is' : 'are'} skipped`;
  if (unknown === 0) return skipped;
  const isAre = unknown === 1 ? 'is' : 'are';
  return done === 0 ? `${counted(unknown, unit)} ${isAre} unknown` : `${skipped}, ${number(unknown)} ${isAre} unknown`;
}
