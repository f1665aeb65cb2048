import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { axisTicks, tickTexts, timeScale } from '../../renderer/model/time-scale.ts';

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

  test('writes no two ticks of its axis the same, however near they are and however late', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 90_000_000 }),
        fc.constantFrom(0.125, 0.2, 0.5, 1, 5, 50, 500, 2_000, 10_000, 300_000),
        (begin, apart) => {
          const texts = tickTexts(
            [0, 1, 2, 3].map(tick => begin + tick * apart),
            0,
          );
          expect(new Set(texts).size).toBe(4);
        },
      ),
    );
    expect(tickTexts([0, 64, 64.5, 65], 0)).toEqual(['0', '64.0 ms', '64.5 ms', '65.0 ms']);
    expect(tickTexts([1_000, 2_000, 3_000], 1_000)).toEqual(['0', '1.0 s', '2.0 s']);
    expect(tickTexts([7_380_000, 7_390_000], 0)).toEqual(['2:03:00', '2:03:10']);
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
