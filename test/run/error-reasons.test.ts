import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { z as z3 } from 'zod/v3';
import { fingerprintOf } from '../../common/fingerprint.ts';
import type { StoredError } from '../../common/stored-error.ts';
import { rerunRun } from '../../engine/run/execute.ts';
import { toStoredError } from '../../engine/run/stored-error.ts';
import { failureCauses } from '../../engine/store/queries.ts';
import { Bench, workflow } from '../support/runs.ts';

const messageOf = (thrown: unknown) => toStoredError(thrown).message;

describe('the message of a stored error', () => {
  test.each<[string, unknown, string]>([
    ['no causes', new Error('no disk'), 'no disk'],
    [
      'causes in three layers',
      new Error('service failed', {
        cause: new Error('repository failed', { cause: new Error('disk quota exceeded') }),
      }),
      'service failed: repository failed: disk quota exceeded',
    ],
    [
      'a cause that the message tells already',
      new Error('failed: no disk', { cause: new Error('no disk') }),
      'failed: no disk',
    ],
    ['a cause that is plain data', new Error('failed', { cause: { code: 7 } }), 'failed: {"code":7}'],
    [
      'members of an AggregateError',
      new AggregateError(
        [new Error('north: certificate expired'), new Error('south: 404')],
        'All promises were rejected',
      ),
      'All promises were rejected: north: certificate expired; south: 404',
    ],
    [
      'members without a message of their own',
      new AggregateError([new Error('::1 refused'), 'both']),
      '::1 refused; both',
    ],
    ['members with causes', new AggregateError([new Error('a', { cause: new Error('b') })], 'all'), 'all: a: b'],
    [
      'a SuppressedError',
      Object.assign(new Error('while closing'), { error: new Error('disk'), suppressed: new Error('net') }),
      'while closing: disk; net',
    ],
    ['nothing but a code', Object.assign(new Error(), { code: 'ECONNRESET' }), 'Error with code ECONNRESET'],
    ['nothing at all', new TypeError('  '), 'TypeError without a message'],
    ['an empty text', '', 'an empty text was thrown'],
    ['a message that is an object', Object.assign(new Error(), { message: { detail: 'no' } }), '{"detail":"no"}'],
  ])('with %s', (_of, thrown, message) => expect(messageOf(thrown)).toBe(message));

  test('a chain of a hundred causes ends with the innermost, and one without an end is no hang', () => {
    let deep = new Error('the disk is full');
    for (let depth = 0; depth < 100; depth++) deep = new Error(`layer ${depth}`, { cause: deep });
    expect(messageOf(deep)).toMatch(/^layer 99: layer 98: .*: the disk is full$/);
    class Endless extends Error {
      override get cause(): unknown {
        return new Endless('again');
      }
    }
    expect(messageOf(new Endless('again'))).toBe('again');
    expect(messageOf(new AggregateError(Array.from({ length: 500 }, (_, n) => new Error(`n${n}`))))).toMatch(
      /n9; and 490 more$/,
    );
  });
});

describe('issues of schemas are told in words', () => {
  const wrong = { age: '5', tags: [{ name: 3 }], extra: 1 };
  const issues = (schema: { parse: (value: unknown) => unknown }) => {
    try {
      return schema.parse(wrong);
    } catch (error) {
      return messageOf(error);
    }
  };
  test('of Zod 4 and of Zod 3 the same', () => {
    const words =
      'age: expected number, received string; email: expected string, received undefined; tags[0].name: expected string, received number';
    expect(
      issues(z.object({ age: z.number(), email: z.string(), tags: z.array(z.object({ name: z.string() })) })),
    ).toBe(words);
    expect(
      issues(z3.object({ age: z3.number(), email: z3.string(), tags: z3.array(z3.object({ name: z3.string() })) })),
    ).toBe(words);
  });
  test('with the choices of a union', () => {
    expect(issues(z.object({ age: z.union([z.number(), z.boolean()]) }))).toBe(
      'age: Invalid input (expected number, received string, or expected boolean, received string)',
    );
    expect(issues(z3.object({ age: z3.union([z3.number(), z3.boolean()]) }))).toContain(
      'expected number, received string, or age: expected boolean',
    );
  });
  test('with the words of the author', () => {
    expect(issues(z.object({ age: z.number('an age is a number') }))).toBe('age: an age is a number');
    expect(issues(z3.object({ age: z3.number({ message: 'an age is a number' }) }))).toBe('age: an age is a number');
  });
  test('of Standard Schema and Valibot: thrown as they are, and as an error with the first message', () => {
    const standard = [{ message: 'Invalid type: Expected string but received 3', path: [{ key: 'tags' }, { key: 0 }] }];
    expect(messageOf({ issues: standard })).toBe('tags[0]: Expected string but received 3');
    expect(messageOf(Object.assign(new Error(standard[0]?.message), { issues: standard }))).toBe(
      'tags[0]: Expected string but received 3',
    );
  });
  test('and what is no issue stays a message', () => {
    expect(messageOf(Object.assign(new Error('two bugs'), { issues: [{ title: 'a' }] }))).toBe('two bugs');
  });
});

describe('the own fields of an error', () => {
  const fieldsOf = (fields: object) => toStoredError(Object.assign(new Error('x'), fields)).fields;
  test('are kept where they are plain, without secrets', () => {
    expect(
      fieldsOf({
        code: '23505',
        detail: 'Key (id)=(7) exists.',
        errno: -111,
        big: 2n,
        when: new Date(0),
        tags: ['a', 1],
        meta: { httpStatusCode: 404, password: 'pw' },
        config: { url: 'x' },
        request: {},
        apiKey: 'k',
        accessToken: 't',
        headers: { cookie: 'c' },
        run: () => 1,
        url: 'postgres://ada:hunter2@db/films',
      }),
    ).toEqual({
      code: '23505',
      detail: 'Key (id)=(7) exists.',
      errno: -111,
      big: '2',
      when: '1970-01-01T00:00:00.000Z',
      tags: '["a",1]',
      meta: '{"httpStatusCode":404}',
      url: 'postgres://ada:…@db/films',
    });
  });
  test('are bounded, and getters are not called', () => {
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`f${n}`, 'x'.repeat(9_000)]));
    expect(JSON.stringify(fieldsOf(many)).length).toBeLessThan(20_000);
    const error = Object.defineProperty(new Error('x'), 'lazy', {
      enumerable: true,
      get: () => {
        throw new Error('called');
      },
    });
    expect(toStoredError(error).fields).toBeUndefined();
  });
});

describe('failures are one cause', () => {
  const at = { file: '/flow.ts', line: 3 };
  const same = (one: unknown, other: unknown) => {
    const place = { ...at, column: 1 };
    const fingerprint = (thrown: unknown) => {
      const { name, message, cause, fields } = toStoredError(
        Object.assign(thrown as Error, { stack: '' }),
        undefined,
        place,
      );
      expect({ name, message, cause, fields }).toBeDefined();
      return toStoredError(thrown, undefined, place).fingerprint;
    };
    return fingerprint(one) === fingerprint(other);
  };
  test('unless their code, their status, or the reason behind them is another', () => {
    const failed = (cause: Error) => new Error('fetch failed', { cause });
    expect(same(failed(new Error('connect ECONNREFUSED :1')), failed(new Error('connect ECONNREFUSED :2')))).toBe(true);
    expect(same(failed(new Error('ECONNREFUSED')), failed(new Error('ENOTFOUND')))).toBe(false);
    const coded = (code: unknown) => Object.assign(new Error('failed'), { code });
    expect(same(coded('23505'), coded('23505'))).toBe(true);
    expect(same(coded('23505'), coded('23503'))).toBe(false);
    expect(same(failed(coded('23505')), failed(coded('23503')))).toBe(false);
    const status = (n: number) => Object.assign(new Error(`status ${n}`), { status: n });
    expect(same(status(404), status(500))).toBe(false);
    expect(same(new AggregateError([new Error('a')], 'all'), new AggregateError([new Error('b')], 'all'))).toBe(false);
    const row = z.object({ email: z.string(), age: z.number() });
    const parsed = (value: unknown) => row.safeParse(value).error;
    expect(same(parsed({ email: 'a', age: '5' }), parsed({ age: 5 }))).toBe(false);
    expect(same(parsed({ email: 'a', age: '5' }), parsed({ email: 'b', age: '7' }))).toBe(true);
  });
  test('an error without causes and codes has the fingerprint that older stores have', () => {
    expect(fingerprintOf({ name: 'Error', at, message: 'Row 5 of "x" is bad' })).toBe(
      'Error /flow.ts:3 Row # of … is bad',
    );
  });
});

test('a cause of several failures is labelled with what they have in common', async () => {
  const bench = new Bench();
  const { run } = await bench.run(
    workflow(flow =>
      flow.forEach('row', [5, 6, 7, 8], (row, inner) =>
        inner.step('check', () => {
          if (row === 8) throw Object.assign(new Error('Row 8 of file 2 is late'), { code: 'E_LATE' });
          throw new Error(`Row ${row} of file 2 has no value`);
        }),
      ),
    ),
  );
  const causes = failureCauses(bench.db, run, 9);
  expect(causes.map(({ message, batches, fields }) => [message, batches, fields])).toEqual([
    ['Row … of file 2 has no value', 3, undefined],
    ['Row 8 of file 2 is late', 1, { code: 'E_LATE' }],
  ]);
  expect(causes.map(({ pattern }) => pattern)).toEqual([
    [{ text: 'Row ' }, { examples: ['5', '6', '7'] }, { text: ' of file 2 has no value' }],
    [{ text: 'Row 8 of file 2 is late' }],
  ]);
});

test('what a batch failed with is stored with its causes, without a stack', async () => {
  const bench = new Bench();
  const { run } = await bench.run(
    workflow(flow =>
      flow.forEach('row', [1], (_row, inner) =>
        inner.step('save', () => {
          throw new Error('not saved', { cause: new Error('disk full') });
        }),
      ),
    ),
  );
  const stored = bench.db.prepare('select error from batches where run = ?').pluck().get(run) as string;
  const error = JSON.parse(stored) as StoredError;
  expect(error).toMatchObject({ message: 'not saved: disk full', cause: { message: 'disk full' } });
  expect(error.stack).toBeUndefined();
});

test('after a source that failed halfway, a re-run reports the batches that it reuses', async () => {
  const bench = new Bench();
  let isBroken = true;
  const flow = workflow(start =>
    start.forEach(
      'row',
      function* () {
        yield* [1, 2, 3];
        if (isBroken) throw new Error('the line was cut');
      },
      (row, inner) => inner.step('go', () => row),
    ),
  );
  const { run } = await bench.run(flow);
  isBroken = false;
  const begun = await rerunRun(bench.worker(flow), run, { batches: 'failed' });
  expect(begun.report).toMatchObject({ reused: { batches: 3, steps: 0 } });
  expect((await begun.done).status).toBe('completed');
});
