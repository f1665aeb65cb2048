import type { RunningStep } from '../../../engine/store/time-queries.ts';
import type { StepFigures } from './step-times.ts';

/** A step that runs so long that something is wrong. */
export interface StuckStep extends RunningStep {
  /** How long the attempts of this step take that have ended: half of them less. */
  readonly median: number;
}

/** Nothing is stuck that runs for less. */
const LEAST_MS = 10_000;
/** Nor what runs for less than so many times as long as nearly all attempts of its step. */
const TIMES_P95 = 20;
/** So many must have ended: of the first ones nobody knows how long they take. */
const LEAST_ENDED = 5;

/**
 * Attempts that run far longer than those of their step that have ended. One with a timeout of its own ends by itself.
 * @param running The first to begin is the first here
 */
export function stuckOf(
  running: readonly RunningStep[],
  figures: ReadonlyMap<number, StepFigures>,
  hasTimeout: (node: number) => boolean,
  now: number,
): StuckStep[] {
  return running.flatMap(step => {
    const like = figures.get(step.node);
    if (!like || like.count < LEAST_ENDED || hasTimeout(step.node)) return [];
    const isLong = now - step.startedAt > Math.max(LEAST_MS, TIMES_P95 * like.p95);
    return isLong ? [{ ...step, median: like.p50 }] : [];
  });
}
