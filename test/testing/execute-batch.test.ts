import { expect, test } from 'vitest';
import { cronflow } from '../../engine/index.ts';
import { executeBatch } from '../../engine/testing/index.ts';

cronflow
  .define({ id: 'sums', name: 'Sums' })
  .step('factor', () => 10)
  .step('offset', () => 1)
  .batch('add', { items: [1], size: 5 }, (batch: number[], flow) => {
    flow
      .step('times', async ctx => {
        await ctx.state.incr('seen', batch.length);
        return batch.map(item => {
          if (item < 0) throw new RangeError(`${item} is negative`);
          return item * ctx.steps.factor.output;
        });
      })
      .delay('1h')
      .step('sum', ctx => ({
        sum: ctx.last.reduce((a, b) => a + b, 0),
        seen: ctx.state.get('seen', 0),
        payload: ctx.payload,
      }));
  })
  .forEach('pay', [1], (item: number, flow) => {
    flow.step('charge', async ctx => {
      await ctx.effect(`pay-${item}`, () => {
        throw new Error('it is executed');
      });
      throw new Error('it goes on');
    });
  });

const steps = { factor: 10 };

test('the body is executed over the items with what is given, without its delays', async () => {
  const batch = { workflow: 'sums', node: 'add', items: [1, 2], steps, state: { seen: 5 }, payload: { a: 1n } };
  const sum = { sum: 30, seen: 7, payload: { a: 1n } };
  expect(await executeBatch(batch)).toEqual(sum);
  // The first has kept nothing.
  expect(await executeBatch(batch)).toEqual(sum);
});

test('it rejects with the error that a step throws', async () => {
  await expect(executeBatch({ workflow: 'sums', node: 'add', items: [1, -2], steps })).rejects.toThrow(
    new RangeError('-2 is negative'),
  );
});

test('an effect is not executed', async () => {
  expect(await executeBatch({ workflow: 'sums', node: 'pay', items: [1] })).toBeUndefined();
});

test('what the test lacks is named', async () => {
  await expect(executeBatch({ workflow: 'sums', node: 'add', items: [1] })).rejects.toThrow(
    'The test gives no output of the step "factor", which is read here. Add it: steps: { "factor": … }',
  );
  await expect(executeBatch({ workflow: 'sums', node: 'added', items: [1] })).rejects.toThrow(
    'The workflow "sums" has no batch node "added"',
  );
  await expect(executeBatch({ workflow: 'films', node: 'add', items: [1] })).rejects.toThrow(
    `No workflow "films" is defined here, but "sums". Import its file in the test: import './films.ts'.`,
  );
});
