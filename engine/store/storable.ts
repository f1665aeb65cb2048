import { inspect, types } from 'node:util';
import { describeValue } from '../workflow/errors.ts';
import { hasOnlyElements } from './only-elements.ts';

/*
 * Which values can be stored: those that come back as they were. All others are refused with their path, because a value
 * that is altered without a word is found much later, if at all. An Error alone comes back without its class.
 */

/** The first part of a value that cannot be stored. */
export interface Refusal {
  /** From the value that was to be stored: `.users[3].save`. */
  readonly path: string;
  /** What it is: `a function`. */
  readonly what: string;
  /** What to do instead. */
  readonly remedy: string;
}

/** Reading a part of a value threw: a getter, or a Proxy. */
export class UnreadablePart extends Error {
  override readonly name = 'UnreadablePart';
  readonly path: string;

  constructor(path: string, thrown: unknown) {
    super(thrown instanceof Error ? thrown.message : describeValue(thrown));
    this.path = path;
  }
}

const PLAIN = 'Return plain data: leave it out, or copy the fields you need.';
const COPY = 'Copy what you need into plain data.';

/** What of a value cannot be stored, and where; undefined when all of it can. @throws UnreadablePart */
export function refusalOf(value: unknown): Refusal | undefined {
  const trail: Trail = [];
  try {
    const refusal = find(value, new Set(), trail);
    return refusal && { ...refusal, path: `${pathOf(trail)}${refusal.path}` };
  } catch (error) {
    if (error instanceof RangeError && /call stack/i.test(error.message)) throw error;
    throw new UnreadablePart(pathOf(trail), error);
  }
}

/** The way to the part that is looked at: each step by its kind and its key. It becomes a path only where one is told. */
type Trail = unknown[];
type Step = 'member' | 'element' | 'map key' | 'map value' | 'set member';

function pathOf(trail: Trail): string {
  let path = '';
  for (let at = 0; at < trail.length; at += 2) path += stepText(trail[at] as Step, trail[at + 1]);
  return path;
}

function stepText(step: Step, key: unknown): string {
  switch (step) {
    case 'member':
      return memberName(key as string);
    case 'element':
      return `[${String(key)}]`;
    case 'map key':
      return `.keys() ${describeValue(key)}`;
    case 'map value':
      return `.get(${describeValue(key)})`;
    case 'set member':
      return `.values()[${String(key)}]`;
  }
}

function find(value: unknown, seen: Set<object>, trail: Trail): Refusal | undefined {
  if (typeof value === 'function' || typeof value === 'symbol') return refused(describeValue(value), PLAIN);
  if (typeof value !== 'object' || value === null || seen.has(value)) return undefined;
  seen.add(value);
  return ownRefusal(value) ?? firstPart(value, seen, trail);
}

function refused(what: string, remedy: string, path = ''): Refusal {
  return { path, what, remedy };
}

/** The first refusal among what a value is made of. The trail then leads to it. */
function firstPart(value: object, seen: Set<object>, trail: Trail): Refusal | undefined {
  if (types.isMap(value)) {
    for (const [key, held] of value as Map<unknown, unknown>) {
      const refusal = part('map key', key, () => key, seen, trail) ?? part('map value', key, () => held, seen, trail);
      if (refusal) return refusal;
    }
    return undefined;
  }
  if (types.isSet(value)) {
    let index = 0;
    for (const held of value as Set<unknown>) {
      const refusal = part('set member', index++, () => held, seen, trail);
      if (refusal) return refusal;
    }
    return undefined;
  }
  if (ArrayBuffer.isView(value) || types.isStringObject(value)) return undefined;
  // Of an array with holes, what is there.
  const step = Array.isArray(value) ? 'element' : 'member';
  for (const key of keysOf(value)) {
    const refusal = part(step, key, () => Reflect.get(value, key) as unknown, seen, trail);
    if (refusal) return refusal;
  }
  return undefined;
}

function keysOf(value: object): Iterable<string> {
  const keys = Object.keys(value);
  if (!isErrorObject(value)) return keys;
  return new Set([...keys, ...['name', 'message', 'stack', 'cause', 'errors'].filter(key => key in value)]);
}

function part(step: Step, key: unknown, read: () => unknown, seen: Set<object>, trail: Trail): Refusal | undefined {
  trail.push(step, key);
  const refusal = find(read(), seen, trail);
  if (!refusal) trail.length -= 2;
  return refusal;
}

/** Kinds of values that are stored as what they are, if nothing was added to them: by the names of their classes. */
const BUILT_IN: readonly (readonly [is: (value: unknown) => boolean, name: string])[] = [
  [value => Array.isArray(value), 'Array'],
  [types.isDate, 'Date'],
  [types.isMap, 'Map'],
  [types.isSet, 'Set'],
  [types.isRegExp, 'RegExp'],
  [types.isNumberObject, 'Number'],
  [types.isStringObject, 'String'],
  [types.isBooleanObject, 'Boolean'],
  [types.isBigIntObject, 'BigInt'],
  [types.isArrayBuffer, 'ArrayBuffer'],
  [types.isDataView, 'DataView'],
  [value => value instanceof URL, 'URL'],
  [value => value instanceof URLSearchParams, 'URLSearchParams'],
];

/** The name of a value's class if it is plain data or built in; undefined for an instance of any other class. */
function kindOf(value: object): string | undefined {
  const prototype = Object.getPrototypeOf(value) as object | null;
  if (prototype === null || prototype === Object.prototype) return 'Object';
  if (types.isTypedArray(value)) return typedArrayKind(value, prototype);
  for (const [is, name] of BUILT_IN) if (is(value)) return isPrototypeOf(prototype, name) ? name : undefined;
  // The plain objects of another realm (node:vm).
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, 'hasOwnProperty') ? 'Object' : undefined;
}

function typedArrayKind(value: NodeJS.TypedArray, prototype: object | null): string | undefined {
  const name = Buffer.isBuffer(value) ? 'Buffer' : value[Symbol.toStringTag];
  return isClassOf(prototype, name) ? name : undefined;
}

/** Built-in classes extend Object; the prototype of a class that extends one of them is one step further away. */
function isPrototypeOf(prototype: object | null, name: string): boolean {
  if (!isClassOf(prototype, name) || prototype === null) return false;
  const above = Object.getPrototypeOf(prototype) as object | null;
  return above !== null && Object.getPrototypeOf(above) === null;
}

function isClassOf(prototype: object | null, name: string): boolean {
  if (prototype === null || !Object.hasOwn(prototype, 'constructor')) return false;
  return (prototype.constructor as { name?: unknown }).name === name;
}

/** Why a value itself cannot be stored, whatever it is made of. */
function ownRefusal(value: object): Refusal | undefined {
  if (isErrorObject(value)) return errorRefusal(value);
  if (isThenable(value)) return refused('a promise', 'Await it first.');
  if (types.isGeneratorObject(value)) return generatorRefusal(value);
  const kind = kindOf(value);
  if (kind === undefined) return refused(`an instance of ${className(value)}`, remedyOf(value));
  if (kind === 'Object') return objectRefusal(value);
  if (ArrayBuffer.isView(value)) return viewRefusal(value);
  if (kind === 'Array') return hasOnlyElements(value as unknown[]) ? undefined : addedTo(value, 'an array');
  if (kind === 'ArrayBuffer') return bufferRefusal(value as ArrayBuffer) ?? addedTo(value, 'an ArrayBuffer');
  if (kind === 'RegExp' && (value as RegExp).lastIndex !== 0)
    return refused(`a RegExp that stands at lastIndex ${(value as RegExp).lastIndex}`, 'Set its lastIndex to 0.');
  return addedTo(value, kind === 'URL' ? 'a URL' : `a ${kind}`);
}

function errorRefusal(error: Error): Refusal | undefined {
  const hasSymbols = Object.getOwnPropertySymbols(error).some(key =>
    Object.prototype.propertyIsEnumerable.call(error, key),
  );
  return hasSymbols ? refused('an Error with a symbol for a key', PLAIN) : undefined;
}

function objectRefusal(value: object): Refusal | undefined {
  if (Object.hasOwn(value, '__proto__')) return refused('an object with a member named "__proto__"', PLAIN);
  if (Object.getOwnPropertySymbols(value).length > 0) return refused('an object with a symbol for a key', PLAIN);
  const hidden = Object.getOwnPropertyNames(value).find(key => !Object.prototype.propertyIsEnumerable.call(value, key));
  return hidden === undefined
    ? undefined
    : refused('a hidden (not enumerable) member of an object', COPY, memberName(hidden));
}

/** Members that someone has added to a value that has none: they would be lost. */
function addedTo(value: object, what: string): Refusal | undefined {
  const isElement = (key: PropertyKey) =>
    typeof key === 'string' && /^\d+$/.test(key) && (Array.isArray(value) || types.isStringObject(value));
  const added = Reflect.ownKeys(value).find(key => !OWN.has(key) && !isElement(key));
  if (added === undefined) return undefined;
  if (typeof added === 'symbol') return refused(`${what} with a symbol for a key`, PLAIN);
  const remedy = Array.isArray(value) ? 'Return a copy without it ([...array]), or an object with both.' : COPY;
  return refused(`a member that was added to ${what}`, remedy, memberName(added));
}

/** What arrays, strings and regular expressions have of their own. */
const OWN: ReadonlySet<PropertyKey> = new Set(['length', 'lastIndex']);

function viewRefusal(view: ArrayBufferView): Refusal | undefined {
  if (!types.isArrayBuffer(view.buffer) && !Buffer.isBuffer(view))
    return refused('a view of a SharedArrayBuffer', 'Copy it first: array.slice().');
  const isAsMade = types.isDataView(view) ? Reflect.ownKeys(view).length === 0 : hasNothingAdded(view as Uint8Array);
  if (!isAsMade) return refused('a typed array to which members were added', COPY);
  return Buffer.isBuffer(view) ? undefined : bufferRefusal(view.buffer as ArrayBuffer);
}

/**
 * The own keys of a large typed array are as many as its elements, and listing them takes longer than storing it.
 * `inspect` tells what there is beside the elements: no more than of an array that was just made over the same bytes.
 */
function hasNothingAdded(array: Uint8Array): boolean {
  const { constructor } = Object.getPrototypeOf(array) as { constructor: Uint8ArrayConstructor };
  const { buffer, byteOffset, length } = array;
  const asMade = Buffer.isBuffer(array)
    ? Buffer.from(buffer, byteOffset, length)
    : new constructor(buffer, byteOffset, length);
  const beside = (of: Uint8Array) =>
    inspect(of, { maxArrayLength: 0, showHidden: true, depth: 0, customInspect: false, breakLength: Infinity });
  return beside(array) === beside(asMade);
}

function generatorRefusal(generator: object): Refusal {
  return Symbol.asyncIterator in generator
    ? refused('an async generator', 'Return what it gives: await Array.fromAsync(generator).')
    : refused('a generator', 'Return what it gives: [...generator].');
}

function bufferRefusal(buffer: ArrayBuffer): Refusal | undefined {
  return buffer.resizable ? refused('a resizable ArrayBuffer', 'Copy it first: buffer.slice().') : undefined;
}

function isErrorObject(value: unknown): value is Error {
  return value instanceof Error;
}

function className(value: object): string {
  const prototype = Object.getPrototypeOf(value) as { constructor?: { name?: unknown } } | null;
  const name = prototype?.constructor?.name;
  return typeof name === 'string' && name !== '' && name !== 'Object' ? name : 'a class without a name';
}

function remedyOf(value: object): string {
  if (Array.isArray(value)) return 'Return a plain array: [...array].';
  if (types.isMap(value)) return 'Return a plain Map: new Map(map).';
  if (types.isSet(value)) return 'Return a plain Set: new Set(set).';
  if (types.isDate(value)) return 'Return a plain Date: new Date(date).';
  return PLAIN;
}

function memberName(key: string | number | symbol): string {
  const text = String(key);
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(text) ? `.${text}` : `[${JSON.stringify(text)}]`;
}

function isThenable(value: object): boolean {
  return 'then' in value && typeof value.then === 'function';
}
