import { describe, expect, test } from 'vitest';
import { RateLimiter } from '../../engine/run/rate-limiter.ts';

describe('a rate limit', () => {
  test('lets start as many batches as it allows, and says to the millisecond when the next may', () => {
    const limiter = new RateLimiter([{ of: 'batches', limit: 2, per: 1_000 }]);
    for (const at of [0, 300]) {
      expect(limiter.delay(at, 5)).toBe(0);
      limiter.started(at, 5);
    }
    expect(limiter.delay(400, 5)).toBe(600);
    expect(limiter.delay(999, 5)).toBe(1);
    expect(limiter.delay(1_000, 5)).toBe(0);
  });

  test('of items counts items, and waits until enough of them have left the window', () => {
    const limiter = new RateLimiter([{ of: 'items', limit: 10, per: 1_000 }]);
    limiter.started(0, 4);
    limiter.started(100, 4);
    expect(limiter.delay(200, 2)).toBe(0);
    expect(limiter.delay(200, 3)).toBe(800);
    expect(limiter.delay(200, 7)).toBe(900);
  });

  test('lets a batch larger than itself start in a window of its own', () => {
    const limiter = new RateLimiter([{ of: 'items', limit: 10, per: 1_000 }]);
    expect(limiter.delay(0, 50)).toBe(0);
    limiter.started(0, 50);
    expect(limiter.delay(1, 1)).toBe(999);
    expect(limiter.delay(1_000, 50)).toBe(0);
  });

  test('of two, the stricter decides', () => {
    const limiter = new RateLimiter([
      { of: 'batches', limit: 100, per: 1_000 },
      { of: 'items', limit: 1, per: 5_000 },
    ]);
    limiter.started(0, 1);
    expect(limiter.delay(2_000, 1)).toBe(3_000);
  });

  test('that is never reached costs the same however many starts lie in its window', () => {
    const limiter = new RateLimiter([{ of: 'batches', limit: 1_000_000, per: 86_400_000 }]);
    // With a look at all starts for each start this takes minutes.
    for (let at = 0; at < 300_000; at++) {
      expect(limiter.delay(at, 1) === 0).toBe(true);
      limiter.started(at, 1);
    }
  });

  test('begins with what is on record', () => {
    const limits = [{ of: 'items', limit: 10, per: 1_000 }] as const;
    const limiter = new RateLimiter(limits, [
      { at: 0, items: 4 },
      { at: 500, items: 6 },
    ]);
    expect(limiter.delay(600, 4)).toBe(400);
    expect(limiter.delay(600, 5)).toBe(900);
  });

  test('never waits longer than its window, whatever happens to the clock', () => {
    const limiter = new RateLimiter([{ of: 'batches', limit: 1, per: 1_000 }]);
    limiter.started(3_600_000, 1);
    expect(limiter.delay(0, 1)).toBe(1_000);
  });
});
