import { isBoxedPrimitive } from 'node:util/types';
import { number } from '../../common/format.ts';
import { safeJson } from '../../common/safe-text.ts';
import { decode } from '../../engine/store/codec.ts';
import type { ShownValue } from '../api/api.ts';

const CAP = 65_536;
const FULL_CAP = 20_000_000;
/** More stored text than this is read only when all of the value is asked for: a second or so for each 20 MB. */
const MOST_GLANCED_AT = 8_000_000;
/** And more than this not even then. */
const MOST_READ = 64_000_000;
const MOST_DEPTH = 500;

/**
 * A stored value as text that can be shown, on several lines and cut off where it gets long: JSON, and what JSON cannot say as
 * what it is. common/value-text.ts describes it, and reads it.
 */
export function shown(text: string, full = false): ShownValue {
  const size = text.length;
  if (size > MOST_READ)
    return { json: `"A value of ${Math.round(size / 1e6)} MB is too large to be shown."`, truncated: true, size };
  if (size > MOST_GLANCED_AT && !full)
    return { json: `"A value of ${Math.round(size / 1e6)} MB."`, truncated: true, size };
  const printer = new Printer(full ? FULL_CAP : CAP);
  printer.value(decode(text), '', 0);
  return { json: printer.text, truncated: printer.isFull, size };
}

/** The same on one line, for tables. */
export function shownBriefly(text: string, cap = 300): string {
  if (text.length > 1_000_000) return '…';
  const printer = new Printer(cap, true);
  printer.value(decode(text), '', 0);
  return printer.isFull ? `${printer.text}…` : printer.text;
}

/**
 * A value as a row of a table shows it: its beginning, however large it is.
 * @param text Null where it is too large to be read for that.
 */
export function shownInTable(text: string | null, size: number): ShownValue {
  if (text === null) return { json: `"A value of ${number(size)} characters"`, truncated: true, size };
  const json = shownBriefly(text);
  return { json, truncated: json.endsWith('…'), size };
}

/** Writes a value as text and stops when it has written enough, however much of the value there is. */
class Printer {
  readonly #cap: number;
  readonly #brief: boolean;
  readonly #parts: string[] = [];
  readonly #within = new Set<object>();
  #length = 0;
  isFull = false;

  constructor(cap: number, brief = false) {
    this.#cap = cap;
    this.#brief = brief;
  }

  get text(): string {
    return this.#parts.join('');
  }

  value(value: unknown, indent: string, depth: number): void {
    const leaf = leafOf(value, this.#cap - this.#length + 1);
    if (leaf !== undefined) return this.#write(leaf);
    const object = value as object;
    if (this.#within.has(object)) return this.#write('"[circular]"');
    if (depth > MOST_DEPTH) return this.#write('"[nested too deeply]"');
    this.#within.add(object);
    const inner = `${indent}  `;
    const part = (value: unknown) => this.value(value, inner, depth + 1);
    if (object instanceof Map) {
      this.#list('Map {', object.entries(), '}', indent, ([key, value]) => {
        part(key);
        this.#write(' => ');
        part(value);
      });
    } else if (object instanceof Set) this.#list('Set {', object as Set<unknown>, '}', indent, part);
    else if (Array.isArray(object)) this.#list('[', object as readonly unknown[], ']', indent, part);
    else {
      const open = object instanceof Error ? `${errorName(object)} {` : '{';
      this.#list(open, ownEntries(object), '}', indent, ([key, value]) => {
        this.#write(`${quoted(key, this.#cap)}: `);
        part(value);
      });
    }
    this.#within.delete(object);
  }

  #list<T>(open: string, parts: Iterable<T>, close: string, indent: string, write: (part: T) => void): void {
    let first = true;
    this.#write(open);
    for (const part of parts) {
      if (this.isFull) return;
      if (!first) this.#write(',');
      this.#write(this.#brief ? (first ? '' : ' ') : `\n${indent}  `);
      write(part);
      first = false;
    }
    this.#write(first || this.#brief ? close : `\n${indent}${close}`);
  }

  #write(text: string): void {
    if (this.isFull) return;
    const room = this.#cap - this.#length;
    if (text.length > room) this.isFull = true;
    this.#parts.push(text.length > room ? text.slice(0, room) : text);
    this.#length += Math.min(text.length, room);
  }
}

/** What is said in one word; undefined for what has members. Strings are looked at no further than `most`. */
function leafOf(value: unknown, most: number): string | undefined {
  switch (typeof value) {
    case 'string':
      return quoted(value, most);
    case 'number':
      return numberText(value);
    case 'boolean':
      return String(value);
    case 'bigint':
      return `${value}n`;
    case 'object':
      break;
    default:
      return 'undefined';
  }
  if (value === null) return 'null';
  if (value instanceof Date)
    return `Date(${Number.isNaN(value.getTime()) ? 'NaN' : quoted(value.toISOString(), most)})`;
  if (value instanceof URL || value instanceof URLSearchParams || value instanceof RegExp)
    return `${value.constructor.name}(${quoted(String(value), most)})`;
  if (isBoxedPrimitive(value)) return `Object(${leafOf(value.valueOf(), most) ?? ''})`;
  if (ArrayBuffer.isView(value))
    return bytesText(value.constructor.name, new Uint8Array(value.buffer, value.byteOffset, value.byteLength), most);
  if (value instanceof ArrayBuffer) return bytesText('ArrayBuffer', new Uint8Array(value), most);
  return undefined;
}

/** With all digits where the short form would be another number. */
function numberText(value: number): string {
  if (Object.is(value, -0)) return '-0';
  const text = String(value);
  return Number.isSafeInteger(value) || !/^-?\d+$/.test(text) ? text : String(BigInt(value));
}

/** What an error calls itself where that can be read back as a name. It is a member beside it as well. */
function errorName({ name }: Error): string {
  return typeof name === 'string' && /^[A-Za-z_$][\w$]{0,99}$/.test(name) && name !== 'Map' && name !== 'Set'
    ? name
    : 'Error';
}

function ownEntries(value: object): Iterable<[string, unknown]> {
  return value instanceof Error
    ? Object.entries({
        ...value,
        name: value.name,
        message: value.message,
        ...('cause' in value && { cause: value.cause }),
      })
    : Object.entries(value);
}

function quoted(text: string, most: number): string {
  const seen = text.length > most ? text.slice(0, Math.max(0, most)) : text;
  return safeJson(JSON.stringify(seen));
}

function bytesText(kind: string, bytes: Uint8Array, most: number): string {
  const seen = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, Math.max(0, most)));
  return `${kind}(${quoted(seen.toString('base64'), most)})`;
}
