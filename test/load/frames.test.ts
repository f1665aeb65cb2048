import { describe, expect, test } from 'vitest';

import { cleanStack, describeError, topUserFrame, userFrames } from '../../engine/load/frames.ts';
import { engineFolder } from '../../engine/paths.ts';

function errorWith(lines: string[], message = 'boom'): Error {
  const error = new Error(message);
  error.stack = [`Error: ${message}`, ...lines.map(line => `    at ${line}`)].join('\n');
  return error;
}

describe('userFrames', () => {
  test('keeps the frames of the user and of libraries, and drops those of Node and of the engine', () => {
    const error = errorWith([
      'parse (/home/me/flows/node_modules/zod/index.js:10:2)',
      'Object.run (/home/me/flows/flow.ts:11:13)',
      `runStep (${engineFolder}run/step.ts:5:1)`,
      'process.processTicksAndRejections (node:internal/process/task_queues:105:5)',
      'async Promise.all (index 0)',
      'Array.map (<anonymous>)',
      'async file:///home/me/flows/lib/helper.ts:3:4',
    ]);
    expect(userFrames(error)).toEqual([
      { file: '/home/me/flows/node_modules/zod/index.js', line: 10, column: 2, fn: 'parse', library: true },
      { file: '/home/me/flows/flow.ts', line: 11, column: 13, fn: 'Object.run', library: false },
      { file: '/home/me/flows/lib/helper.ts', line: 3, column: 4, library: false },
    ]);
    expect(topUserFrame(error)?.file).toBe('/home/me/flows/flow.ts');
  });

  test.each([
    ['brackets in the path', 'run (/home/me/flows (1)/a.ts:1:2)', '/home/me/flows (1)/a.ts', 'run'],
    ['brackets in the path, no function', '/home/me/flows (1)/a.ts:1:2', '/home/me/flows (1)/a.ts', undefined],
    ['spaces, no function, async', 'async /home/me/my flows/a.ts:1:2', '/home/me/my flows/a.ts', undefined],
    ['brackets in the name', 'Object.a (b) (/home/me/a.ts:1:2)', '/home/me/a.ts', 'Object.a (b)'],
    ['a file URL with escapes', 'new Job (file:///home/me/50%25%20%23%3F/a.ts:1:2)', '/home/me/50% #?/a.ts', 'new Job'],
    ['no name', 'Object.<anonymous> (/home/me/a.cts:1:2)', '/home/me/a.cts', undefined],
    ['eval', 'eval (eval at run (/home/me/a.ts:1:2), <anonymous>:7:9)', '/home/me/a.ts', 'eval'],
  ])('reads a frame with %s', (_, line, file, fn) => {
    expect(userFrames(errorWith([line]))).toEqual([
      { file, line: 1, column: 2, ...(fn === undefined ? {} : { fn }), library: false },
    ]);
  });

  test('does not take a stack that the message quotes for the way the error came', () => {
    const error = errorWith(
      ['now (/home/me/now.ts:1:1)'],
      'worker failed: Error: inner\n    at then (/home/me/then.ts:9:9)',
    );
    expect(userFrames(error).map(({ file }) => file)).toEqual(['/home/me/now.ts']);
  });
});

describe('topUserFrame', () => {
  test('falls back to the cause, then to the errors of an AggregateError', () => {
    const placed = errorWith(['/home/me/a.ts:4:2']);
    const fetchFailed = Object.assign(errorWith(['node:internal/deps/undici:1:1']), { cause: placed });
    const allFailed = new AggregateError([errorWith([]), fetchFailed], 'all failed');
    allFailed.stack = 'AggregateError: all failed';
    expect(topUserFrame(fetchFailed)).toMatchObject({ file: '/home/me/a.ts', line: 4 });
    expect(topUserFrame(allFailed)).toMatchObject({ file: '/home/me/a.ts', line: 4 });
  });
});

describe('cleanStack', () => {
  test('is name, message and the frames that a user can open', () => {
    const error = errorWith(
      ['run (/home/me/a.ts:1:2)', `step (${engineFolder}run/step.ts:5:1)`, '/home/me/b.ts:3:4'],
      'two\nlines',
    );
    error.name = 'PaymentError';
    expect(cleanStack(error)).toBe(
      'PaymentError: two\nlines\n    at run (/home/me/a.ts:1:2)\n    at /home/me/b.ts:3:4',
    );
  });

  test('tells causes and listed errors, each once, also when causes lead back to their beginning', () => {
    const first = errorWith(['/home/me/a.ts:1:1'], 'first');
    const second = errorWith(['/home/me/b.ts:2:2'], 'second');
    first.cause = second;
    second.cause = first;
    expect(cleanStack(first)).toBe(
      'Error: first\n    at /home/me/a.ts:1:1\nCaused by: Error: second\n    at /home/me/b.ts:2:2',
    );

    const both = new AggregateError([second, errorWith([], 'third')], 'both');
    both.stack = 'AggregateError: both';
    expect(cleanStack(both)).toMatch(
      /^AggregateError: both\nError 1 of 2: Error: second\n.*\nError 2 of 2: Error: third\nCaused by: Error: first/,
    );
  });

  test('keeps validation issues out: they have the name of listed errors but are none', () => {
    const error = Object.assign(errorWith([], 'invalid'), { errors: [{ path: ['a'], message: 'Required' }] });
    expect(cleanStack(error)).toBe('Error: invalid');
  });
});

describe('anything can be thrown', () => {
  const throwing = () => {
    throw new Error('hostile');
  };
  const proxy = new Proxy(
    {},
    { get: throwing, has: throwing, ownKeys: throwing, getPrototypeOf: throwing, getOwnPropertyDescriptor: throwing },
  );
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  const selfCaused = new Error('self');
  selfCaused.cause = selfCaused;

  test.each<[string, unknown, string]>([
    ['a string', 'just text', 'just text'],
    ['undefined', undefined, 'undefined'],
    ['null', null, 'null'],
    ['a number', 0, '0'],
    ['a bigint', 10n, '10n'],
    ['a symbol', Symbol('s'), 'Symbol(s)'],
    ['a function', function named() {}, '[Function: named]'],
    ['a plain object', { code: 7 }, '{ code: 7 }'],
    [
      'an object like an error',
      { name: 'Odd', message: 'odd', stack: 'Odd: odd\n    at /home/me/a.ts:1:2' },
      'Odd: odd\n    at /home/me/a.ts:1:2',
    ],
    ['a frozen error', Object.freeze(errorWith([])), 'Error: boom'],
    ['an error without a name', Object.assign(errorWith([]), { name: '' }), 'Error: boom'],
    ['an error whose name is no string', Object.assign(errorWith([]), { name: Symbol('n') }), 'Error: boom'],
    [
      'an error whose stack throws',
      Object.defineProperty(new Error('boom'), 'stack', { get: throwing }),
      'Error: boom',
    ],
    ['an error whose stack is no string', Object.assign(new Error('boom'), { stack: [1, 2] }), 'Error: boom'],
    ['an error that is its own cause', Object.assign(selfCaused, { stack: 'Error: self' }), 'Error: self'],
    ['an error whose cause throws', Object.defineProperty(errorWith([]), 'cause', { get: throwing }), 'Error: boom'],
    ['an error that lists a Proxy', Object.assign(errorWith([]), { errors: proxy }), 'Error: boom'],
    [
      'an error with a count that is none',
      Object.assign(errorWith([]), { errors: { length: Symbol('n'), 0: errorWith([]) } }),
      'Error: boom',
    ],
    [
      'an error with an endless list',
      Object.assign(errorWith([]), { errors: { length: Infinity, 0: 'x' } }),
      'Error: boom',
    ],
    [
      'an object whose inspect throws',
      { [Symbol.for('nodejs.util.inspect.custom')]: throwing },
      "a value of type object that can't be shown",
    ],
  ])('%s', (_, thrown, stack) => {
    expect(cleanStack(thrown)).toBe(stack);
    expect(() => [userFrames(thrown), topUserFrame(thrown), describeError(thrown)]).not.toThrow();
  });

  test.each<[string, unknown]>([
    ['a Proxy that throws', proxy],
    ['a revoked Proxy', revoked.proxy],
  ])('%s', (_, thrown) => {
    expect(userFrames(thrown)).toEqual([]);
    expect(topUserFrame(thrown)).toBeUndefined();
    expect(cleanStack(thrown).length).toBeGreaterThan(0);
  });

  test('a stack of 10 MB, a message of 10 MB, a line of 10 MB: what is kept is short', () => {
    const big = 10 * 1024 * 1024;
    const deep = errorWith([`f (/home/me/flows/a.ts:1:1)${'\n    at g (/home/me/flows/a.ts:2:1)'.repeat(big / 32)}`]);
    const wordy = errorWith(['/home/me/a.ts:1:2'], 'at ('.repeat(big / 4));
    const wide = errorWith([`${'x ('.repeat(big / 3)}/home/me/a.ts:1:2)`]);

    expect(topUserFrame(deep)).toMatchObject({ line: 1 });
    expect(topUserFrame(wordy)).toMatchObject({ line: 1 });
    expect(topUserFrame(wide)).toBeUndefined();
    for (const error of [deep, wordy, wide]) expect(cleanStack(error).length).toBeLessThan(50_000);
    expect(userFrames(deep).length).toBeLessThan(10_000);
  });
});
