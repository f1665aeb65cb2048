import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { LogThrottle } from '../../engine/runner/log-throttle.ts';
import { StatusThrottle } from '../../engine/runner/status-throttle.ts';
import type { BatchChanges, LogEntry } from '../../engine/runner/protocol.ts';
import { BatchStatus } from '../../common/status.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('changes of batch statuses', () => {
  const changesOf = ({ node, parent, indices, statuses }: BatchChanges) => [node, parent, [...indices], [...statuses]];

  test('are sent together, of each batch only the last', () => {
    const sent: unknown[] = [];
    const throttle = new StatusThrottle(changes => sent.push(changes.map(changesOf)));
    throttle.add(1, 0, 7, BatchStatus.running);
    throttle.add(1, 0, 8, BatchStatus.running);
    throttle.add(1, 0, 7, BatchStatus.succeeded);
    throttle.add(2, 5, 0, BatchStatus.failed);
    vi.advanceTimersByTime(33);
    expect(sent).toEqual([
      [
        [1, 0, [7, 8], [BatchStatus.succeeded, BatchStatus.running]],
        [2, 5, [0], [BatchStatus.failed]],
      ],
    ]);
    vi.advanceTimersByTime(1_000);
    expect(sent).toHaveLength(1);
  });

  test('are sent less often after very many', () => {
    let sent = 0;
    const throttle = new StatusThrottle(() => {
      sent += 1;
    });
    for (let index = 0; index < 501; index++) throttle.add(1, 0, index, BatchStatus.succeeded);
    vi.advanceTimersByTime(33);
    throttle.add(1, 0, 501, BatchStatus.succeeded);
    vi.advanceTimersByTime(99);
    expect(sent).toBe(1);
    vi.advanceTimersByTime(1);
    expect(sent).toBe(2);
  });
});

describe('log lines', () => {
  test('are sent together, 200 at a time; those beyond are counted, and long ones are cut off', () => {
    const sent: { lines: readonly LogEntry[]; dropped: number }[] = [];
    const throttle = new LogThrottle(batch => sent.push(batch));
    for (let line = 0; line < 203; line++)
      throttle.add({ at: line, level: 'info', text: 'x'.repeat(line === 0 ? 3_000 : 1) }, undefined);
    vi.advanceTimersByTime(50);
    expect(sent.map(({ lines, dropped }) => [lines.length, dropped])).toEqual([[200, 3]]);
    expect(sent[0]?.lines[0]?.text).toBe(`${'x'.repeat(2_000)}…`);
    throttle.add({ at: 1, level: 'info', text: 'next' }, undefined);
    throttle.flush();
    expect(sent[1]).toMatchObject({ dropped: 0, lines: [{ text: 'next' }] });
  });
});
