import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NEVER, type PartHistory } from '../../../common/history.ts';
import { BatchStatus } from '../../../common/status.ts';
import type { RunHistory } from '../../../host/api/api.ts';
import { idleTimes, playbackScale } from '../../../renderer/model/playback/idle-times.ts';
import { markersOf, nextMarker, type Failure } from '../../../renderer/model/playback/markers.ts';
import { advanced, FIT_MS, IDLE_MS, rateOf, SPEEDS } from '../../../renderer/model/playback/pace.ts';

const { failed, succeeded } = BatchStatus;
const none = new Uint32Array(0);

/** One attempt of each batch, and of batch 0 one before it that failed. */
function historyOf(times: readonly [start: number, end: number][], earlier?: [start: number, end: number]): RunHistory {
  const part: PartHistory = {
    of: 'batches',
    node: 1,
    path: 'each',
    isMapped: true,
    starts: Uint32Array.from(times, ([start]) => start),
    ends: Uint32Array.from(times, ([, end]) => end),
    statuses: Uint8Array.from(times, () => succeeded),
    items: Uint32Array.from(times, () => 1),
    earlier: {
      indices: Uint32Array.from(earlier ? [0] : []),
      starts: Uint32Array.from(earlier ? [earlier[0]] : []),
      ends: Uint32Array.from(earlier ? [earlier[1]] : []),
      statuses: Uint8Array.from(earlier ? [failed] : []),
      until: Uint32Array.from(earlier ? [200_000] : []),
      causes: Uint8Array.from(earlier ? [1] : []),
    },
    waits: { indices: none, starts: none, ends: none },
    failed: { indices: none, causes: new Uint8Array(0) },
    aside: { indices: none, starts: none, ends: none, items: none },
  };
  const to = Math.max(...times.map(([, end]) => (end === NEVER ? 0 : end)));
  return { from: 0, unit: 1, to, status: 'completed', sessions: [], parts: [part], causes: [], untold: [] };
}

/** Batch 0 failed after 3 s and was re-run minutes later; batch 1 took a second at first. */
const fixed = {
  ...historyOf(
    [
      [200_000, 200_400],
      [500, 1_500],
    ],
    [0, 3_000],
  ),
  sessions: [
    { kind: 'start', from: 0, to: 3_010, outcome: 'interrupted' },
    { kind: 'resume', from: 100_000, to: 100_010, outcome: 'paused' },
    { kind: 'rerun', from: 199_990, to: 200_400, outcome: 'completed' },
  ],
} satisfies RunHistory;

describe('idle time', () => {
  test('is found between what ran, and takes little of the scrubber', () => {
    const idle = idleTimes(fixed);
    expect(idle).toEqual([[3_000, 200_000]]);
    const scale = playbackScale(fixed, idle, 1_000);
    const wide = (from: number, to: number) => scale.x(to) - scale.x(from);
    expect(wide(3_000, 200_000)).toBeLessThanOrEqual(48);
    // Work of one length has one length, before it and after it.
    expect(wide(0, 400)).toBeCloseTo(wide(200_000, 200_400), 0);
    expect(scale.x(fixed.to)).toBeCloseTo(1_000, 0);
    expect(scale.time(scale.x(1_500))).toBeCloseTo(1_500, 0);
  });

  test('is none while something runs, and none that is short', () => {
    expect(
      idleTimes(
        historyOf([
          [0, 1_000],
          [1_020, 2_000],
          [500, 2_500],
        ]),
      ),
    ).toEqual([]);
  });

  test('lies before the first and after the last, too', () => {
    expect(idleTimes({ ...historyOf([[5_000, 6_000]]), to: 20_000 })).toEqual([
      [0, 5_000],
      [6_000, 20_000],
    ]);
  });

  test('is never a time in which something ran', () => {
    const spans = fc.array(fc.tuple(fc.nat(5_000), fc.nat(300)), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(spans, found => {
        const times = found.map(([start, takes]): [number, number] => [start, start + takes]);
        for (const [from, to] of idleTimes(historyOf(times)))
          expect(times.filter(([start, end]) => start < to && end > from)).toEqual([]);
      }),
    );
  });
});

const nameOf = ({ path, batch }: Failure) => (batch ? `batch ${batch.index} of ${path}` : path);

describe('markers', () => {
  test('are the start, the first failure, stops, resumes, re-runs and the end', () => {
    expect(markersOf(fixed, nameOf).map(({ at, text }) => `${at} ${text}`)).toEqual([
      '0 Start',
      '3000 First failure: batch 0 of each',
      '3010 Interrupted',
      '100000 Resumed',
      '100010 Paused',
      '199990 Re-run',
      '200400 End: completed',
    ]);
  });

  test('a process that went without a word has left its run interrupted, also where that was cancelled later', () => {
    const sessions = [{ kind: 'start' as const, from: 0, to: 4_000 }];
    expect(
      markersOf({ ...fixed, sessions, status: 'cancelled', to: 5_000 }, nameOf)
        .slice(-2)
        .map(({ at, text }) => `${at} ${text}`),
    ).toEqual(['4000 Interrupted', '5000 End: cancelled']);
    expect(markersOf({ ...fixed, sessions, status: 'interrupted', to: 4_000 }, nameOf).at(-1)?.text).toBe(
      'End: interrupted',
    );
  });

  test('are gone to in both directions, from between two as well', () => {
    const markers = markersOf(fixed, nameOf);
    expect(nextMarker(markers, 50_000, 'next')?.text).toBe('Resumed');
    expect(nextMarker(markers, 50_000, 'previous')?.text).toBe('Interrupted');
    expect(nextMarker(markers, 100_000, 'next')?.text).toBe('Paused');
    expect(nextMarker(markers, 0, 'previous')).toBeUndefined();
  });
});

describe('the pace', () => {
  const idle = [[3_000, 200_000]] as const;
  const to = 203_000;

  test('is that of the run, or many times as fast; idle time passes in a moment', () => {
    const at1 = { rate: rateOf(1, idle, to), idle, to };
    expect(advanced(1_000, 500, at1)).toBe(1_500);
    expect(advanced(2_900, 100 + IDLE_MS, at1)).toBeCloseTo(200_000, 3);
    expect(advanced(1_000, 50, { ...at1, rate: rateOf(30, idle, to) })).toBe(2_500);
    expect(SPEEDS.slice(1)).toEqual([1, 2, 5, 10, 30]);
  });

  test('that fits takes twelve seconds for the whole run', () => {
    const pace = { rate: rateOf('fit', idle, to), idle, to };
    expect(advanced(0, FIT_MS - 1, pace)).toBeLessThan(to);
    expect(advanced(0, FIT_MS + 1, pace)).toBe(to);
  });

  test('does not depend on how long a frame takes', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1, maxLength: 30 }), frames => {
        const pace = { rate: 7, idle, to };
        const inFrames = frames.reduce((at, frame) => advanced(at, frame, pace), 0);
        const atOnce = advanced(
          0,
          frames.reduce((sum, frame) => sum + frame, 0),
          pace,
        );
        expect(Math.abs(inFrames - atOnce)).toBeLessThan(0.01);
      }),
    );
  });
});
