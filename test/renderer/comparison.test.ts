import { describe, expect, test } from 'vitest';
import type { AttemptRow, BatchDetail, CodeChange, ComparedAttempt, LogLine } from '../../host/api/api.ts';
import { comparisonSentence } from '../../renderer/model/compare/comparison-sentence.ts';
import { comparisonOf, type Against, type Compared } from '../../renderer/model/compare/comparison.ts';
import { valueChanges } from '../../renderer/model/items/value-changes.ts';

const step = (path: string, attempt: number, batchAttempt: number, status: AttemptRow['status']): AttemptRow => ({
  scope: 1,
  node: path === 'add' ? 1 : 2,
  path,
  attempt,
  batchAttempt,
  session: batchAttempt,
  status,
  startedAt: batchAttempt * 1_000,
  endedAt: batchAttempt * 1_000 + 10,
  ...(status === 'failed' && { error: { name: 'Error', message: `no ${path}`, fingerprint: path } }),
  ...(status === 'succeeded' && { outputSize: 10 }),
  logLines: 0,
});

const change: CodeChange = { file: '/day.ts', line: 4, removed: ['a'], added: ['b'], lines: 1, step: 'add' };

const line = (id: number, attempt: number, text: string): LogLine => ({
  id,
  at: id,
  level: 'info',
  text,
  path: 'add',
  attempt,
});

/** Two steps. The first attempt fails at the second one, and the next at it again. */
function compared(
  attempts: readonly ComparedAttempt[],
  { against = 'before', ...more }: Partial<Compared> & { against?: Against } = {},
): Compared {
  const detail: BatchDetail = {
    batch: {
      node: 9,
      scope: 1,
      index: 0,
      status: 'failed',
      items: 2,
      attempts: 2,
      retries: 0,
      waited: 0,
      startedAt: 2_000,
      endedAt: 2_020,
    },
    path: 'orders',
    attempt: 2,
    earlierAttempts: [{ attempt: 1, status: 'failed', startedAt: 1_000, endedAt: 1_030 }],
    attempts: [
      step('add', 1, 1, 'succeeded'),
      step('check', 1, 1, 'failed'),
      step('add', 2, 2, 'succeeded'),
      step('check', 2, 2, 'failed'),
    ],
    around: [],
    effects: 0,
    inner: [],
  };
  return {
    detail,
    attempts,
    left: 0,
    against,
    items: new Map([[1, '[{"a": 1}, {"a": 2}]']]),
    outputs: new Map([
      ['1:1', '{"total": 1200, "by": [1, 2]}'],
      ['1:2', '{"total": 1200, "by": [1, 2]}'],
    ]),
    logs: [],
    hasMoreLogs: false,
    ...more,
  };
}

const FIRST: ComparedAttempt = { attempt: 1, session: 1, input: 'first' };
const SAME: ComparedAttempt = { attempt: 2, session: 2, input: 'same', code: [] };
const say = (of: Compared) => comparisonSentence(comparisonOf(of), path => path);

describe('the sentence', () => {
  test('says when nothing was changed, and that it failed as before', () => {
    expect(say(compared([FIRST, SAME]))).toBe(
      'Attempt 2 failed. Neither its code nor its input was changed. It failed as attempt 1 did, in check.',
    );
  });

  test('counts lines of code and values, and tells by how much a figure moved', () => {
    const of = compared([FIRST, { ...SAME, input: 'edited', code: [change] }], {
      items: new Map([
        [1, '[{"a": 1}, {"a": 2}]'],
        [2, '[{"a": 1}, {"a": 5}]'],
      ]),
      outputs: new Map([
        ['1:1', '{"total": 1200}'],
        ['1:2', '{"total": 900}'],
      ]),
    });
    expect(say(of)).toBe(
      'Attempt 2 failed after 1 line of code and 1 value of the input were changed. In add, total fell by 300.',
    );
  });

  test('says what nobody knows', () => {
    const { code: _code, ...unknown } = SAME;
    expect(say(compared([FIRST, unknown]))).toContain('The code of attempt 1 or 2 is not on record.');
    expect(say(compared([FIRST, unknown]))).not.toContain('Neither');
  });

  test('has nothing to compare in a batch with one attempt', () => {
    expect(say(compared([FIRST]))).toBe('There is one attempt so far: nothing to compare it with.');
  });
});

test('what is the same in all attempts is counted, and a step that failed alike is the same', () => {
  const { steps, hidden, input } = comparisonOf(compared([FIRST, SAME]));
  expect(steps.map(({ isSame, outputs }) => [isSame, outputs.map(({ kind }) => kind)])).toEqual([
    [true, ['value', 'same']],
    [true, ['error', 'same']],
  ]);
  expect(hidden).toEqual({ items: 2, steps: 2, outputs: 1, logLines: 0 });
  expect(input.isSame).toBe(true);
});

test('code that stands in no step has a row of its own', () => {
  const elsewhere = { ...change, step: 'gone' };
  const { code, steps } = comparisonOf(compared([FIRST, { ...SAME, code: [elsewhere] }]));
  expect(code).toEqual([{ kind: 'first' }, { kind: 'changes', changes: [elsewhere] }]);
  expect(steps.map(({ code: own }) => own)).toEqual([undefined, undefined]);
});

test('lines of a log that every attempt has said are hidden, as often as every one has', () => {
  const logs = [line(1, 1, 'a'), line(2, 1, 'a'), line(3, 1, 'b'), line(4, 2, 'a'), line(5, 2, 'c')];
  const { logs: told, hidden } = comparisonOf(compared([FIRST, SAME], { logs }));
  expect(told.cells.map(({ lines }) => lines.map(({ text }) => text))).toEqual([['a', 'b'], ['c']]);
  expect([hidden.logLines, told.differ]).toEqual([1, 3]);
});

test('a value that is too large is not said to be the same', () => {
  const outputs = new Map<string, string>([
    ['1:1', 'too large'],
    ['1:2', 'too large'],
  ]);
  const { steps } = comparisonOf(compared([FIRST, SAME], { outputs }));
  expect(steps[0]).toMatchObject({ isSame: false, outputs: [{ kind: 'too large' }, { kind: 'too large' }] });
});

test('values are compared member by member, lists of one length by their places', () => {
  const told = (before: string | undefined, after: string) =>
    valueChanges(before, after, 10).map(({ path, before: was, after: is, by }) => [path, was?.text, is?.text, by]);
  expect(told('{"a": {"b": 1}, "c": [1, 2]}', '{"a": {"b": 4}, "c": [1, 3]}')).toEqual([
    ['a.b', '1', '4', 3],
    ['c.1', '2', '3', 1],
  ]);
  expect(told('[1]', '[1, 2]')).toEqual([['', '[1]', '[1, 2]', undefined]]);
  expect(told('{ "a": 1 }', '{"a":1}')).toEqual([]);
  expect(told(undefined, '12n')).toEqual([['', undefined, '12n', undefined]]);
  expect(valueChanges('{"a": 1, "b": 1, "c": 1}', '{"a": 2, "b": 2, "c": 2}', 2)).toHaveLength(2);
});
