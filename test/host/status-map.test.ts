import { describe, expect, test } from 'vitest';
import { BatchStatus } from '../../common/status.ts';
import { DirtyIndices, StatusMap } from '../../host/runs/status-map.ts';

const { waiting, running, succeeded, superseded } = BatchStatus;

describe('a map of statuses', () => {
  test('tells each change once, and what was skipped over is waiting', () => {
    const map = new StatusMap();
    const changed: number[] = [];
    const note = (index: number) => changed.push(index);
    map.set(3, running, note);
    map.set(3, running, note);
    map.set(3, succeeded, note);
    expect(changed).toEqual([3, 3]);
    expect([...map.copy()]).toEqual([waiting, waiting, waiting, succeeded]);
  });

  test('takes back into use what was superseded when so many batches are expected again', () => {
    const map = new StatusMap();
    map.replace(Uint8Array.of(succeeded, superseded, superseded), () => undefined);
    const changed: number[] = [];
    map.expect(2, index => changed.push(index));
    expect(changed).toEqual([1]);
    expect([...map.copy()]).toEqual([succeeded, waiting, superseded]);
  });

  test('is not made shorter by changes: a shorter one takes its place as a whole', () => {
    const map = new StatusMap();
    const changed: number[] = [];
    expect(map.replace(Uint8Array.of(running, running), index => changed.push(index))).toBe(true);
    expect(changed).toEqual([0, 1]);
    expect(map.replace(Uint8Array.of(succeeded), index => changed.push(index))).toBe(false);
    expect([...map.copy()]).toEqual([succeeded]);
    expect(changed).toEqual([0, 1]);
  });

  test('gives a copy that later changes do not reach', () => {
    const map = new StatusMap();
    map.set(0, running, () => undefined);
    const copy = map.copy();
    map.set(0, succeeded, () => undefined);
    expect([...copy]).toEqual([running]);
  });
});

test('changed places are given once each, and are forgotten by it', () => {
  const dirty = new DirtyIndices();
  for (const index of [5, 1_000, 5, 0]) dirty.add(index);
  expect(dirty.size).toBe(3);
  expect([...dirty.take()]).toEqual([5, 1_000, 0]);
  expect([...dirty.take()]).toEqual([]);
  dirty.add(5);
  expect([...dirty.take()]).toEqual([5]);
});
