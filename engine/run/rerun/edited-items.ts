import { isDeepStrictEqual, types } from 'node:util';
import { plainJson } from '../../store/plain-json.ts';
import { RerunError } from './request.ts';

/*
 * Items that a person has edited as JSON, which has neither dates nor big integers, maps or NaN. What was not changed stays
 * what it is in the store; what was changed becomes of the same kind again, or the edit is refused with its path.
 */

/**
 * @param stored The items as they are
 * @param shown What of them was shown, as JSON has it
 * @param edited What the person made of that
 * @throws RerunError
 */
export function withEdits(stored: unknown, shown: unknown, edited: unknown): unknown {
  return merge({ stored, shown, edited, path: 'items' });
}

interface Place {
  readonly stored: unknown;
  readonly shown: unknown;
  readonly edited: unknown;
  readonly path: string;
}

function merge({ stored, shown, edited, path }: Place): unknown {
  if (isDeepStrictEqual(shown, edited)) return stored;
  if (typeof stored === 'bigint') return toBigInt(edited, path);
  if (typeof stored !== 'object' || stored === null) return edited;
  if (types.isDate(stored)) return toDate(edited, path);
  if (Array.isArray(stored) && Array.isArray(shown) && Array.isArray(edited))
    return mergeLists(stored, shown, edited, path);
  if (types.isSet(stored) && Array.isArray(shown) && Array.isArray(edited))
    return new Set(mergeLists([...(stored as Set<unknown>)], shown, edited, path));
  if (types.isMap(stored) && isObject(shown) && isObject(edited)) return mergeMaps(stored, shown, edited, path);
  if (isPlain(stored) && isObject(shown) && isObject(edited)) return mergeObjects(stored, shown, edited, path);
  // Plain data may become whatever JSON has.
  if (plainJson(stored) !== undefined) return edited;
  throw new RerunError(`${path} is ${kindOf(stored)}, which cannot be edited as JSON. Leave it as it is.`);
}

/** Of an array that became longer or shorter, what is the same at its beginning and at its end stays. */
function mergeLists(
  stored: readonly unknown[],
  shown: readonly unknown[],
  edited: readonly unknown[],
  path: string,
): unknown[] {
  const shorter = Math.min(shown.length, edited.length);
  let head = 0;
  while (head < shorter && isDeepStrictEqual(shown[head], edited[head])) head += 1;
  let tail = 0;
  while (tail < shorter - head && isDeepStrictEqual(shown.at(-1 - tail), edited.at(-1 - tail))) tail += 1;
  const changed = edited.slice(head, edited.length - tail);
  const before = stored.slice(head, stored.length - tail);
  // Which of the new ones was which is not known any more: with plain data, that does not matter.
  if (changed.length > 0 && changed.length !== before.length && plainJson(stored) === undefined)
    throw new RerunError(
      `${path} holds values that JSON does not have (dates, maps and the like). Change its elements, or remove some, ` +
        `but not both at once, and add none.`,
    );
  return [
    ...stored.slice(0, head),
    ...changed.map((element, index) =>
      merge({ stored: before[index], shown: shown[head + index], edited: element, path: `${path}[${head + index}]` }),
    ),
    ...stored.slice(stored.length - tail),
  ];
}

function mergeObjects(stored: object, shown: object, edited: object, path: string): object {
  const result = Object.create(Object.getPrototypeOf(stored) as object | null) as Record<string, unknown>;
  // What JSON leaves out was not shown, and stays.
  for (const [key, value] of Object.entries(stored))
    if (!Object.hasOwn(shown, key) && !Object.hasOwn(edited, key)) result[key] = value;
  for (const [key, value] of Object.entries(edited))
    result[key] = merge({
      stored: member(stored, key),
      shown: member(shown, key),
      edited: value,
      path: `${path}.${key}`,
    });
  return result;
}

/** The keys of a map are shown as texts. */
function mergeMaps(
  stored: ReadonlyMap<unknown, unknown>,
  shown: object,
  edited: object,
  path: string,
): Map<unknown, unknown> {
  const keys = new Map([...stored.keys()].map(key => [String(key), key]));
  const isClear = keys.size === stored.size && [...stored.keys()].every(key => Object(key) !== key);
  if (!isClear)
    throw new RerunError(`${path} is a Map whose keys JSON does not have, which cannot be edited. Leave it as it is.`);
  const isNamed = [...stored.keys()].every(key => typeof key === 'string');
  const added = Object.keys(edited).find(key => !keys.has(key));
  if (added !== undefined && !isNamed)
    throw new RerunError(`${path} is a Map whose keys are not texts: ${JSON.stringify(added)} cannot be added to it.`);
  // What JSON leaves out was not shown, and stays.
  const left = [...stored].filter(([key]) => !Object.hasOwn(shown, String(key)) && !Object.hasOwn(edited, String(key)));
  return new Map([
    ...left,
    ...Object.entries(edited).map(([name, value]): [unknown, unknown] => {
      const key = keys.has(name) ? keys.get(name) : name;
      return [
        key,
        merge({ stored: stored.get(key), shown: member(shown, name), edited: value, path: `${path}.${name}` }),
      ];
    }),
  ]);
}

function toBigInt(edited: unknown, path: string): bigint {
  const text = typeof edited === 'number' && Number.isSafeInteger(edited) ? String(edited) : edited;
  if (typeof text === 'string' && /^-?\d+$/.test(text)) return BigInt(text);
  throw new RerunError(`${path} is a BigInt: write its digits as a text, such as "12".`);
}

function toDate(edited: unknown, path: string): Date {
  const date = typeof edited === 'string' ? new Date(edited) : undefined;
  if (date && !Number.isNaN(date.getTime())) return date;
  throw new RerunError(`${path} is a Date: write it as a text, such as "${new Date(0).toISOString()}".`);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function member(of: object, key: string): unknown {
  return Object.hasOwn(of, key) ? (Reflect.get(of, key) as unknown) : undefined;
}

function kindOf(value: object): string {
  const name: unknown = value.constructor?.name;
  return typeof name === 'string' && name !== '' ? `a value of the kind ${name}` : 'an object';
}
