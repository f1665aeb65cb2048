import { isBoxedPrimitive } from 'node:util/types';
import { safeJson } from '../../common/safe-text.ts';
import type { StoredError, StoredReason } from '../../common/stored-error.ts';

/* What programs are told, as JSON on one line. */

/** A value as JSON, whatever the workflow returned: what JSON cannot express becomes a text or null. */
export function jsonLine(value: unknown): string {
  return safeJson(JSON.stringify(plain(value, new Set())));
}

/** JSON.stringify, and many programs that read JSON, fail on deeper values. */
const MOST_DEPTH = 500;
/** A longer array that is mostly holes is written as an object of what it holds, by index. */
const LONG = 100_000;

function plain(value: unknown, within: Set<object>): unknown {
  if (typeof value === 'bigint' || typeof value === 'function' || typeof value === 'symbol') return String(value);
  if (value === undefined || (typeof value === 'number' && !Number.isFinite(value))) return null;
  if (typeof value !== 'object' || value === null) return value;
  if (within.has(value)) return '[circular]';
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (value instanceof Error) return { name: value.name, message: value.message };
  if (value instanceof URL || value instanceof URLSearchParams || value instanceof RegExp) return String(value);
  if (isBoxedPrimitive(value)) return plain(value.valueOf(), within);
  if (ArrayBuffer.isView(value))
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64');
  if (value instanceof ArrayBuffer) return Buffer.from(value).toString('base64');
  if (within.size >= MOST_DEPTH) return '[nested too deeply]';
  within.add(value);
  const result = isList(value)
    ? [...value].map(item => plain(item, within))
    : Object.fromEntries(
        (value instanceof Map ? [...(value as Map<unknown, unknown>)] : Object.entries(value))
          .filter(([, item]) => item !== undefined)
          .map(([key, item]) => [keyOf(key, within), plain(item, within)]),
      );
  within.delete(value);
  return result;
}

function isList(value: object): value is Iterable<unknown> {
  if (value instanceof Set) return true;
  return Array.isArray(value) && (value.length <= LONG || Object.keys(value).length * 2 > value.length);
}

/** A key of a Map may be any value. */
function keyOf(key: unknown, within: Set<object>): string {
  return typeof key === 'object' && key !== null ? JSON.stringify(plain(key, within)) : String(key);
}

/** An error as JSON lines have it. */
export function errorOf({ at, step, explain, ...reason }: StoredError): object {
  return {
    ...reasonOf(reason),
    ...(at && { file: at.file, line: at.line }),
    ...(step !== undefined && { step }),
    ...(explain !== undefined && { explain }),
  };
}

function reasonOf({ name, message, fields, cause, errors }: StoredReason): object {
  return {
    name,
    message,
    ...(fields && { fields }),
    ...(cause && { cause: reasonOf(cause) }),
    ...(errors && { errors: errors.map(reasonOf) }),
  };
}
