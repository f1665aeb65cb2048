import { hasOnlyElements } from './only-elements.ts';

/*
 * Most values are plain data, for which the JSON of V8 is several times faster than a codec that keeps everything
 * (bench/queue.ts: with it, encoding took 22 % of a run). Everything else is left to the codec.
 */

/** Up to here a list of the objects seen is faster than a set of them. */
const FEW = 24;

/** The JSON of a value that JSON keeps exactly as it is; undefined for any other. */
export function plainJson(value: unknown): string | undefined {
  return isPlain(value) ? JSON.stringify(value) : undefined;
}

/** Whether JSON keeps a value exactly as it is. */
export function isPlain(value: unknown): boolean {
  return isPlainData(value, []);
}

/** The same for a list that the engine has made: it has nothing beside its elements, and no holes, so that only these are looked at. */
export function plainJsonOfList(list: readonly unknown[]): string | undefined {
  const seen: Seen = [];
  for (let index = 0; index < list.length; index++) if (!isPlainData(list[index], seen)) return undefined;
  return JSON.stringify(list);
}

/** The objects met so far: one that is met again is shared or leads back to itself, which JSON does not keep. */
type Seen = object[] & { all?: Set<object> };

function isPlainData(value: unknown, seen: Seen): boolean {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return true;
    case 'number':
      return Number.isFinite(value) && (value !== 0 || Object.is(value, 0));
    case 'object':
      return (
        value === null ||
        (isNew(value, seen) && (Array.isArray(value) ? isPlainArray(value, seen) : isPlainObject(value, seen)))
      );
    default:
      return false;
  }
}

function isNew(value: object, seen: Seen): boolean {
  if (seen.length < FEW) {
    if (seen.includes(value)) return false;
    seen.push(value);
    return true;
  }
  const all = (seen.all ??= new Set(seen));
  if (all.has(value)) return false;
  all.add(value);
  return true;
}

function isPlainArray(array: readonly unknown[], seen: Seen): boolean {
  if (Object.getPrototypeOf(array) !== Array.prototype) return false;
  for (let index = 0; index < array.length; index++) if (!isPlainData(array[index], seen)) return false;
  // What an array has beside its elements and its length, hidden or with a symbol for a key, JSON leaves out.
  return hasOnlyElements(array);
}

function isPlainObject(object: object, seen: Seen): boolean {
  if (Object.getPrototypeOf(object) !== Object.prototype) return false;
  let members = 0;
  for (const key in object) {
    if (key === '__proto__' || !isPlainData((object as Record<string, unknown>)[key], seen)) return false;
    members += 1;
  }
  // What is hidden, or has a symbol for a key, JSON leaves out.
  return Object.getOwnPropertyNames(object).length === members && Object.getOwnPropertySymbols(object).length === 0;
}
