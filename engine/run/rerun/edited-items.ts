import { isDeepStrictEqual, types } from 'node:util';
import { plainJson } from '../../store/plain-json.ts';
import { isPlain } from './plain.ts';
import { RerunError } from './request.ts';

/*
 * Items that a person has edited as text. What was not changed stays what it is in the store, also what the text does not say all
 * of, such as an error, a hole in a list or one object in two places. Where a date or a big integer was, there is one again, or the
 * edit is refused with its path.
 */

/**
 * @param stored The items as they are
 * @param shown What the text that was shown says
 * @param edited What the person made of that
 * @param what How a message calls them
 * @throws RerunError
 */
export function withEdits(stored: unknown, shown: unknown, edited: unknown, what = 'items'): unknown {
  return merge({ stored, shown, edited, path: what });
}

interface Place {
  readonly stored: unknown;
  readonly shown: unknown;
  readonly edited: unknown;
  readonly path: string;
}

function merge({ stored, shown, edited, path }: Place): unknown {
  if (isDeepStrictEqual(shown, edited)) return stored;
  if (edited === null || edited === undefined) return edited;
  if (typeof stored === 'bigint') return toBigInt(edited, path);
  if (typeof stored !== 'object' || stored === null) return edited;
  if (types.isDate(stored)) return toDate(edited, path);
  refuseCycle(stored, path);
  if (Array.isArray(stored) && Array.isArray(shown) && Array.isArray(edited))
    return mergeLists(stored, shown, edited, path);
  if (types.isSet(stored) && types.isSet(shown) && types.isSet(edited))
    return new Set(mergeLists([...stored], [...shown], [...edited], path));
  if (types.isMap(stored) && types.isMap(shown) && types.isMap(edited)) return mergeMaps(stored, shown, edited, path);
  if (isPlain(stored) && isPlain(shown) && isPlain(edited)) return mergeObjects(stored, shown, edited, path);
  // What the text says all of may become anything else.
  if (plainJson(stored) !== undefined || !types.isNativeError(stored)) return edited;
  throw new RerunError(`${path} is ${kindOf(stored)}, which cannot be edited here. Leave it as it is.`);
}

/** Of an array that became longer or shorter, what is the same at its beginning and at its end stays. */
function mergeLists(
  stored: readonly unknown[],
  shown: readonly unknown[],
  edited: readonly unknown[],
  path: string,
): unknown[] {
  const merged = (index: number) =>
    merge({ stored: stored[index], shown: shown[index], edited: edited[index], path: `${path}[${index}]` });
  if (edited.length === stored.length) {
    // A copy keeps the holes of a list.
    const result = stored.slice();
    for (const index of edited.keys())
      if (!isDeepStrictEqual(shown[index], edited[index])) result[index] = merged(index);
    return result;
  }
  const shorter = Math.min(shown.length, edited.length);
  let head = 0;
  while (head < shorter && isDeepStrictEqual(shown[head], edited[head])) head += 1;
  let tail = 0;
  while (tail < shorter - head && isDeepStrictEqual(shown.at(-1 - tail), edited.at(-1 - tail))) tail += 1;
  // Which of those between was which is not known any more: each is what was typed.
  return stored.slice(0, head).concat(edited.slice(head, edited.length - tail), stored.slice(stored.length - tail));
}

function mergeObjects(stored: object, shown: object, edited: object, path: string): object {
  const result = Object.create(Object.getPrototypeOf(stored) as object | null) as object;
  for (const [key, value] of Object.entries(edited))
    // Not by assignment, which a member called `__proto__` would not survive.
    Object.defineProperty(result, key, {
      value: merge({
        stored: member(stored, key),
        shown: member(shown, key),
        edited: value as unknown,
        path: `${path}.${key}`,
      }),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  return result;
}

/** What stands at a key that was there before is what it was, unless it was changed. */
function mergeMaps(
  stored: ReadonlyMap<unknown, unknown>,
  shown: ReadonlyMap<unknown, unknown>,
  edited: ReadonlyMap<unknown, unknown>,
  path: string,
): Map<unknown, unknown> {
  // Two keys that read the same are told apart by their places.
  const entries = [...shown];
  const left = [...stored].map(([key, value], index) => ({ key, value, shown: entries[index] }));
  return new Map(
    [...edited].map(([key, value], at): [unknown, unknown] => {
      const isSame = (entry: (typeof left)[number]) => isDeepStrictEqual(entry.shown?.[0], key);
      const here = left[at];
      const before = here && isSame(here) ? here : left.find(isSame);
      if (!before) return [key, value];
      const of = `${path}.get(${String(key)})`;
      return [before.key, merge({ stored: before.value, shown: before.shown?.[1], edited: value, path: of })];
    }),
  );
}

/** The text does not say where a value leads back to: what stands inside it cannot be made to lead to the edited one. */
function refuseCycle(value: object, path: string): void {
  if (plainJson(value) === undefined && leadsTo(value, value, new Set()))
    throw new RerunError(`${path} leads back to itself, which cannot be edited here. Leave it as it is.`);
}

function leadsTo(from: object, goal: object, seen: Set<object>): boolean {
  const parts: Iterable<unknown> = types.isMap(from)
    ? [...from].flat()
    : types.isSet(from)
      ? from
      : ArrayBuffer.isView(from)
        ? []
        : Object.values(from);
  for (const part of parts) {
    if (part === goal) return true;
    if (typeof part !== 'object' || part === null || seen.has(part)) continue;
    seen.add(part);
    if (leadsTo(part, goal, seen)) return true;
  }
  return false;
}

function toBigInt(edited: unknown, path: string): bigint {
  if (typeof edited === 'bigint') return edited;
  const text = typeof edited === 'number' && Number.isSafeInteger(edited) ? String(edited) : edited;
  if (typeof text === 'string' && /^-?\d+$/.test(text)) return BigInt(text);
  throw new RerunError(`${path} is a BigInt: write its digits and an n, such as 12n.`);
}

function toDate(edited: unknown, path: string): Date {
  if (types.isDate(edited)) return edited;
  const date = typeof edited === 'string' ? new Date(edited) : undefined;
  if (date && !Number.isNaN(date.getTime())) return date;
  throw new RerunError(`${path} is a Date: write it as Date("${new Date(0).toISOString()}").`);
}

function member(of: object, key: string): unknown {
  return Object.hasOwn(of, key) ? (Reflect.get(of, key) as unknown) : undefined;
}

function kindOf(value: object): string {
  const name: unknown = value.constructor?.name;
  return typeof name === 'string' && name !== '' ? `a value of the kind ${name}` : 'an object';
}
