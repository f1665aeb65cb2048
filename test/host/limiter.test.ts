import { expect, test } from 'vitest';
import { Limiter } from '../../host/workspace/limiter.ts';
import { Gate, Meter, turns } from '../support/outside.ts';

test('as many go on at a time as may, in the order in which they came, and one that fails gives its place away', async () => {
  const limiter = new Limiter(2);
  const meter = new Meter();
  const gate = new Gate();
  const order: number[] = [];
  const work = [0, 1, 2, 3].map(
    async one =>
      await limiter.run(
        async () =>
          await meter.during(async () => {
            order.push(one);
            await gate.pass();
            if (one === 0) throw new Error('it failed');
            return one;
          }),
      ),
  );
  const ended = Promise.allSettled(work);
  await turns();
  expect(order).toEqual([0, 1]);
  gate.open();
  expect((await ended).map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled', 'fulfilled']);
  expect(order).toEqual([0, 1, 2, 3]);
  expect(meter.most).toBe(2);
});
