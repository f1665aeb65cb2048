import { expect, test } from 'vitest';
import { Bench, workflow } from '../support/runs.ts';

/* An `explain` that goes wrong hides neither the failure nor itself. */

test.each<[string, () => unknown, string]>([
  [
    'throws',
    () => {
      throw new TypeError('no such field');
    },
    'Its explain threw TypeError: no such field',
  ],
  [
    'never settles',
    () => new Promise(() => undefined),
    'Its explain returned a promise. An explain gives a text at once: it cannot wait for anything.',
  ],
  [
    'rejects',
    () => Promise.reject(new Error('later')),
    'Its explain returned a promise. An explain gives a text at once: it cannot wait for anything.',
  ],
])('an explain that %s is told beside the reason of the failure', async (_how, explain, told) => {
  const bench = new Bench();
  const fails = () => {
    throw new Error('the reason');
  };
  const { status, error } = await bench.run(
    workflow(flow => flow.step({ id: 'a', explain: explain as () => string }, fails)),
  );
  expect({ status, error }).toMatchObject({ status: 'failed', error: { message: 'the reason', explain: told } });
});

test('a condition of a while that throws fails the while, with its reason', async () => {
  const bench = new Bench();
  const { status, error } = await bench.run(
    workflow(flow =>
      flow.while(
        'again',
        () => {
          throw new Error('no condition');
        },
        round => round.step('a', () => 1),
      ),
    ),
  );
  expect({ status, error }).toMatchObject({ status: 'failed', error: { message: 'no condition' } });
});

test.each([
  ['the message', (error: Error) => error.message],
  ['the message with its reasons', (error: Error) => `${error.message}: the disk is full`],
])('an explain that gives %s is left out: it would be told twice', async (_what, explain) => {
  const bench = new Bench();
  const fails = () => {
    throw new Error('not written', { cause: new Error('the disk is full') });
  };
  const { error } = await bench.run(workflow(flow => flow.step({ id: 'a', explain }, fails)));
  expect(error?.message).toBe('not written: the disk is full');
  expect(error?.explain).toBeUndefined();
});
