import { describe, expect, test } from 'vitest';
import type { Answer, Probe } from '../../../engine/run/probe/answer.ts';
import { findItems, type SearchOptions } from '../../../engine/run/probe/find-items.ts';
import { randomOf } from '../../support/random.ts';
import { range } from '../../support/outside.ts';

const PASSED: Answer = { passed: true };

function failed(cause: string, suspect?: number): Answer {
  return { passed: false, suspect, error: { name: 'Error', message: cause, fingerprint: cause } };
}

/** A body that reads one item after the other, and fails at the first that is broken. */
function reading(broken: ReadonlyMap<number, string> | ReadonlySet<number>): Probe {
  return async (items, instrumented) => {
    const bad = items.find(item => broken.has(item));
    if (bad === undefined) return PASSED;
    return failed(broken instanceof Map ? (broken.get(bad) ?? '') : 'broken', instrumented ? bad : undefined);
  };
}

/** One that works on all items at the same time: the one that it has read last is any of them. */
function allAtOnce(broken: ReadonlySet<number>): Probe {
  return async (items, instrumented) =>
    items.some(item => broken.has(item)) ? failed('broken', instrumented ? items.at(-1) : undefined) : PASSED;
}

/** One that fails where all of a set are there. */
function together(sets: readonly (readonly number[])[]): Probe {
  return async items => {
    const at = sets.findIndex(set => set.every(item => items.includes(item)));
    return at === -1 ? PASSED : failed(`set ${at}`);
  };
}

async function found(items: number, probe: Probe, options: SearchOptions = {}) {
  const result = await findItems(items, probe, options);
  const sorted = (indices: Iterable<number>) => [...indices].toSorted((a, b) => a - b);
  return {
    ...result,
    atFault: sorted(result.atFault.keys()),
    flaky: sorted(result.flaky.keys()),
    causes: result.atFault,
  };
}

const SEEDS = range(40);

/** So many of so many, which the seed chooses. */
function planted(seed: number, count: number, of: number): Set<number> {
  const random = randomOf(seed);
  const chosen = new Set<number>();
  while (chosen.size < count) chosen.add(Math.floor(random() * of));
  return chosen;
}

function median(counts: readonly number[]): number {
  return counts.toSorted((a, b) => a - b)[counts.length >> 1] ?? 0;
}

function asList(planted: ReadonlySet<number>): number[] {
  return [...planted].toSorted((a, b) => a - b);
}

describe('the items at fault are found exactly, and the search is complete', () => {
  test.each([1, 2, 5, 20, 60])('in a body that reads in order, %i of 100', async count => {
    const probes: number[] = [];
    for (const seed of SEEDS) {
      const broken = planted(seed, count, 100);
      const result = await found(100, reading(broken));
      expect(result.atFault, `seed ${seed}`).toEqual(asList(broken));
      expect(result.isComplete).toBe(true);
      probes.push(result.probes);
    }
    // Three for each, and two: the first look, and the last one.
    expect(Math.max(...probes)).toBeLessThanOrEqual(count <= 20 ? 3 * count + 2 : 170);
  });

  test.each([
    [1, 16],
    [2, 28],
    [5, 52],
    [20, 131],
    [60, 183],
  ])('in one that works on all at the same time, %i of 100, mostly with %i probes at most', async (count, most) => {
    const probes: number[] = [];
    for (const seed of SEEDS) {
      const broken = planted(seed, count, 100);
      const result = await found(100, allAtOnce(broken));
      expect(result.atFault, `seed ${seed}`).toEqual(asList(broken));
      expect(result.isComplete).toBe(true);
      probes.push(result.probes);
    }
    expect(median(probes)).toBeLessThanOrEqual(most);
  });

  test('with several causes, each with its own: one hides the others only until it is found', async () => {
    for (const seed of SEEDS) {
      const causes = new Map([...planted(seed, 6, 100)].map((item, nth) => [item, `cause ${nth % 3}`]));
      const result = await found(100, reading(causes));
      expect(new Map([...result.causes].map(([item, { message }]) => [item, message]))).toEqual(causes);
      expect(result.isComplete).toBe(true);
    }
  });

  test('and items that the body has marked are not probed again', async () => {
    const broken = new Set([3, 40, 41]);
    const probed: number[] = [];
    const read = reading(broken);
    const { atFault, isComplete } = await found(
      100,
      (items, instrumented) => {
        probed.push(...items);
        return read(items, instrumented);
      },
      { marked: [3, 40] },
    );
    expect(atFault).toEqual([41]);
    expect(isComplete).toBe(true);
    expect(probed).not.toContain(3);
    expect(probed).not.toContain(40);
  });

  test('and nothing is, where the batch passes with the code of today', async () => {
    expect(await found(100, reading(new Set()))).toMatchObject({ atFault: [], probes: 1, isComplete: true });
  });
});

describe('what fails only together', () => {
  test.each([
    [2, 28],
    [3, 35],
    [5, 48],
  ])('is found as a set: %i of 100, mostly with %i probes at most', async (size, most) => {
    const probes: number[] = [];
    for (const seed of SEEDS) {
      const set = asList(planted(seed, size, 100));
      const result = await found(100, together([set]));
      expect(
        result.together.map(({ items }) => items),
        `seed ${seed}`,
      ).toEqual([set]);
      expect(result.atFault).toEqual([]);
      expect(result.isComplete).toBe(true);
      probes.push(result.probes);
    }
    expect(median(probes)).toBeLessThanOrEqual(most);
  });

  test('is told from a limit on how many there may be', async () => {
    for (const most of [7, 30, 50, 99]) {
      const result = await found(100, async items => (items.length > most ? failed('too many') : PASSED));
      expect(result).toMatchObject({ atFault: [], together: [], isComplete: true });
      expect(result.limit?.items).toBeLessThanOrEqual(most);
    }
  });

  test('by taking too long is halved at once', async () => {
    const result = await found(100, async items =>
      items.length > 30
        ? { passed: false, isExhausted: true, error: { name: 'E', message: 'late', fingerprint: 'late' } }
        : PASSED,
    );
    expect(result).toMatchObject({ atFault: [], limit: { items: 25 }, isComplete: true });
    expect(result.probes).toBeLessThanOrEqual(8);
  });
});

describe('what is not certain is said to be so', () => {
  test('an item that fails now and then is flaky, once it has been seen to', async () => {
    for (const seed of SEEDS) {
      const random = randomOf(seed);
      const flaky = planted(seed, 1, 100);
      const result = await found(100, async items =>
        items.some(item => flaky.has(item)) && random() < 0.5 ? failed('now and then') : PASSED,
      );
      for (const item of result.flaky) expect(flaky.has(item)).toBe(true);
      for (const item of result.atFault) expect(flaky.has(item)).toBe(true);
    }
  });

  test('a body that needs its whole batch names nobody', async () => {
    const needs: Probe = async items => (items.length < 50 ? failed('no total') : PASSED);
    const broken: Probe = async (items, instrumented) =>
      items.includes(7) ? failed('broken', 7) : await needs(items, instrumented);
    const result = await found(100, broken, { control: () => needs([0], false) });
    expect(result).toMatchObject({ atFault: [], needsWholeBatch: true, isComplete: false });
  });

  test('a body that remembers what it has seen names nobody: an item that is known to be good fails the second time', async () => {
    const seen = new Set<number>();
    const remembering: Probe = async items => {
      const twice = items.find(item => seen.has(item));
      for (const item of items) seen.add(item);
      return twice === undefined ? PASSED : failed('twice', twice);
    };
    await remembering(range(100), false);
    const result = await found(100, remembering, { control: () => remembering([1_000], false) });
    expect(result).toMatchObject({ atFault: [], keepsState: true, isComplete: false });
    expect(result.probes).toBeLessThanOrEqual(4);
  });

  test('a body that has nothing left after some calls is not taken for one that needs its whole batch', async () => {
    let calls = 0;
    const leaking: Probe = async (items, instrumented) =>
      ++calls > 3 ? failed('no connection is left') : await reading(new Set([7]))(items, instrumented);
    const options = { control: () => leaking([1_000], false), freshControl: async () => PASSED };
    const result = await found(100, leaking, options);
    expect(result).toMatchObject({ keepsState: true, needsWholeBatch: false, isComplete: false });
  });

  test('what a fresh process does not confirm is not at fault', async () => {
    const result = await found(10, reading(new Set([3])), { fresh: async () => PASSED });
    expect(result.atFault).toEqual([]);
    expect(result.flaky).toEqual([3]);
  });

  test('what passes here and fails in a fresh process is not complete', async () => {
    const result = await found(10, reading(new Set([3])), {
      fresh: async (items, instrumented) =>
        items.length > 1 ? failed('no cache') : reading(new Set([3]))(items, instrumented),
    });
    expect(result).toMatchObject({ atFault: [3], keepsState: true, isComplete: false });
  });

  test.each([10, 20, 40])(
    'after %i probes of a search that is stopped, what was found stays, and none is wrong',
    async most => {
      for (const seed of SEEDS) {
        const broken = planted(seed, 20, 100);
        const result = await found(100, allAtOnce(broken), { isOver: ({ probes }) => probes >= most });
        expect(result.isComplete).toBe(false);
        expect(result.probes).toBeLessThanOrEqual(most + 2);
        for (const item of result.atFault) expect(broken.has(item), `seed ${seed}`).toBe(true);
      }
    },
  );
});
