import type { RunTimes } from '../../host/api/api.ts';

/* The strip as shapes: x in columns, y from 0, the top, to `height`. */

/** The outline of values over their columns, closed at the bottom: steps would be as many corners as columns. */
export function areaPath(values: readonly number[], most: number, height: number): string {
  const last = values.length - 1;
  if (last < 0) return '';
  const y = (value: number) => round(height - (Math.min(value, most) / (most || 1)) * height);
  const top = values.map((value, column) => `L${column + 0.5} ${y(value)}`).join('');
  return `M0 ${height}L0 ${y(values[0] ?? 0)}${top}L${last + 1} ${y(values[last] ?? 0)}L${last + 1} ${height}Z`;
}

/** The same as a line. */
export function linePath(values: readonly number[], most: number, height: number): string {
  const y = (value: number) => round(height - (Math.min(value, most) / (most || 1)) * height);
  return values.map((value, column) => `${column === 0 ? 'M' : 'L'}${column + 0.5} ${y(value)}`).join('');
}

/** What many columns come to, told apart from single ones that are far above them: these would make the rest a flat line. */
export function smoothed(values: readonly number[]): readonly number[] {
  return values.map((_, at) => {
    const around = values.slice(Math.max(0, at - 2), at + 3);
    return around.reduce((sum, value) => sum + value, 0) / around.length;
  });
}

export interface StripScale {
  /** How many columns the strip is wide, with those that are still to come. */
  readonly columns: number;
  /** Where the present is; undefined when the run has ended. */
  readonly now: number | undefined;
  /** Where it is expected to end. */
  readonly end: readonly [number, number] | undefined;
}

/** The future may take at most so many times as much room as the past: early estimates are long. */
const MOST_AHEAD = 1.5;

export function scaleOf(
  { done, columnMs }: Pick<RunTimes['strip'], 'done' | 'columnMs'>,
  left: readonly [number, number] | undefined,
): StripScale {
  const past = done.length;
  if (!left) return { columns: past, now: undefined, end: undefined };
  const [from, to] = left.map(ms => past + ms / columnMs) as [number, number];
  const most = past * (1 + MOST_AHEAD);
  return { columns: Math.min(most, to) * 1.02, now: past, end: [Math.min(most, from), Math.min(most, to)] };
}

/** Two marks that are nearer than so many columns would be written over each other: the last of them speaks for both. */
export function spaced<Mark extends { readonly column: number }>(
  marks: readonly Mark[],
  columns: number,
): readonly Mark[] {
  return marks.filter(({ column }, at) => {
    const next = marks[at + 1];
    return next === undefined || next.column - column > columns / 8;
  });
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
