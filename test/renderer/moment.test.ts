import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { fromLocalTime, localTime } from '../../renderer/model/payload/moment.ts';

const ZONE = process.env.TZ;
afterEach(() => {
  if (ZONE === undefined) delete process.env.TZ;
  else process.env.TZ = ZONE;
});

test('a moment is shown in the time zone of whoever types it, and sent in UTC', () => {
  process.env.TZ = 'Europe/Berlin';
  expect(localTime('2026-07-31T08:00:05Z')).toBe('2026-07-31T10:00:05');
  expect(fromLocalTime('2026-07-31T10:00')).toBe('2026-07-31T08:00:00Z');
  expect(localTime('')).toBe('');
  expect(fromLocalTime('')).toBe('');
});

test('what the input could not give back is not shown in it', () => {
  process.env.TZ = 'Europe/Berlin';
  expect(localTime('2026-07-31T10:00:05+02:00')).toBeUndefined();
  expect(localTime('2026-07-31T08:00:05.123Z')).toBeUndefined();
  expect(localTime('2026-02-31T08:00:05Z')).toBeUndefined();
  expect(localTime('soon')).toBeUndefined();
  // The clock is set back: this hour of the clock is there twice, and the input means the first.
  expect(localTime('2026-10-25T00:30:00Z')).toBe('2026-10-25T02:30:00');
  expect(localTime('2026-10-25T01:30:00Z')).toBeUndefined();
});

test.each(['Europe/Berlin', 'America/St_Johns', 'Asia/Kathmandu', 'Pacific/Apia'])(
  'each moment that is shown comes back as it was, in %s',
  zone => {
    process.env.TZ = zone;
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_000_000_000 }), seconds => {
        const moment = `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`;
        const shown = localTime(moment);
        if (shown !== undefined) expect(fromLocalTime(shown)).toBe(moment);
      }),
    );
  },
);
