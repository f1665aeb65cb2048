import { EventEmitter } from 'node:events';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { BrowserWindow } from 'electron';
import { afterEach, expect, test, vi } from 'vitest';
import { keepWindowState, readWindowState } from '../../electron/window-state.ts';
import { temporaryFolder } from '../support/runs.ts';

const SCREEN = { x: 0, y: 0, width: 1920, height: 1080 };
const bounds = { x: 100, y: 50, width: 1000, height: 700 };

afterEach(() => {
  vi.useRealTimers();
});

function kept(state: unknown): string {
  const file = path.join(temporaryFolder(), 'window.json');
  writeFileSync(file, typeof state === 'string' ? state : JSON.stringify(state));
  return file;
}

test('a window comes back where it was', () => {
  expect(readWindowState(kept({ bounds, maximized: true }), [SCREEN])).toEqual({ bounds, maximized: true });
});

test('a window whose screen is gone, or whose title bar would be out of reach, is placed by the system', () => {
  const size = { width: 1440, height: 900 };
  for (const away of [{ x: 5_000 }, { y: -200 }, { x: 1_900 }, { y: 1_060 }])
    expect(readWindowState(kept({ bounds: { ...bounds, ...away }, maximized: false }), [SCREEN]).bounds).toEqual(size);
});

test('a window is made as small as its screen, and never smaller than it can be used', () => {
  const small = { x: 0, y: 0, width: 900, height: 500 };
  expect(readWindowState(kept({ bounds, maximized: false }), [small]).bounds).toEqual({
    ...bounds,
    width: 900,
    height: 560,
  });
});

test('a file that is none of ours is as good as none', () => {
  for (const state of ['{', '{}', { bounds: { ...bounds, width: -1 }, maximized: false }])
    expect(readWindowState(kept(state), [SCREEN])).toEqual({ bounds: { width: 1440, height: 900 }, maximized: false });
});

test('a move is stored once the window rests, and closing stores at once', () => {
  vi.useFakeTimers();
  const file = path.join(temporaryFolder(), 'window.json');
  let place = bounds;
  const window = Object.assign(new EventEmitter(), { getNormalBounds: () => place, isMaximized: () => false });
  keepWindowState(window as unknown as BrowserWindow, file);
  const stored = () => readWindowState(file, [SCREEN]).bounds.x;
  window.emit('move');
  place = { ...bounds, x: 200 };
  window.emit('move');
  vi.advanceTimersByTime(399);
  expect(stored()).toBeUndefined();
  vi.advanceTimersByTime(1);
  expect(stored()).toBe(200);
  place = { ...bounds, x: 300 };
  window.emit('close');
  expect(stored()).toBe(300);
});
