import { describe, expect, test } from 'vitest';
import { describeValue } from '../../engine/workflow/errors.ts';
import { Bench, workflow } from '../support/runs.ts';
import type { Workflow } from '../../engine/workflow/types.ts';

/* Inputs that nobody means: each ends in a message that says what is wrong with it. */

const run = async (build: (flow: Workflow) => unknown) => await new Bench().run(workflow(build));

describe('an iterator that gives no results', () => {
  test.each([undefined, null, 5])('but %s is told as what it is', async given => {
    const items = { [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve(given) }) };
    const { error } = await run(flow => flow.forEach('row', items as never, (_, inner) => inner.step('use', () => 1)));
    expect(error?.message).toBe(
      `items of forEach "row": its iterator gave ${given}. It must give objects: { value, done }.`,
    );
  });
});

describe('a name without a letter', () => {
  test.each([
    ['step', (flow: Workflow) => flow.step('  ', () => 1), 'step: its name is "  ".'],
    ['batch', (flow: Workflow) => flow.forEach('\t', [1], () => {}), 'forEach: its name is "\\t".'],
    [
      'member',
      (flow: Workflow) => flow.parallel('both', { '': () => 1 }),
      'parallel "both": a member is named "". Give it a name.',
    ],
  ] as const)('is refused: %s', (_, build, message) => {
    expect(() => workflow(build as (flow: Workflow) => unknown)).toThrow(message);
  });
});

test('a BigInt and a promise are told from a number and from an object', () => {
  expect([5n, Promise.resolve(1)].map(describeValue)).toEqual(['5n', 'a promise']);
});

test('a promise that is thrown is named', async () => {
  const { error } = await run(flow =>
    flow.step('go', () => {
      // oxlint-disable-next-line typescript/only-throw-error
      throw Promise.resolve(1);
    }),
  );
  expect(error?.message).toBe('a promise was thrown');
});

test.each([
  [
    'generator',
    (function* () {
      yield 1;
    })(),
  ],
  [
    'async generator',
    (async function* () {
      yield 1;
    })(),
  ],
])('a %s as a result is named', async (name, given) => {
  const { error } = await run(flow => flow.step('go', () => given as never));
  expect(error?.message).toMatch(new RegExp(`^output is an? ${name}, which cannot be stored`));
});
