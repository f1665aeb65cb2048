import { describe, expect, test } from 'vitest';
import { expectedEnd } from '../../renderer/model/expected-end.ts';

const at = (hours: number, minutes: number, seconds: number) =>
  new Date(2026, 10, 24, hours, minutes, seconds).getTime();

describe('when a run ends', () => {
  test('is a time of day, with the range that is known, without what is the same in both', () => {
    expect(expectedEnd([8_000, 28_000], at(14, 20, 42))).toEqual({
      about: 'about 14:21:00',
      range: '20:50 to :10',
    });
    expect(expectedEnd([8_000, 28_000], at(14, 20, 36))).toEqual({
      about: 'about 14:20:54',
      range: ':44 to 21:04',
    });
    expect(expectedEnd([1_000, 1_200], at(14, 20, 36))).toEqual({ about: 'about 14:20:37', range: undefined });
  });

  test('has no seconds when it is hours away, and says on which day', () => {
    expect(expectedEnd([3 * 3_600_000, 4 * 3_600_000], at(14, 20, 36))).toEqual({
      about: 'about 17:50',
      range: ':20 to 18:20',
    });
    expect(expectedEnd([20 * 3_600_000, 20 * 3_600_000], at(14, 20, 36)).about).toBe('about 10:20 in 1 day');
  });
});
