import { z } from 'zod';
import { METHODS, type Args, type MethodName, type Result, type StudioApi } from './api.ts';
import { OperationError } from '../store/store.ts';

/** What a page asks is not what the contract says. */
class RequestError extends Error {
  override readonly name = 'RequestError';
}

export type Implementation = { readonly [M in MethodName]: (args: Args<M>) => Promise<Result<M>> | Result<M> };

/**
 * The methods as pages may call them: own properties of an object without a prototype, each of which takes nothing that it
 * has not parsed, and rejects with an error that says no more than a person needs.
 */
export function guarded(implementation: Implementation, onDefect: (error: unknown) => void): StudioApi {
  const api = Object.create(null) as Record<string, unknown>;
  for (const name of Object.keys(METHODS) as MethodName[]) {
    api[name] = async (args: unknown) => {
      try {
        return await call(implementation, name, args);
      } catch (error) {
        throw presentable(error, onDefect);
      }
    };
  }
  return Object.freeze(api) as unknown as StudioApi;
}

async function call<M extends MethodName>(implementation: Implementation, name: M, args: unknown): Promise<unknown> {
  const parsed = METHODS[name].args.safeParse(args ?? {});
  if (!parsed.success) throw new RequestError(`${name}: ${inShort(parsed.error)}`);
  return await implementation[name](parsed.data as Args<M>);
}

function inShort(error: z.ZodError): string {
  const [first] = error.issues;
  if (!first) return 'its arguments are not what it takes.';
  const where = first.path.map(String).join('.');
  return `${where === '' ? '' : `${where}: `}${first.message}`.slice(0, 300);
}

function presentable(error: unknown, onDefect: (error: unknown) => void): Error {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  const foreseen = error instanceof RequestError || (error instanceof OperationError && error.defect === undefined);
  if (!foreseen) onDefect(error);
  const shown = new Error(message);
  // Paths of ours are nobody's business.
  for (const [key, value] of Object.entries({ name, stack: `${name}: ${message}` }))
    Object.defineProperty(shown, key, { value, enumerable: false, writable: true, configurable: true });
  return shown;
}
