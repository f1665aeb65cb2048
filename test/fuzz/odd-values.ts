import fc from 'fast-check';

/** Texts that stand for something else somewhere: prototypes, paths, ends of strings, halves of characters. */
export const ODD_TEXTS = [
  '',
  ' ',
  '.',
  '..',
  '/',
  '~',
  '~1',
  'a/b',
  '?',
  'else',
  'log-1',
  'sleep-1',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'then',
  'toJSON',
  '\0',
  '\n',
  '\u001b[2J',
  '\ud800',
  'a\udc00b',
  '\u202e',
  '\ufeff',
  'é',
  '💥',
  'x'.repeat(300),
  '0',
  '-1',
  '1e3',
  'NaN',
  '5 minutes',
  '10%',
  '101%',
] as const;

class Instance {
  readonly of = 'a class';
}

/** What nobody means to pass, whatever the parameter. */
const ODD_VALUES = [
  undefined,
  null,
  true,
  0,
  -0,
  -1,
  1.5,
  Number.NaN,
  Infinity,
  1e21,
  2 ** 53,
  1n,
  Symbol('odd'),
  [],
  [[]],
  [undefined],
  {},
  Object.create(null) as object,
  Object.freeze({ id: 'frozen' }),
  { id: 5 },
  Promise.resolve(5),
  new Date(Number.NaN),
  new Map([[{}, 1]]),
  new Set([1]),
  /x/g,
  new Error('odd'),
  new Instance(),
  Instance,
  new Uint8Array(3),
  new WeakMap(),
  function () {},
  async () => 1,
  function* () {
    yield 1;
  },
  { toString: null, valueOf: null },
  {
    toString() {
      throw new Error('no text');
    },
  },
  {
    toJSON() {
      throw new Error('no JSON');
    },
  },
  cycle(),
] as const;

function cycle(): object {
  const around: Record<string, unknown> = {};
  around.around = around;
  return around;
}

export const oddText = fc.constantFrom(...ODD_TEXTS);
export const oddValue: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...ODD_VALUES) },
  { weight: 2, arbitrary: oddText },
  {
    weight: 1,
    arbitrary: fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withTypedArray: true,
      withSparseArray: true,
      withNullPrototype: true,
      maxDepth: 2,
    }),
  },
);
