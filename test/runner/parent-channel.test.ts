import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { LogThrottle } from '../../engine/runner/log-throttle.ts';
import { ParentChannel } from '../../engine/runner/parent-channel.ts';
import { StatusThrottle } from '../../engine/runner/status-throttle.ts';
import { BatchStatus } from '../../common/status.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A parent that takes nothing until it is told to. */
function stoppedParent() {
  const queued: (() => void)[] = [];
  const channel = new ParentChannel<unknown>((_message, done) => queued.push(done));
  return { channel, queued, read: () => queued.splice(0).forEach(done => done()) };
}

test('what a parent does not read does not grow: of log lines the number, of each batch the last status', () => {
  const { channel, queued, read } = stoppedParent();
  const told: { lines: number; dropped: number }[] = [];
  const logs = new LogThrottle(({ lines, dropped }) => {
    told.push({ lines: lines.length, dropped });
    channel.send(lines);
  }, channel.hasRoom);
  const statuses: number[] = [];
  const batches = new StatusThrottle(changes => {
    statuses.push(...changes.flatMap(change => [...change.statuses]));
    channel.send(changes);
  }, channel.hasRoom);
  let lines = 0;
  const work = (turns: number) => {
    for (let turn = 0; turn < turns; turn++) {
      for (let line = 0; line < 100; line++, lines++) logs.add({ at: turn, level: 'info', text: 'said' }, undefined);
      batches.add(1, 0, turn % 50, turn % 2 === 0 ? BatchStatus.running : BatchStatus.succeeded);
      vi.advanceTimersByTime(50);
    }
  };
  work(100);
  const queuedThen = queued.length;
  work(400);
  expect(queued.length).toBe(queuedThen);
  expect(queued.length).toBeLessThan(20);
  // When it reads again, it is told of all: what happened to the batches, and how much was said.
  read();
  vi.advanceTimersByTime(100);
  expect(told.reduce((sum, batch) => sum + batch.lines + batch.dropped, 0)).toBe(lines);
  expect(statuses.length).toBeLessThanOrEqual(20 + 50);
});

test('the end waits until all that was sent has left', async () => {
  const { channel, read } = stoppedParent();
  channel.send('one');
  channel.send('two');
  let isSent = false;
  void channel.sent.then(() => {
    isSent = true;
  });
  await Promise.resolve();
  expect(isSent).toBe(false);
  read();
  await channel.sent;
  expect(isSent).toBe(true);
});
