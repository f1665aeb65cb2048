import type { SourceLocation } from '../../common/source-location.ts';
import { WorkflowError, describeValue } from './errors.ts';
import type { Handler } from './nodes.ts';
import { asOptions, parseLongDuration, rejectUnknown } from './options.ts';

/** When a step is given an output of an earlier run. */
export interface CachePolicy {
  /** What tells outputs apart, or what gives it. */
  readonly key: string | Handler;
  /** How long an output is given, in milliseconds; undefined: for as long as its run is stored. */
  readonly ttl: number | undefined;
}

/** @throws WorkflowError */
export function parseCache(value: unknown, what: string, at?: SourceLocation): CachePolicy {
  const given = asOptions(value, what, at);
  rejectUnknown(given, ['key', 'ttl'], what, at);
  const { key, ttl } = given;
  if (typeof key !== 'function' && (typeof key !== 'string' || key === ''))
    throw new WorkflowError(
      `${what}: key ${key === undefined ? 'is missing' : `is ${describeValue(key)}`}. It says which outputs are the same: ` +
        "cache: { key: ctx => `user ${ctx.payload.userId}`, ttl: '1h' }.",
      at,
    );
  return {
    key: key as CachePolicy['key'],
    ttl: ttl === undefined ? undefined : parseLongDuration(ttl, `${what}: ttl`, at),
  };
}
