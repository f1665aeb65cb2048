import { z } from 'zod';
import { debugHost } from '../../engine/debug.ts';
import { METHODS, type Args, type MethodName, type Result, type StudioApi } from './api.ts';
import { isForeseen } from './outcomes.ts';

/** The arguments of a page do not match the contract. */
class RequestError extends Error {
  override readonly name = 'RequestError';
}

export type Implementation = { readonly [M in MethodName]: (args: Args<M>) => Promise<Result<M>> | Result<M> };

/**
 * The same schemas, typed so that a method's arguments and its implementation stay together where the method is a type
 * parameter.
 */
const SCHEMAS: { readonly [M in MethodName]: { readonly args: z.ZodType<Args<M>> } } = METHODS;

const NAMES = Object.keys(METHODS).filter(isMethodName);

/**
 * The methods as pages may call them: own properties of an object without a prototype. Each parses its arguments, and
 * rejects with an error that says no more than a person needs.
 */
export function guarded(implementation: Implementation, onDefect: (error: unknown) => void): StudioApi {
  // Typed as complete from the start: the loop adds every method before anybody sees the object.
  const api: StudioApi = Object.create(null);
  for (const name of NAMES) addMethod(api, implementation, name, onDefect);
  return Object.freeze(api);
}

function addMethod<M extends MethodName>(
  api: StudioApi,
  implementation: Implementation,
  name: M,
  onDefect: (error: unknown) => void,
): void {
  const method = async (args: unknown): Promise<Result<M>> => {
    const from = performance.now();
    try {
      const result = await implementation[name](parsed(name, args));
      if (debugHost.enabled)
        debugHost('%s: %s in %d ms', name, outcomeOf(result), Math.round(performance.now() - from));
      return result;
    } catch (error) {
      debugHost('%s: rejected: %s', name, error);
      throw presentable(error, onDefect);
    }
  };
  Object.defineProperty(api, name, { value: method, enumerable: true });
}

function parsed<M extends MethodName>(name: M, args: unknown): Args<M> {
  const result = SCHEMAS[name].args.safeParse(args ?? {});
  if (!result.success) throw new RequestError(`${name}: ${inShort(result.error)}`);
  return result.data;
}

function isMethodName(name: string): name is MethodName {
  return Object.hasOwn(METHODS, name);
}

function outcomeOf(result: unknown): string {
  const isRefused = typeof result === 'object' && result !== null && 'ok' in result && result.ok === false;
  return isRefused && 'problem' in result ? `refused ${JSON.stringify(result.problem)}` : 'done';
}

function inShort(error: z.ZodError): string {
  const [first] = error.issues;
  if (!first) return 'its arguments are not valid.';
  const where = first.path.map(String).join('.');
  return `${where === '' ? '' : `${where}: `}${first.message}`.slice(0, 300);
}

function presentable(error: unknown, onDefect: (error: unknown) => void): Error {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  if (!(error instanceof RequestError || isForeseen(error))) onDefect(error);
  const shown = new Error(message);
  // The stack is replaced because it holds paths of ours.
  for (const [key, value] of Object.entries({ name, stack: `${name}: ${message}` }))
    Object.defineProperty(shown, key, { value, enumerable: false, writable: true, configurable: true });
  return shown;
}
