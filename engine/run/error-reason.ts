import type { StoredReason } from '../../common/stored-error.ts';
import { describeValue } from '../workflow/errors.ts';
import { errorFields } from './error-fields.ts';
import { issuesText, schemaIssues } from './schema-issues.ts';

/*
 * What was thrown, with its causes and the members of AggregateErrors, as plain data; and all of it in one message.
 */

export const MAX_MESSAGE = 16_384;
const MAX_REASON = 2_000;
const MOST_MEMBERS = 10;
/** So many reasons of one error are stored, causes and members together. */
const MOST_REASONS = 40;
/** A longer chain of causes is stored without its middle: the innermost says what is to be fixed. */
const LONGEST_CHAIN = 12;
/** Of a chain that never ends (a getter that makes a new cause each time), the end is not looked for further. */
const LOOKED_AT = 1_000;

/** What was described already, and how many more reasons may be. */
interface Budget {
  readonly seen: Set<unknown>;
  left: number;
}

/** Describes what was thrown. Never throws. */
export function reasonOf(thrown: unknown): StoredReason {
  return describe(thrown, { seen: new Set(), left: MOST_REASONS }, MAX_MESSAGE, 'thrown');
}

/** A message with the reasons behind it, the innermost last. What a message tells already is not told twice. */
export function messageOf({ message, errors, cause }: StoredReason): string {
  const parts = [[...new Set(errors?.map(messageOf))].join('; '), cause ? messageOf(cause) : ''];
  return parts.reduce((text, part) => (part === '' || text.includes(part) ? text : `${text}: ${part}`), message);
}

/** The codes by which libraries tell failures apart, of an error and of its reasons. */
export function codesOf({ fields, errors = [], cause }: StoredReason): string[] {
  const own = ['code', 'status', 'statusCode'].flatMap(key => {
    const value = fields?.[key];
    return typeof value === 'string' || typeof value === 'number' ? [String(value).slice(0, 100)] : [];
  });
  return [...new Set([...own, ...errors.flatMap(codesOf), ...(cause ? codesOf(cause) : [])])].slice(0, 20);
}

/** The messages of the reasons behind an error, without its own. */
export function innerMessages({ errors = [], cause }: StoredReason): string[] {
  const inner = cause ? [...errors, cause] : errors;
  return [...new Set(inner.flatMap(reason => [reason.message, ...innerMessages(reason)]))];
}

function describe(thrown: unknown, budget: Budget, longest: number, as: 'thrown' | 'reason'): StoredReason {
  budget.seen.add(thrown);
  budget.left -= 1;
  const isError = isErrorLike(thrown);
  const name = isError ? clip(readText(thrown, 'name') ?? 'Error', 200) : 'Thrown';
  const fields = isError ? errorFields(thrown) : undefined;
  const errors = isError ? membersOf(thrown, budget) : undefined;
  const cause = isError ? causeOf(thrown, budget) : undefined;
  const own = clip(isError ? ownMessage(thrown) : textOf(thrown, as), longest);
  const message = own.trim() === '' ? withoutMessage(name, { fields, errors, cause }) : own;
  return { name, message, ...(fields && { fields }), ...(cause && { cause }), ...(errors && { errors }) };
}

/** What to say of an error that says nothing itself. */
function withoutMessage(name: string, { fields, errors, cause }: Omit<StoredReason, 'name' | 'message'>): string {
  const behind = messageOf({ name, message: '', errors, cause }).replace(/^: /, '');
  if (behind !== '') return behind;
  const code = fields?.code;
  if (code !== undefined && code !== null && code !== '') return `${name} with code ${code}`;
  return name === 'Thrown' ? 'an empty text was thrown' : `${name} without a message`;
}

function membersOf(error: object, budget: Budget): StoredReason[] | undefined {
  const members = listOf(error);
  const told = members.slice(0, MOST_MEMBERS).flatMap(member => {
    if (budget.left <= 0 || budget.seen.has(member)) return [];
    return [describe(member, budget, MAX_REASON, 'reason')];
  });
  if (told.length === 0) return undefined;
  const more = members.length - MOST_MEMBERS;
  return more <= 0 ? told : [...told, { name: 'More', message: `and ${more} more` }];
}

/** The members of an AggregateError, and what two errors at once are (SuppressedError). */
function listOf(error: object): unknown[] {
  const errors = read(error, 'errors');
  // Validation libraries keep their issues under the same name: those are no errors.
  if (Array.isArray(errors) && (isErrorLike(errors[0]) || readText(error, 'name') === 'AggregateError'))
    return [...(errors as unknown[])];
  return 'suppressed' in error ? [read(error, 'error'), read(error, 'suppressed')] : [];
}

/** The chain of causes of an error, from its end, so that one which is too long keeps its end. */
function causeOf(error: object, budget: Budget): StoredReason | undefined {
  const cause = read(error, 'cause');
  if (cause === undefined || cause === null || budget.left <= 0 || budget.seen.has(cause)) return undefined;
  const length = MOST_REASONS - budget.left;
  return describe(length < LONGEST_CHAIN ? cause : innermost(cause), budget, MAX_REASON, 'reason');
}

function innermost(cause: unknown): unknown {
  const seen = new Set<unknown>();
  let at = cause;
  while (isErrorLike(at) && seen.size < LOOKED_AT) {
    seen.add(at);
    const inner = read(at, 'cause');
    if (inner === undefined || inner === null || seen.has(inner)) return at;
    at = inner;
  }
  return at;
}

/** An error's own message; in words where a schema library gives its issues as JSON. */
function ownMessage(error: object): string {
  const message = tryRead(error, 'message');
  if (!message.ok) return 'its message cannot be read';
  const own =
    typeof message.value === 'string' ? message.value : message.value === undefined ? '' : json(message.value);
  const issues = schemaIssues(error);
  if (!issues) return own;
  const words = issuesText(issues);
  const isTold = /^\s*(?:\[|\{|$)/.test(own) || (read(error, 'issues') as { message: string }[])[0]?.message === own;
  return isTold ? words : own.includes(words) ? own : `${own}: ${words}`;
}

export function textOf(thrown: unknown, as: 'thrown' | 'reason' = 'thrown'): string {
  if (typeof thrown === 'string') return thrown;
  if (isErrorLike(thrown)) return readText(thrown, 'message') ?? '';
  const issues = schemaIssues(thrown);
  if (issues) return issuesText(issues);
  const text = typeof thrown === 'object' && thrown !== null ? json(thrown) : '';
  const isTelling = text !== '' && text !== '{}';
  if (as === 'reason') return isTelling ? text : describeValue(thrown);
  return `${describeValue(thrown)} was thrown${isTelling ? `: ${text}` : ''}`;
}

export function isErrorLike(thrown: unknown): thrown is object {
  if (typeof thrown !== 'object' || thrown === null) return false;
  return (
    isError(thrown) ||
    (readText(thrown, 'message') !== undefined &&
      (readText(thrown, 'name') !== undefined || readText(thrown, 'stack') !== undefined))
  );
}

function isError(value: object): boolean {
  try {
    return value instanceof Error;
  } catch {
    // A revoked Proxy throws when it is asked.
    return false;
  }
}

function json(value: unknown): string {
  try {
    return JSON.stringify(value) ?? '';
  } catch {
    // A cycle, or a member that throws: its kind is told without it.
    return '';
  }
}

function readText(from: object, key: string): string | undefined {
  const value = read(from, key);
  return typeof value === 'string' ? value : undefined;
}

function read(from: object, key: string): unknown {
  const result = tryRead(from, key);
  return result.ok ? result.value : undefined;
}

function tryRead(from: object, key: string): { ok: true; value: unknown } | { ok: false } {
  try {
    return { ok: true, value: Reflect.get(from, key) as unknown };
  } catch {
    // A getter or a Proxy that throws: the error is described by what can be read of it.
    return { ok: false };
  }
}

export function clip(text: string, longest: number): string {
  return text.length <= longest ? text : `${text.slice(0, longest)}… (${text.length - longest} more characters)`;
}
