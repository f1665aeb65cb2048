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

/** A stored value as text that can be shown: JSON on several lines, cut off where it gets long. */
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

/** Writes a value as JSON and stops when it has written enough, however much of the value there is. */
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
    if (object instanceof Map) this.#members('{}', object.entries(), indent, depth);
    else if (object instanceof Set || Array.isArray(object))
      this.#members('[]', object as Iterable<unknown>, indent, depth);
    else this.#members('{}', ownEntries(object), indent, depth);
    this.#within.delete(object);
  }

  #members(brackets: '{}' | '[]', members: Iterable<unknown>, indent: string, depth: number): void {
    const inner = `${indent}  `;
    let first = true;
    for (const member of members) {
      if (this.isFull) return;
      const [key, value] = brackets === '{}' ? (member as [unknown, unknown]) : [undefined, member];
      if (brackets === '{}' && value === undefined) continue;
      this.#write(first ? brackets.charAt(0) : ',');
      this.#write(this.#brief ? (first ? '' : ' ') : `\n${inner}`);
      if (brackets === '{}') this.#write(`${quoted(this.#keyText(key, depth), this.#cap)}: `);
      this.value(value, inner, depth + 1);
      first = false;
    }
    if (first) this.#write(brackets);
    else this.#write(`${this.#brief ? '' : `\n${indent}`}${brackets.charAt(1)}`);
  }

  /** Keys of a Map may be anything. */
  #keyText(key: unknown, depth: number): string {
    if (typeof key !== 'object' || key === null) return String(key);
    const printer = new Printer(300, true);
    // A few keys within keys, however they go on.
    printer.value(key, '', depth + MOST_DEPTH / 4);
    return printer.text;
  }

  #write(text: string): void {
    if (this.isFull) return;
    const room = this.#cap - this.#length;
    if (text.length > room) this.isFull = true;
    this.#parts.push(text.length > room ? text.slice(0, room) : text);
    this.#length += Math.min(text.length, room);
  }
}

/** What JSON says in one word; undefined for what has members. Strings are looked at no further than `most`. */
function leafOf(value: unknown, most: number): string | undefined {
  switch (typeof value) {
    case 'string':
      return quoted(value, most);
    case 'number':
      return Number.isFinite(value) ? String(value) : 'null';
    case 'boolean':
      return String(value);
    case 'bigint':
      return quoted(String(value), most);
    case 'object':
      break;
    default:
      return 'null';
  }
  if (value === null) return 'null';
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'null' : quoted(value.toISOString(), most);
  if (value instanceof URL || value instanceof URLSearchParams || value instanceof RegExp)
    return quoted(String(value), most);
  if (isBoxedPrimitive(value)) return leafOf(value.valueOf(), most);
  if (ArrayBuffer.isView(value))
    return quoted(base64(new Uint8Array(value.buffer, value.byteOffset, value.byteLength), most), most);
  if (value instanceof ArrayBuffer) return quoted(base64(new Uint8Array(value), most), most);
  return undefined;
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

function base64(bytes: Uint8Array, most: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, Math.max(0, most))).toString('base64');
}
