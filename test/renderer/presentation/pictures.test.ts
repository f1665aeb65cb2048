import { describe, expect, test } from 'vitest';
import type { NodeAmounts } from '../../../common/amounts.ts';
import { BatchStatus } from '../../../common/status.ts';
import { amountSharesOf, missingOf } from '../../../renderer/model/presentation/amount-shares.ts';
import { arcOf } from '../../../renderer/model/presentation/arc.ts';
import { TURN_MS, Wave } from '../../../renderer/model/presentation/wave.ts';

describe('the wave', () => {
  const { failed, running, succeeded, waiting } = BatchStatus;
  const see = (wave: Wave, statuses: number[], now: number) =>
    wave.see(Uint8Array.from(statuses), statuses.length, now);

  test('goes through what was repaired, one after the other, and through nothing else', () => {
    const wave = new Wave();
    see(wave, [failed, succeeded, failed, waiting], 0);
    see(wave, [running, succeeded, waiting, succeeded], 100);
    expect([0, 1, 2, 3].map(index => wave.isRepaired(index))).toEqual([false, false, false, false]);
    see(wave, [succeeded, succeeded, succeeded, succeeded], 1_000);
    expect([0, 1, 2, 3].map(index => wave.isRepaired(index))).toEqual([true, false, true, false]);
    expect(wave.turnOf(0, 1_000)).toBe(0);
    expect(wave.turnOf(2, 1_000)).toBe(0);
    expect(wave.turnOf(0, 1_300)).toBeGreaterThan(wave.turnOf(2, 1_300) ?? 1);
    expect(wave.turnOf(1, 1_300)).toBeUndefined();
    expect([wave.isMoving(1_300), wave.isMoving(1_000 + 2 * TURN_MS)]).toEqual([true, false]);
    expect(wave.turnOf(0, 1_000 + TURN_MS)).toBeUndefined();
    expect(wave.isRepaired(0)).toBe(true);
  });

  test('is never long behind, however many turn at once', () => {
    const wave = new Wave();
    const many = (status: number) => Array.from({ length: 2_000 }, () => status);
    see(wave, many(failed), 0);
    see(wave, many(succeeded), 1_000);
    expect(wave.isMoving(1_000 + 1_500 + TURN_MS)).toBe(false);
  });

  test('takes back what fails again', () => {
    const wave = new Wave();
    see(wave, [failed], 0);
    see(wave, [succeeded], 10);
    see(wave, [failed], 20);
    expect(wave.isRepaired(0)).toBe(false);
  });
});

describe('the arc', () => {
  test('has its shares in order, and none of what waits', () => {
    const arc = arcOf(
      [
        { part: 'done', count: 50 },
        { part: 'failed', count: 25 },
        { part: 'waiting', count: 25 },
      ],
      100,
    );
    expect(arc.map(({ part }) => part)).toEqual(['done', 'failed']);
    // Half of it ends at the top, in the middle.
    expect(arc[0]?.path).toMatch(/ 50 6$/);
    expect(arc[1]?.path).toMatch(/^M50 6A/);
  });

  test('shows one of a million, and stays in its place', () => {
    const arc = arcOf(
      [
        { part: 'done', count: 999_999 },
        { part: 'failed', count: 1 },
      ],
      1_000_000,
    );
    expect(arc[1]?.path).toMatch(/88\.11 72$/);
    expect(arc[1]?.path).not.toBe(arc[0]?.path);
    expect(arcOf([], 0)).toEqual([]);
  });
});

describe('amounts', () => {
  const amounts: NodeAmounts = {
    path: 'send',
    unit: '€',
    total: '1204500.5',
    succeeded: '1180000',
    failed: '24500.5',
    setAside: '0',
    running: '0',
    waiting: '0',
    cancelled: '0',
    unknown: 0,
    unknownItems: 0,
    isBalanced: true,
  };

  test('have the shares that are not zero, to the last digit', () => {
    expect(amountSharesOf(amounts).map(({ part, amount }) => `${amount} ${part}`)).toEqual([
      '1180000 done',
      '24500.5 failed',
    ]);
    expect(missingOf(amounts)).toBe('0');
  });

  test('say what is missing from the sum', () => {
    expect(missingOf({ ...amounts, failed: '24380.25' })).toBe('120.25');
    expect(missingOf({ ...amounts, failed: '24500.75' })).toBe('-0.25');
  });
});
