import { expect, test } from 'vitest';
import { LiveRun } from '../../host/runs/live-run.ts';
import { RunModel } from '../../renderer/model/run-model.ts';
import type { Progress } from '../../host/api/api.ts';
import { noCounts } from '../../common/counts.ts';

const progress: Progress = {
  status: 'running',
  items: noCounts(),
  batches: noCounts(),
  failedBatches: 0,
  nodes: [],
  steps: [],
  rate: 0,
  startedAt: 0,
  activeMs: 0,
};

test('a page that watches a run hears that a node has another path now, and keeps its batches', () => {
  const live = new LiveRun(1, progress, () => undefined);
  live.addMap(4, 'send');
  live.replace(4, Uint8Array.of(2, 2, 0));
  const watcher = live.watch();
  const model = new RunModel(watcher.snapshot());
  live.addMap(4, 'send');
  expect(watcher.take()).toBeUndefined();
  live.addMap(4, 'deliver');
  expect(watcher.take()).toEqual({ kind: 'resync' });
  model.reset(watcher.snapshot());
  expect([...model.maps.values()]).toMatchObject([{ node: 4, path: 'deliver', length: 3 }]);
});

test('a page forgets the map of a node that is no longer there', () => {
  const live = new LiveRun(1, progress, () => undefined);
  live.addMap(4, 'send');
  const model = new RunModel(live.watch().snapshot());
  model.reset(new LiveRun(1, progress, () => undefined).watch().snapshot());
  expect(model.maps.size).toBe(0);
});
