import { decode } from '../store/codec.ts';
import type { CachePolicy } from '../workflow/cache-option.ts';
import { describeValue } from '../workflow/errors.ts';
import type { Attempt } from './attempt.ts';
import type { StepContext } from './context.ts';
import type { Run } from './run.ts';

/** How a run uses outputs of earlier runs. */
export interface CacheUse {
  /** Hash of its files: outputs of others are not given. */
  readonly code: string;
  /** Whether it is given any. What it makes is stored for later ones anyway. */
  readonly reads: boolean;
}

/** Gives a step the output that an earlier run has stored under its key, or executes it and has its output stored. */
export async function cachedOr(
  run: Run,
  cache: CachePolicy,
  attempt: Attempt,
  context: StepContext,
  execute: () => unknown,
): Promise<unknown> {
  if (!run.cache) return await execute();
  const key = await keyOf(cache, attempt, context);
  const entry = { workflow: run.facts.info.workflowId, path: attempt.path, key, code: run.cache.code };
  const found = run.cache.reads ? run.stored.cachedOutput(entry, run.clock.now()) : undefined;
  if (found) {
    attempt.cachedRun = found.run;
    return decode(found.output);
  }
  const output = await execute();
  attempt.caches = { entry, ttl: cache.ttl };
  return output;
}

async function keyOf({ key }: CachePolicy, { path }: Attempt, context: StepContext): Promise<string> {
  const given: unknown = typeof key === 'string' ? key : await key(context as never);
  if (typeof given === 'string' && given !== '' && given.isWellFormed()) return given;
  throw new TypeError(`The cache key of ${describeValue(path)} is ${describeValue(given)}: it is a text.`);
}
