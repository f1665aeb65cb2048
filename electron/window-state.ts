import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { BrowserWindow, Rectangle } from 'electron';
import { z } from 'zod';
import { writeSetting } from '../host/data-folder.ts';

const DEFAULT = { width: 1440, height: 900 };
export const SMALLEST = { width: 800, height: 560 };
/** As much of a window must be on a screen for a person to get hold of it. */
const REACHABLE = { width: 120, height: 40 };
const SAVE_AFTER_MS = 400;

const windowState = z.object({
  bounds: z.object({ x: z.int(), y: z.int(), width: z.int().positive(), height: z.int().positive() }),
  maximized: z.boolean(),
});

export interface WindowState {
  /** Without a place, the system finds one. */
  readonly bounds: Partial<Rectangle> & { readonly width: number; readonly height: number };
  readonly maximized: boolean;
}

/** How the window was left, where that still fits the screens there are. */
export function readWindowState(file: string, screens: readonly Rectangle[]): WindowState {
  const kept = read(file);
  const screen = kept && screens.find(area => isReachable(kept.bounds, area));
  if (kept && screen) return { bounds: { ...kept.bounds, ...fitted(kept.bounds, screen) }, maximized: kept.maximized };
  const [first] = screens;
  return { bounds: first ? fitted(DEFAULT, first) : DEFAULT, maximized: kept?.maximized ?? false };
}

/** Keeps where the window is, from now on. */
export function keepWindowState(window: BrowserWindow, file: string): void {
  let timer: NodeJS.Timeout | undefined;
  const save = () => {
    clearTimeout(timer);
    timer = undefined;
    write(file, { bounds: window.getNormalBounds(), maximized: window.isMaximized() });
  };
  const saveSoon = () => {
    timer ??= setTimeout(save, SAVE_AFTER_MS);
  };
  for (const event of ['resize', 'move', 'maximize', 'unmaximize'] as const) window.on(event as 'resize', saveSoon);
  window.on('close', save);
  window.on('closed', () => clearTimeout(timer));
}

function read(file: string): z.infer<typeof windowState> | undefined {
  try {
    return windowState.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return undefined; // The first start, or a file that is none of ours any more.
  }
}

function write(file: string, state: WindowState): void {
  try {
    writeSetting(path.dirname(file), path.basename(file), `${JSON.stringify(windowState.parse(state))}\n`);
  } catch {
    // A full disk must not keep a window from closing.
  }
}

function isReachable({ x, y, width }: Rectangle, area: Rectangle): boolean {
  const across = Math.min(x + width, area.x + area.width) - Math.max(x, area.x);
  // Its title bar, by which it is moved.
  return across >= REACHABLE.width && y >= area.y && y + REACHABLE.height <= area.y + area.height;
}

function fitted(
  { width, height }: { readonly width: number; readonly height: number },
  area: Rectangle,
): { width: number; height: number } {
  return {
    width: Math.max(SMALLEST.width, Math.min(width, area.width)),
    height: Math.max(SMALLEST.height, Math.min(height, area.height)),
  };
}
