import { BatchStatus, batchStatusName, type BatchStatusName } from '../../../common/status.ts';
import type { MapLayout } from '../map-layout.ts';

/*
 * Squares for people across a room: a state is told by its shape and its sign, too, since a pale projector shows orange and
 * green alike.
 */

export type Ring = 'repaired' | 'corrected';

export interface SquaresInput {
  readonly layout: MapLayout;
  readonly statuses: Uint8Array;
  readonly colours: readonly string[];
  readonly ring: (index: number) => Ring | undefined;
  /** How far a square has turned green, from 0 to 1. */
  readonly turnOf: (index: number) => number | undefined;
  readonly isFailedInside: ((index: number) => boolean) | undefined;
  /** What stands below the sign, in squares that have room for it: one or two lines. */
  readonly textOf: (index: number) => readonly string[];
  /** Where others were repaired, what was not stands back. */
  readonly isQuiet: boolean;
}

type Canvas = CanvasRenderingContext2D;

const INK = '#0b0500';
const EMPTY = '#19222c';
const LINE = '#5a6472';
const SOFT = '#aab6c4';
const WHITE = '#ffffff';
const QUIET_GREEN = '#00877a';
const RIPPLE = '#5ff0dc';
/** Below it, a square has room for its sign only; and below the second, not even for that. */
const ROOM_FOR_TEXT = 88;
const ROOM_FOR_SIGN = 12;
/** Until then a square that turns green is still what it was. */
const TURNS_AT = 0.2;

export function paintSquares(canvas: Canvas, width: number, height: number, input: SquaresInput): void {
  canvas.clearRect(0, 0, width, height);
  const { layout } = input;
  for (let at = 0; at < layout.window.count; at++) paintSquare(canvas, input, layout.window.from + at);
  // They reach over their neighbours.
  for (let at = 0; at < layout.window.count; at++) paintRipple(canvas, input, layout.window.from + at);
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly size: number;
}

function boxOf({ cell, gap, columns, window }: MapLayout, index: number): Box {
  const tile = index - window.from;
  return { x: (tile % columns) * cell, y: Math.floor(tile / columns) * cell, size: cell - gap };
}

function paintSquare(canvas: Canvas, input: SquaresInput, index: number): void {
  const { layout, statuses, colours, isQuiet } = input;
  const box = boxOf(layout, index);
  const turn = input.turnOf(index);
  const isStill = turn !== undefined && turn < TURNS_AT;
  const status = isStill ? BatchStatus.failed : (statuses[index] ?? BatchStatus.waiting);
  const name = batchStatusName(status);
  const ring = isStill ? undefined : input.ring(index);
  const inner = ring ? inset(box, box.size * 0.085) : box;
  if (ring) strokeRound(canvas, inset(box, box.size * 0.025), box.size * 0.05, RINGS[ring], box.size * 0.1);
  const isBack = isQuiet && name === 'succeeded' && !ring;
  const isEmpty = name === 'waiting' || name === 'running' || name === 'superseded';
  canvas.fillStyle = isBack ? QUIET_GREEN : isEmpty ? EMPTY : (colours[status] ?? EMPTY);
  if (name === 'failed') octagon(canvas, inner);
  else round(canvas, inner, inner.size * 0.09);
  canvas.fill();
  if (isEmpty && box.size >= ROOM_FOR_SIGN)
    strokeRound(
      canvas,
      inset(inner, 1),
      Math.max(1.5, box.size * 0.025),
      name === 'running' ? (colours[status] ?? LINE) : LINE,
      inner.size * 0.09,
    );
  if (box.size < ROOM_FOR_SIGN) return;
  const lines = box.size >= ROOM_FOR_TEXT && !isStill ? input.textOf(index) : [];
  const ink = isBack || name === 'cancelled' ? WHITE : isEmpty ? SOFT : INK;
  const sign = lines.length > 0 ? { ...inner, y: inner.y - inner.size * 0.1 * (lines.length + 0.4) } : inner;
  paintSign(canvas, sign, name, ink, colours);
  paintLines(canvas, inner, lines, ink);
  if (name !== 'failed' && input.isFailedInside?.(index) === true) {
    canvas.fillStyle = colours[BatchStatus.failed] ?? '';
    octagon(canvas, { x: box.x + box.size * 0.68, y: box.y + box.size * 0.04, size: box.size * 0.28 });
    canvas.fill();
  }
}

const RINGS: Readonly<Record<Ring, string>> = { repaired: WHITE, corrected: '#8cd5ff' };

function paintRipple(canvas: Canvas, { layout, turnOf }: SquaresInput, index: number): void {
  const turn = turnOf(index);
  if (turn === undefined || turn < TURNS_AT) return;
  const box = boxOf(layout, index);
  const progress = (turn - TURNS_AT) / (1 - TURNS_AT);
  for (const [lag, width] of [
    [0, 0.04],
    [0.2, 0.03],
  ] as const) {
    const at = (progress - lag) / (1 - lag);
    if (at <= 0) continue;
    canvas.globalAlpha = Math.sin(Math.PI * Math.min(1, at)) * 0.9;
    const reach = box.size * 0.42 * at;
    strokeRound(canvas, inset(box, -reach), Math.max(1.5, box.size * width), RIPPLE, box.size * 0.18 + reach * 0.5);
  }
  canvas.globalAlpha = 1;
}

/** Signs are drawn, not written: fonts differ in whether they have them, and where they stand. */
function paintSign(
  canvas: Canvas,
  { x, y, size }: Box,
  name: BatchStatusName,
  ink: string,
  colours: readonly string[],
): void {
  const at = (right: number, down: number): [number, number] => [x + size * right, y + size * down];
  canvas.strokeStyle = ink;
  canvas.fillStyle = ink;
  canvas.lineWidth = Math.max(1.5, size * 0.06);
  canvas.lineCap = 'round';
  canvas.lineJoin = 'round';
  canvas.beginPath();
  switch (name) {
    case 'succeeded':
      canvas.moveTo(...at(0.34, 0.52));
      canvas.lineTo(...at(0.45, 0.63));
      canvas.lineTo(...at(0.67, 0.39));
      return canvas.stroke();
    case 'failed':
      canvas.moveTo(...at(0.38, 0.38));
      canvas.lineTo(...at(0.62, 0.62));
      canvas.moveTo(...at(0.62, 0.38));
      canvas.lineTo(...at(0.38, 0.62));
      return canvas.stroke();
    case 'running':
      canvas.fillStyle = colours[BatchStatus.running] ?? ink;
      canvas.moveTo(...at(0.42, 0.36));
      canvas.lineTo(...at(0.64, 0.5));
      canvas.lineTo(...at(0.42, 0.64));
      canvas.closePath();
      return canvas.fill();
    case 'retrying':
      canvas.arc(...at(0.5, 0.5), size * 0.15, -0.2 * Math.PI, 1.35 * Math.PI);
      return canvas.stroke();
    case 'cancelled':
      canvas.arc(...at(0.5, 0.5), size * 0.16, 0, 2 * Math.PI);
      canvas.moveTo(...at(0.39, 0.61));
      canvas.lineTo(...at(0.61, 0.39));
      return canvas.stroke();
    case 'setAside':
      canvas.moveTo(...at(0.38, 0.5));
      canvas.lineTo(...at(0.62, 0.5));
      return canvas.stroke();
    default:
      canvas.arc(...at(0.5, 0.5), Math.max(1, size * 0.04), 0, 2 * Math.PI);
      return canvas.fill();
  }
}

function paintLines(canvas: Canvas, { x, y, size }: Box, lines: readonly string[], ink: string): void {
  canvas.fillStyle = ink;
  canvas.textAlign = 'center';
  canvas.textBaseline = 'middle';
  canvas.font = `700 ${Math.round(size * 0.165)}px Inter, 'Segoe UI', 'DejaVu Sans Condensed', system-ui, sans-serif`;
  lines.forEach((line, index) =>
    canvas.fillText(line, x + size / 2, y + size * (0.86 - 0.19 * (lines.length - 1 - index)), size * 0.86),
  );
}

function octagon(canvas: Canvas, { x, y, size }: Box): void {
  const cut = size * 0.22;
  canvas.beginPath();
  canvas.moveTo(x + cut, y);
  canvas.lineTo(x + size - cut, y);
  canvas.lineTo(x + size, y + cut);
  canvas.lineTo(x + size, y + size - cut);
  canvas.lineTo(x + size - cut, y + size);
  canvas.lineTo(x + cut, y + size);
  canvas.lineTo(x, y + size - cut);
  canvas.lineTo(x, y + cut);
  canvas.closePath();
}

function round(canvas: Canvas, { x, y, size }: Box, radius: number): void {
  canvas.beginPath();
  canvas.roundRect(x, y, size, size, radius);
}

function strokeRound(canvas: Canvas, box: Box, width: number, colour: string, radius: number): void {
  round(canvas, inset(box, width / 2), radius);
  canvas.strokeStyle = colour;
  canvas.lineWidth = width;
  canvas.stroke();
}

function inset({ x, y, size }: Box, by: number): Box {
  return { x: x + by, y: y + by, size: size - 2 * by };
}
