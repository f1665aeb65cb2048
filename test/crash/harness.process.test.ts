import { afterAll, describe, expect, test } from 'vitest';
import type { Point } from '../../engine/failpoints.ts';
import { killAllCalls } from '../support/call.ts';
import type { Kill } from './kill.ts';
import { trial } from './trial.ts';
import type { Whom } from './world.ts';

/*
 * Random workflows whose processes are killed, and that are taken up again until they are over; see trial.ts for what
 * is looked at after each kill. `npm run test:crash -- --kills 1000` kills more of them.
 */

afterAll(killAllCalls);

const at = (point: Point, times = 1, whom: Whom = 'runner'): Kill => ({ whom, when: { kind: 'point', point, times } });
const inStep = (line: number, after: 'now' | 'microtask' | 'turn' | number, whom: Whom = 'runner'): Kill => ({
  whom,
  when: { kind: 'line', line, after },
});

describe.concurrent('a run that is killed time and again comes out as one that never was, and does nothing twice', () => {
  test.each([
    [
      'while its store is made and it begins',
      24,
      [
        at('before-migration', 1, 'both'),
        at('in-migration'),
        at('after-migration'),
        at('taking-up', 1, 'both'),
        at('taken-up'),
      ],
    ],
    [
      'around its commits',
      16,
      [
        at('batch-created'),
        at('before-commit', 6),
        at('in-transaction', 4),
        at('after-commit', 3, 'both'),
        inStep(3, 'now', 'parent'),
      ],
    ],
    [
      'at its end, and in a re-run',
      8,
      [
        at('before-end'),
        at('in-end', 1, 'both'),
        at('after-end'),
        at('before-rerun'),
        at('after-rerun'),
        at('in-transaction', 4),
        inStep(6, 'turn'),
        at('in-end', 1, 'parent'),
      ],
    ],
  ] as const)('%s', async (_, seed, script) => {
    const { deaths } = await trial(seed, { script });
    expect(deaths.length).toBe(script.length);
  });

  test.each([36])('at any time (seed %i)', async seed => {
    const { deaths } = await trial(seed, { kills: 6 });
    expect(deaths.length).toBeGreaterThan(2);
  });
});
