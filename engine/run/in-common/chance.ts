/* Exact probabilities, by logarithms of factorials: what they are of may be very large. */

const logs = [0];

function logFactorial(k: number): number {
  for (let i = logs.length; i <= k; i++) logs.push((logs[i - 1] ?? 0) + Math.log(i));
  return logs[k] ?? 0;
}

function logChoose(n: number, k: number): number {
  return logFactorial(n) - logFactorial(k) - logFactorial(n - k);
}

/**
 * The chance that, of `drawn` items drawn from `all` of which `having` have something, `drawnHaving` or more have it: Fisher's
 * exact test, one-sided.
 */
export function fisher(drawnHaving: number, having: number, drawn: number, all: number): number {
  const logAll = logChoose(all, drawn);
  // Of fewer that do not have it than are drawn, some drawn ones must have it.
  const least = Math.max(drawnHaving, drawn + having - all, 0);
  let sum = 0;
  for (let i = least; i <= Math.min(having, drawn); i++) {
    const term = Math.exp(logChoose(having, i) + logChoose(all - having, drawn - i) - logAll);
    sum += term;
    if (term < sum * 1e-12) break;
  }
  return Math.min(1, sum);
}

/** A part of the source in which nearly all items at fault lie. Positions from 0, both included. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
  /** How many of the items at fault lie in it. */
  readonly atFault: number;
}

const RAREST = 0.001;
const WIDEST_SHARE = 0.2;

/** Whether all, or 90 %, of the items at fault lie closer together than chance explains: something happened then. */
export function stretch(positions: readonly number[], all: number): Stretch | undefined {
  const sorted = positions.toSorted((a, b) => a - b);
  const count = sorted.length;
  if (count < 3) return undefined;
  for (const inside of new Set([count, Math.ceil(0.9 * count)])) {
    const { from, to } = narrowest(sorted, inside);
    const width = to - from + 1;
    // That some window of this width holds so many, wherever it lies.
    const chance = Math.exp(logChoose(count, inside) + Math.log(inside) + (inside - 1) * Math.log(width / all));
    if (width <= all * WIDEST_SHARE && chance <= RAREST) return { from, to, atFault: inside };
  }
  return undefined;
}

/** The narrowest window that holds so many of the positions. */
function narrowest(sorted: readonly number[], inside: number): { from: number; to: number } {
  let best = { from: sorted[0] ?? 0, to: sorted[inside - 1] ?? 0 };
  for (let first = 1; first + inside <= sorted.length; first++) {
    const from = sorted[first] ?? 0;
    const to = sorted[first + inside - 1] ?? 0;
    if (to - from < best.to - best.from) best = { from, to };
  }
  return best;
}
