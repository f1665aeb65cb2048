/** Longer ones are written over several lines. */
const LONGEST_LINE = 100;
const INDENT = '  ';

/** A value that has no way to be written as code. */
class NoCode extends Error {}

/** Something that is written as `before`, its parts and `after`. */
interface Parts {
  readonly before: string;
  readonly parts: readonly (readonly [name: string, value: unknown])[];
  readonly after: string;
}

/**
 * A value as TypeScript, as a person would write it: plain data, Date, Map, Set, BigInt, undefined, NaN, -0, URL and RegExp. Undefined
 * for all else, and for what is part of itself.
 */
export function codeOf(value: unknown, indent = ''): string | undefined {
  try {
    return written(value, indent, []);
  } catch (error) {
    if (error instanceof NoCode) return undefined;
    throw error;
  }
}

function written(value: unknown, indent: string, around: readonly object[]): string {
  if (typeof value !== 'object' || value === null) return simple(value);
  if (around.includes(value)) throw new NoCode();
  const parts = partsOf(value);
  if (typeof parts === 'string') return parts;
  const inside = [...around, value];
  const space = parts.before.endsWith('{') ? ' ' : '';
  const flat = parts.parts.map(([name, part]) => name + written(part, indent + INDENT, inside));
  if (flat.length === 0) return parts.before + parts.after;
  const line = `${parts.before}${space}${flat.join(', ')}${space}${parts.after}`;
  if (!line.includes('\n') && indent.length + line.length <= LONGEST_LINE) return line;
  const lines = flat.map(part => `${indent}${INDENT}${part},\n`).join('');
  return `${parts.before}\n${lines}${indent}${parts.after}`;
}

function simple(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return textCode(value);
    case 'bigint':
      return `${value}n`;
    case 'number':
      return Object.is(value, -0) ? '-0' : String(value);
    case 'boolean':
    case 'undefined':
      return String(value);
    default:
      if (value === null) return 'null';
      throw new NoCode();
  }
}

/** In single quotes, with what a reader could not see as escapes. */
export function textCode(text: string): string {
  const escaped = JSON.stringify(text)
    .slice(1, -1)
    .replaceAll('\\"', '"')
    .replaceAll("'", "\\'")
    // Controls, marks that turn the direction of text, and other ends of lines.
    .replaceAll(
      /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g,
      character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
  return `'${escaped}'`;
}

function partsOf(value: object): Parts | string {
  if (Array.isArray(value)) {
    if (Object.keys(value).length !== value.length) throw new NoCode();
    return { before: '[', parts: value.map(part => ['', part] as const), after: ']' };
  }
  switch (Object.getPrototypeOf(value)) {
    case Object.prototype:
      return {
        before: '{',
        parts: Object.entries(value).map(([key, part]) => [`${keyCode(key)}: `, part]),
        after: '}',
      };
    case Date.prototype:
      return dateCode(value as Date);
    case RegExp.prototype:
      return `new RegExp(${textCode((value as RegExp).source)}, ${textCode((value as RegExp).flags)})`;
    case URL.prototype:
      return `new URL(${textCode((value as URL).href)})`;
    case Map.prototype:
      return listCode('Map', [...(value as Map<unknown, unknown>)]);
    case Set.prototype:
      return listCode('Set', [...(value as Set<unknown>)]);
    default:
      throw new NoCode();
  }
}

function listCode(name: string, list: readonly unknown[]): Parts | string {
  if (list.length === 0) return `new ${name}()`;
  return { before: `new ${name}([`, parts: list.map(part => ['', part] as const), after: '])' };
}

function dateCode(date: Date): string {
  const time = date.getTime();
  return Number.isNaN(time) ? 'new Date(NaN)' : `new Date('${date.toISOString()}')`;
}

function keyCode(key: string): string {
  // Written plainly, it would set the prototype.
  if (key === '__proto__') return "['__proto__']";
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : textCode(key);
}
