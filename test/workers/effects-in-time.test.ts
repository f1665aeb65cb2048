import { expect, test } from 'vitest';
import type { Attempt } from '../../engine/run/attempt.ts';
import { StoredEffects } from '../../engine/run/effects/stored-effects.ts';
import { SimulatedClock } from '../support/clock.ts';

/** A worker that tells its runner that an effect begins, and hears that it is stored after these times. */
function worker(answersAfter: readonly number[]) {
  const clock = new SimulatedClock();
  const told: string[] = [];
  let commits = 0;
  const run = {
    clock,
    facts: { info: { id: '1' } },
    stopping: { check: () => undefined },
    journal: {
      write: (statement: () => void) => statement(),
      committed: async () => {
        await clock.advance(answersAfter[commits++] ?? 1);
      },
    },
  };
  const store = {
    find: () => undefined,
    isInUse: () => false,
    begins: () => void told.push('begins'),
    done: () => void told.push('done'),
    notDone: () => void told.push('not done'),
    usedBy: () => undefined,
  };
  const attempt = { doneEffects: new Set(), throwIfAborted: () => undefined, scopeOf: {}, isAskedToStop: false };
  const effects = new StoredEffects(run as never, store, { callWithinMs: 2_000 });
  const call = { key: 'mail', params: undefined, unit: undefined, verify: undefined, inDemo: undefined };
  const perform = () => effects.execute(attempt as unknown as Attempt, { ...call, perform: () => told.push('mail') });
  return { told, perform };
}

test('an effect is begun when its runner has just said so', async () => {
  const { told, perform } = worker([1_900]);
  await perform();
  expect(told).toEqual(['begins', 'mail', 'done']);
});

test('a worker that was stopped in between asks again, and is not answered when another one has the batch', async () => {
  const { told, perform } = worker([8_000, 2_500, 20]);
  await perform();
  expect(told).toEqual(['begins', 'begins', 'begins', 'mail', 'done']);
});
