import { expect, test } from 'vitest';
import type { StoredError } from '../../common/stored-error.ts';
import { framesOf } from '../../renderer/model/error-frames.ts';

const REPOSITORY = {
  name: 'RepositoryError',
  message: 'repository failed',
  cause: { name: 'Error', message: 'disk quota exceeded' },
};
const MEMBER = { name: 'TypeError', message: 'second one' };
const ERROR: StoredError = {
  name: 'Error',
  message: 'service failed: repository failed: disk quota exceeded',
  fingerprint: 'f',
  cause: REPOSITORY,
  errors: [MEMBER],
  stack: `Error: service failed
    at serve (/a/flow.ts:3:1)
    at call (/a/node_modules/lib/index.js:1:1)
    at next (/a/node_modules/lib/index.js:2:1)
Caused by: RepositoryError: repository failed
Hint: look at the disk
    at save (/a/store.ts:9:2)
Error 1 of 1: TypeError: second one
    at other (/a/flow.ts:5:1)
Caused by: NobodyTold: in the middle
    at middle (/a/middle.ts:1:1)
Caused by: Error: disk quota exceeded
    at write (/a/disk.ts:7:3)`,
};

test('each reason behind an error has its own frames, however deep it is', () => {
  const { of, rest } = framesOf(ERROR);
  const told = (reason: object) =>
    of.get(reason as StoredError)?.map(part => (part.kind === 'own' ? part.text : part.lines.length));
  expect(told(ERROR)).toEqual(['serve', 2]);
  expect(told(REPOSITORY)).toEqual(['save']);
  expect(told(MEMBER)).toEqual(['other']);
  expect(told(REPOSITORY.cause)).toEqual(['write']);
  expect(rest.map(({ head }) => head)).toEqual(['NobodyTold: in the middle']);
});

test('an error without a stack, or of which nothing matches, has none', () => {
  expect(framesOf({ ...ERROR, stack: undefined }).of.get(ERROR)).toBeUndefined();
  const { of, rest } = framesOf({
    name: 'Error',
    message: 'a',
    fingerprint: 'f',
    cause: MEMBER,
    stack: 'Error: a\nCaused by: x',
  });
  expect([of.get(MEMBER), rest]).toEqual([undefined, []]);
});
