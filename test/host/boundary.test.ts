import { expect, test, vi } from 'vitest';
import { METHODS, type MethodName } from '../../host/api/api.ts';
import { guarded, type Implementation } from '../../host/api/boundary.ts';
import { OperationError } from '../../host/store/store.ts';

/** Every method does nothing, but for those given. */
function implementationOf(methods: Partial<Implementation>): Implementation {
  const nothing = Object.keys(METHODS).map(name => [name, () => undefined]);
  return { ...(Object.fromEntries(nothing) as unknown as Implementation), ...methods };
}

function rejectionOf(promise: Promise<unknown>): Promise<Error> {
  return promise.then(
    () => {
      throw new Error('It was not rejected.');
    },
    (error: Error) => error,
  );
}

test('the methods of the contract can be called, and nothing else that JavaScript gives to every object', () => {
  const api = guarded(implementationOf({}), () => undefined);
  expect(Object.keys(api).toSorted()).toEqual(Object.keys(METHODS).toSorted());
  for (const name of ['constructor', 'toString', '__proto__', 'hasOwnProperty']) expect(name in api, name).toBe(false);
  expect(Object.isFrozen(api)).toBe(true);
});

test('arguments that do not match are refused before anything is done, with the place that is wrong', async () => {
  const getItems = vi.fn<() => never>();
  const onDefect = vi.fn<(error: unknown) => void>();
  const api = guarded(implementationOf({ getItems }), onDefect);
  const wrong: Record<string, unknown> = { run: 'seven', scope: 1, attempt: 1, full: false };
  const error = await rejectionOf(api.getItems(wrong as never));
  expect(error.message).toMatch(/^getItems: run: /);
  expect(error.message.length).toBeLessThan(350);
  expect(getItems).not.toHaveBeenCalled();
  expect(onDefect).not.toHaveBeenCalled();
});

test.each([
  ['an error with a message for people', new OperationError({ name: 'NoRunError', message: 'There is no run 7.' }), 0],
  ['a defect of ours', new TypeError('Cannot read properties of undefined'), 1],
])('%s arrives with its name and message and without our stack', async (_what, thrown, defects) => {
  const onDefect = vi.fn<(error: unknown) => void>();
  const failing = (): never => {
    throw thrown;
  };
  const api = guarded(implementationOf({ listRuns: failing }), onDefect);
  const listRuns = api['listRuns' satisfies MethodName] as (args: unknown) => Promise<unknown>;
  const error = await rejectionOf(listRuns({ limit: 10 }));
  expect(error).toMatchObject({ name: thrown.name, message: thrown.message });
  expect(error.stack).toBe(`${thrown.name}: ${thrown.message}`);
  expect(onDefect).toHaveBeenCalledTimes(defects);
});
