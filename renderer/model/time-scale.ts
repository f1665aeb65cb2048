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

function niceStep(ms: number): number {
  const power = 10 ** Math.floor(Math.log10(ms));
  return [1, 2, 5, 10].map(factor => factor * power).find(step => step >= ms) ?? power * 10;
}
