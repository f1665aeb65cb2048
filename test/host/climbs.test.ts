import { describe, expect, test } from 'vitest';
import { rungsOf, type RungEnd } from '../../common/climb.ts';
import { Climbs } from '../../host/runs/climbs.ts';
import type { Climb, RerunRequest } from '../../host/api/api.ts';
import { failed, succeeded } from '../../host/api/outcomes.ts';

const REQUEST: RerunRequest = { select: 'failed', renamed: [{ from: 'a', to: 'b' }] };

/** Climbs over 34 failed batches. @param ends What each rung comes to */
function climbing(ends: readonly RungEnd[], refused: number = -1) {
  const asked: RerunRequest[] = [];
  const states: (Climb | undefined)[] = [];
  const over = Promise.withResolvers<void>();
  const rungs = rungsOf(Array.from({ length: 34 }, (_, index) => ({ index, cause: undefined })));
  let rung = 0;
  const climbs: Climbs = new Climbs({
    plan: () => Promise.resolve({ node: 1, path: 'import', rungs }),
    begin: (_run, request) => {
      asked.push(request);
      return Promise.resolve(
        asked.length - 1 === refused ? failed({ name: 'RunTakenError', message: 'taken' }) : succeeded({}),
      );
    },
    over: () => Promise.resolve(),
    end: () => Promise.resolve(ends[rung++] ?? good(1)),
    onChange: run => states.push(climbs.get(run)),
    onOver: () => over.resolve(),
    now: () => 7,
  });
  return { climbs, asked, over: over.promise };
}

const good = (count: number): RungEnd => ({ succeeded: count, failed: 0, open: 0, attempts: 0 });

describe('a re-run climbs', () => {
  test('each rung names its own batches and nothing else; what became of nodes is said once', async () => {
    const { climbs, asked, over } = climbing([good(1), good(10), good(23)]);
    await climbs.begin(4, REQUEST);
    expect(climbs.isClimbing(4)).toBe(true);
    await over;
    expect(asked.map(({ select, renamed }) => [select, renamed])).toEqual([
      [{ ranges: [[0, 0]] }, REQUEST.renamed],
      [{ ranges: [[1, 10]] }, undefined],
      [{ ranges: [[11, 33]] }, undefined],
    ]);
    expect(climbs.get(4)).toMatchObject({ state: 'done', endedAt: 7 });
  });

  test('it stops by itself when more than may fail of a rung, and does not begin another', async () => {
    const end = { succeeded: 7, failed: 3, open: 0, attempts: 2, cause: { message: 'no value', batches: 3 } };
    const { climbs, asked, over } = climbing([good(1), end]);
    await climbs.begin(4, REQUEST);
    await over;
    expect(asked).toHaveLength(2);
    expect(climbs.get(4)).toMatchObject({ state: 'stopped', rungs: [{ end: good(1) }, { end }, { batches: 23 }] });
    expect(climbs.get(4)?.rungs[2]?.end).toBeUndefined();
    climbs.forget(4);
    expect(climbs.get(4)).toBeUndefined();
  });

  test.each([
    ['a rung was cancelled or interrupted', [good(1), { ...good(4), open: 6 }], 2],
    ['the last rung fails', [good(1), good(10), { ...good(20), failed: 3 }], 3],
  ])('%s: it is stopped', async (_, ends, rungs) => {
    const { climbs, asked, over } = climbing(ends);
    await climbs.begin(4, REQUEST);
    await over;
    expect([asked.length, climbs.get(4)?.state]).toEqual([rungs, 'stopped']);
  });

  test('a person stops it: the rung that is executed ends, and no other begins', async () => {
    const { climbs, asked, over } = climbing([good(1)]);
    await climbs.begin(4, REQUEST);
    climbs.stop(4);
    await over;
    expect([asked.length, climbs.get(4)?.state]).toEqual([1, 'stopped']);
  });

  test('a rung that cannot begin ends it and says why; if it is the first, there is no climb', async () => {
    const later = climbing([good(1)], 1);
    await later.climbs.begin(4, REQUEST);
    await later.over;
    expect(later.climbs.get(4)).toMatchObject({ state: 'stopped', problem: { message: 'taken' } });
    const first = climbing([], 0);
    expect(await first.climbs.begin(4, REQUEST)).toMatchObject({ ok: false });
    expect(first.climbs.get(4)).toBeUndefined();
  });
});
