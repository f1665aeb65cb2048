import type { ErrorField } from '../../common/stored-error.ts';

const MOST_FIELDS = 20;
const LONGEST_TEXT = 500;
/** Stored as what they are, or told in the message. */
const TOLD_ELSEWHERE = ['name', 'message', 'stack', 'cause', 'errors', 'issues', 'error', 'suppressed'];
/** What HTTP libraries hang on their errors: large, and full of headers and passwords. */
const ATTACHED = /^(?:config|request|response|req|res|headers|options|socket|agent|env|client|connection)$/i;
const SECRET = /pass(?:word|wd|phrase)?$|secret|token|authori[sz]ation|cookie|api[-_]?key|credential|private[-_]?key/i;
/** The password in an address. */
const IN_ADDRESS = /(\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*):[^\s/@]+@/gi;

/**
 * The own fields of an error that are plain data: what a driver or an HTTP library knows of it. Getters are not called.
 * Never throws.
 */
export function errorFields(error: object): Record<string, ErrorField> | undefined {
  const fields: [string, ErrorField][] = [];
  try {
    for (const [key, { value, enumerable }] of Object.entries(Object.getOwnPropertyDescriptors(error))) {
      if ((!enumerable && key !== 'code') || isLeftOut(key) || fields.length >= MOST_FIELDS) continue;
      const field = fieldOf(value);
      if (field !== undefined) fields.push([key.slice(0, 100), field]);
    }
  } catch {
    // A Proxy that throws when it is inspected has no fields that can be read.
    return undefined;
  }
  return fields.length === 0 ? undefined : Object.fromEntries(fields);
}

function isLeftOut(key: string): boolean {
  return TOLD_ELSEWHERE.includes(key) || key === '__proto__' || ATTACHED.test(key) || SECRET.test(key);
}

function fieldOf(value: unknown): ErrorField | undefined {
  switch (typeof value) {
    case 'string':
      return clip(value);
    case 'number':
      return Number.isFinite(value) ? value : String(value);
    case 'boolean':
      return value;
    case 'bigint':
      return clip(String(value));
    case 'object':
      return value === null ? null : flatText(value);
    default:
      return undefined;
  }
}

/** A date, or a list or plain object of simple values, as text. What is deeper is left out. */
function flatText(value: object): string | undefined {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : value.toISOString();
  const isPlain = Array.isArray(value) || [Object.prototype, null].includes(Object.getPrototypeOf(value) as null);
  if (!isPlain) return undefined;
  const entries = Object.entries(Object.getOwnPropertyDescriptors(value))
    .filter(([key, { enumerable }]) => enumerable && !isLeftOut(key))
    .slice(0, MOST_FIELDS);
  const simple = entries.flatMap(([key, { value: held }]): [string, ErrorField][] => {
    const field = typeof held === 'object' && held !== null ? undefined : fieldOf(held);
    return field === undefined ? [] : [[key, field]];
  });
  if (simple.length === 0) return undefined;
  return clip(JSON.stringify(Array.isArray(value) ? simple.map(([, field]) => field) : Object.fromEntries(simple)));
}

function clip(text: string): string {
  const shown = text.slice(0, LONGEST_TEXT).replace(IN_ADDRESS, '$1:…@').toWellFormed();
  return text.length <= LONGEST_TEXT ? shown : `${shown}…`;
}
