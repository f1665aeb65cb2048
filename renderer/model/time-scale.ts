import { duration } from '../../common/format.ts';
import type { Timeline } from '../../host/api/api.ts';

/** Width of a span in which nothing ran, in pixels, however long it was: a re-run days later must not crush the axis. */
const GAP_WIDTH = 48;

export interface TimeScale {
  x(time: number): number;
  time(x: number): number;
}

/** Times onto pixels, with long gaps cut short. */
export function timeScale({ from, to, gaps }: Pick<Timeline, 'from' | 'to' | 'gaps'>, width: number): TimeScale {
  const gapTime = gaps.reduce((sum, [start, end]) => sum + end - start, 0);
  const worked = Math.max(1, to - from - gapTime);
  const gapWidth = Math.min(GAP_WIDTH, width / 2 / Math.max(1, gaps.length));
  const perMs = (width - gaps.length * gapWidth) / worked;
  const pieces = piecesOf(from, to, gaps, perMs, gapWidth);
  return {
    x: time => {
      const piece = pieces.findLast(one => time >= one.from) ?? pieces[0];
      return piece ? piece.x + Math.min(time - piece.from, piece.to - piece.from) * piece.perMs : 0;
    },
    time: x => {
      const piece = pieces.findLast(one => x >= one.x) ?? pieces[0];
      return piece ? piece.from + (piece.perMs === 0 ? 0 : (x - piece.x) / piece.perMs) : from;
    },
  };
}

interface Piece {
  readonly from: number;
  readonly to: number;
  readonly x: number;
  readonly perMs: number;
}

function piecesOf(from: number, to: number, gaps: Timeline['gaps'], perMs: number, gapWidth: number): Piece[] {
  const pieces: Piece[] = [];
  let [at, x] = [from, 0];
  for (const [start, end] of gaps) {
    pieces.push({ from: at, to: start, x, perMs });
    x += (start - at) * perMs;
    pieces.push({ from: start, to: end, x, perMs: gapWidth / Math.max(1, end - start) });
    x += gapWidth;
    at = end;
  }
  pieces.push({ from: at, to, x, perMs });
  return pieces;
}

/** Round times to label, not closer than 90 pixels. */
export function axisTicks({ from, to, gaps }: Pick<Timeline, 'from' | 'to' | 'gaps'>, scale: TimeScale): number[] {
  const shown: number[] = [];
  const span = to - from - gaps.reduce((sum, [start, end]) => sum + end - start, 0);
  const step = niceStep(Math.max(1, span) / 8);
  let lastX = -Infinity;
  for (let at = from; at <= to; at += step) {
    // The next round time after a gap may lie in a later gap.
    for (const [start, end] of gaps) if (at > start && at < end) at = from + Math.ceil((end - from) / step) * step;
    if (at > to) break;
    const x = scale.x(at);
    if (x - lastX < 90) continue;
    shown.push(at);
    lastX = x;
  }
  return shown;
}

/** What stands at each tick: as short as durations are, and as exact as it takes for no two to read the same. */
export function tickTexts(ticks: readonly number[], from: number): readonly string[] {
  const after = ticks.map(at => at - from);
  const short = after.map(ms => (ms === 0 ? '0' : duration(ms)));
  if (new Set(short).size === short.length) return short;
  const apart = Math.min(...after.slice(1).map((ms, index) => ms - (after[index] ?? 0)));
  const digits = Math.max(0, Math.ceil(3 - Math.log10(apart)));
  return after.map(ms => (ms === 0 ? '0' : exactly(ms, digits)));
}

/** `64.5 ms`, `1.25 s`, `2:03:10`. @param digits Of the seconds, behind their point */
function exactly(ms: number, digits: number): string {
  if (ms < 1000) return `${ms.toFixed(Math.max(0, digits - 3))} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(digits)} s`;
  const minutes = Math.floor(ms / 60_000);
  const seconds = ((ms / 1000) % 60).toFixed(digits).padStart(digits > 0 ? 3 + digits : 2, '0');
  const hours = Math.floor(minutes / 60);
  return hours === 0 ? `${minutes}:${seconds}` : `${hours}:${String(minutes % 60).padStart(2, '0')}:${seconds}`;
}

function niceStep(ms: number): number {
  const power = 10 ** Math.floor(Math.log10(ms));
  return [1, 2, 5, 10].map(factor => factor * power).find(step => step >= ms) ?? power * 10;
}
