import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { axisTicks, timeScale } from '../../renderer/model/time-scale.ts';

/** A timeline with gaps that lie apart from each other, as the host sends it. */
const timeline = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 5_000 }), fc.integer({ min: 1, max: 90_000_000 })), { maxLength: 4 })
  .chain(parts => fc.integer({ min: 1, max: 5_000 }).map(last => ({ parts, last })))
  .map(({ parts, last }) => {
    let at = 1_000;
    const gaps = parts.map(([worked, idle]): [number, number] => {
      const start = at + worked;
      at = start + idle;
      return [start, at];
    });
    return { from: 1_000, to: at + last, gaps };
  });

describe('the time scale', () => {
  test('begins at the left edge, ends at the right edge, and never runs backwards', () => {
    fc.assert(
      fc.property(timeline, fc.integer({ min: 300, max: 2_000 }), (given, width) => {
        const scale = timeScale(given, width);
        expect(scale.x(given.from)).toBeCloseTo(0);
        expect(scale.x(given.to)).toBeCloseTo(width, 3);
        const times = Array.from({ length: 50 }, (_, at) => given.from + ((given.to - given.from) * at) / 49);
        const xs = times.map(time => scale.x(time));
        for (const [at, x] of xs.entries()) if (at > 0) expect(x).toBeGreaterThanOrEqual((xs[at - 1] ?? 0) - 1e-6);
      }),
    );
  });

  test('gives back the time that a position stands for', () => {
    fc.assert(
      fc.property(timeline, fc.double({ min: 0, max: 1, noNaN: true }), (given, share) => {
        const scale = timeScale(given, 1_000);
        const x = share * 1_000;
        expect(scale.x(scale.time(x))).toBeCloseTo(x, 3);
      }),
    );
  });

  test('shows a gap of days no wider than a short one', () => {
    const day = 86_400_000;
    const scale = timeScale({ from: 0, to: 2_000 + day, gaps: [[1_000, 1_000 + day]] }, 1_000);
    expect(scale.x(1_000 + day) - scale.x(1_000)).toBeCloseTo(48);
  });

  test('labels its axis with room between the labels, and never inside a gap', () => {
    fc.assert(
      fc.property(timeline, given => {
        const scale = timeScale(given, 1_000);
        const ticks = axisTicks(given, scale);
        for (const [at, tick] of ticks.entries()) {
          if (at > 0) expect(scale.x(tick) - scale.x(ticks[at - 1] ?? 0)).toBeGreaterThanOrEqual(90);
          expect(given.gaps.some(([start, end]) => tick > start && tick < end)).toBe(false);
        }
      }),
    );
  });
});
