/*
 * What a schema library finds wrong, in words: issues of Zod 3 and 4, of Valibot, and of every other library that follows
 * Standard Schema (https://standardschema.dev).
 */

/** One thing that is wrong, and where. */
export interface SchemaIssue {
  /** `.tags[0].name`; '' for the value itself. */
  readonly path: string;
  /** The same in parts: names of members, and indices in lists. */
  readonly keys: readonly (string | number)[];
  /** `expected number, received string`. */
  readonly text: string;
}

const MOST_ISSUES = 20;
const MOST_DEPTH = 3;

/** The issues in something that a schema library returned or threw; undefined where it has none. Never throws. */
export function schemaIssues(from: unknown): SchemaIssue[] | undefined {
  try {
    const issues = member(from, 'issues');
    if (!Array.isArray(issues) || issues.length === 0) return undefined;
    if (!issues.every(issue => typeof member(issue, 'message') === 'string')) return undefined;
    const told = issues.slice(0, MOST_ISSUES).map(issue => issueOf(issue, MOST_DEPTH));
    const more = issues.length - MOST_ISSUES;
    return more <= 0 ? told : [...told, { path: '', keys: [], text: `and ${more} more` }];
  } catch {
    // A proxy or a getter that throws: not what a schema library makes.
    return undefined;
  }
}

/** `email: expected string, received undefined; tags[0]: too long`. */
export function issuesText(issues: readonly SchemaIssue[]): string {
  return issues
    .map(({ path, text }) => (path === '' ? text : `${path.startsWith('.') ? path.slice(1) : path}: ${text}`))
    .join('; ');
}

function issueOf(issue: unknown, depth: number): SchemaIssue {
  const keys = keysOf(member(issue, 'path'));
  return { path: pathText(keys), keys, text: textOf(issue, depth) };
}

function textOf(issue: unknown, depth: number): string {
  const message = String(member(issue, 'message'));
  const text = expectation(issue, message) ?? message.replace(/^Invalid (?:input|type): (?=[Ee]xpected )/, '');
  const inner = depth > 0 ? innerIssues(issue, depth - 1) : '';
  return inner === '' ? text : `${text} (${inner})`;
}

/** Zod 3 says `Required` and has `expected` and `received`; Zod 4 has `expected` and says the rest in its message. */
function expectation(issue: unknown, message: string): string | undefined {
  if (member(issue, 'code') !== 'invalid_type') return undefined;
  const expected = member(issue, 'expected');
  const received = member(issue, 'received');
  const isOwnWords = !/^(?:Required|Invalid input|Expected )/.test(message);
  if (isOwnWords || typeof expected !== 'string' || typeof received !== 'string') return undefined;
  return `expected ${expected}, received ${received}`;
}

/** What each choice of a union, or the key or element of a map, has found wrong. */
function innerIssues(issue: unknown, depth: number): string {
  const said = (issues: unknown) =>
    Array.isArray(issues) ? issuesText(issues.slice(0, MOST_ISSUES).map(inner => issueOf(inner, depth))) : '';
  const choices = member(issue, 'errors') ?? member(issue, 'unionErrors');
  if (Array.isArray(choices))
    return choices
      .slice(0, MOST_ISSUES)
      .map(choice => said(Array.isArray(choice) ? choice : member(choice, 'issues')))
      .filter(text => text !== '')
      .join(', or ');
  return said(member(issue, 'issues'));
}

/** A path's part is a key, or (Standard Schema, Valibot) an object that has one. */
function keysOf(path: unknown): (string | number)[] {
  if (!Array.isArray(path)) return [];
  return path.map((part: unknown) => {
    const key = member(part, 'key') ?? part;
    return typeof key === 'number' ? key : String(key);
  });
}

function pathText(keys: readonly (string | number)[]): string {
  return keys.map(key => (typeof key === 'number' ? `[${key}]` : `.${key}`)).join('');
}

function member(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (Reflect.get(value, key) as unknown) : undefined;
}
