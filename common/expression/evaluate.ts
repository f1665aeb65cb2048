import type { Comparison, Expression, Root, Scalar } from './syntax.ts';

/** What an expression is asked of: one batch. */
export interface Subject {
  readonly items: readonly unknown[];
  /** What the batch put out; undefined where it has not succeeded, or put out nothing. */
  readonly output: unknown;
  /** What a step of it put out, by its title or its id. */
  readonly outputOf: (step: string) => unknown;
}

/** What a batch has for an expression that is no condition. */
export interface BatchValue {
  /** The most common one among its items, the first of several; undefined: none of them has it. */
  readonly value: Scalar | undefined;
  /** Whether its items have several. */
  readonly isMixed: boolean;
}

/** A list in the way of a path is looked at up to here. */
const MOST_VALUES = 1_000;
const LONGEST_TEXT = 200;

/** Whether a batch matches: if any of its items does. `all(…)` asks for all of them. */
export function matches(expression: Expression, of: Subject): boolean {
  const subject = { ...of, known: new Map<Expression, boolean>() };
  if (subject.items.length === 0) return holds(expression, subject, undefined);
  return subject.items.some(item => holds(expression, subject, item));
}

interface Asked extends Subject {
  /** What `all` and `any` come to is the same for each item: found once, it is not found again for each of many. */
  readonly known: Map<Expression, boolean>;
}

/** The value of a path for a batch. */
export function valueOf(expression: Expression, of: Subject): BatchValue {
  const subject = { ...of, known: new Map<Expression, boolean>() };
  const counts = new Map<Scalar | undefined, number>();
  const items = usesItem(expression) ? subject.items : [undefined];
  for (const item of items)
    for (const found of valuesOf(expression, subject, item)) {
      const value = scalarOf(found);
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
  let [best, most]: [Scalar | undefined, number] = [undefined, 0];
  for (const [value, count] of counts) if (count > most) [best, most] = [value, count];
  return { value: best, isMixed: counts.size > 1 };
}

function usesItem(expression: Expression): boolean {
  return expression.kind === 'path' && expression.root.from === 'item';
}

function holds(expression: Expression, subject: Asked, item: unknown): boolean {
  switch (expression.kind) {
    case 'and':
      return expression.parts.every(part => holds(part, subject, item));
    case 'or':
      return expression.parts.some(part => holds(part, subject, item));
    case 'not':
      return !holds(expression.of, subject, item);
    case 'all':
    case 'any':
      return ofItems(expression, subject);
    case 'comparison': {
      const { is, left, right } = expression;
      const others = valuesOf(right, subject, item).map(scalarOf);
      return valuesOf(left, subject, item).some(value => {
        const one = scalarOf(value);
        return others.some(other => compares(is, one, other));
      });
    }
    case 'literal':
    case 'path':
      return valuesOf(expression, subject, item).some(value => isYes(scalarOf(value)));
  }
}

function ofItems(expression: Extract<Expression, { kind: 'all' | 'any' }>, subject: Asked): boolean {
  const known = subject.known.get(expression);
  if (known !== undefined) return known;
  const isSo = (item: unknown) => holds(expression.of, subject, item);
  const answer = expression.kind === 'all' ? subject.items.every(isSo) : subject.items.some(isSo);
  subject.known.set(expression, answer);
  return answer;
}

function isYes(value: Scalar | undefined): boolean {
  return value !== undefined && value !== null && value !== false && value !== 0 && value !== '';
}

/** What is missing is null here. Only values of one kind are less or greater. */
function compares(is: Comparison, left: Scalar | undefined, right: Scalar | undefined): boolean {
  const [a, b] = [left ?? null, right ?? null];
  switch (is) {
    case '==':
      return a === b;
    case '!=':
      return a !== b;
    default: {
      const order = orderOf(a, b);
      if (order === undefined) return false;
      if (is === '<') return order < 0;
      if (is === '<=') return order <= 0;
      return is === '>' ? order > 0 : order >= 0;
    }
  }
}

function orderOf(a: Scalar, b: Scalar): number | undefined {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : Number(a > b);
  return undefined;
}

/** The values of a path: one, or one for each element of a list on its way. */
function valuesOf(expression: Expression, subject: Asked, item: unknown): readonly unknown[] {
  if (expression.kind === 'literal') return [expression.value];
  if (expression.kind !== 'path') return [holds(expression, subject, item)];
  let values: readonly unknown[] = [rootOf(expression.root, subject, item)];
  for (const key of expression.keys) values = values.flatMap(value => step(value, key)).slice(0, MOST_VALUES);
  return values;
}

function rootOf(root: Root, subject: Subject, item: unknown): unknown {
  if (root.from === 'item') return item;
  return root.from === 'output' ? subject.output : subject.outputOf(root.step);
}

/** Only what a value itself has: nothing of its prototype. */
function step(value: unknown, key: string | number): readonly unknown[] {
  if (Array.isArray(value)) {
    if (key === 'length' || typeof key === 'number') return [own(value, key)];
    return value.slice(0, MOST_VALUES).flatMap(element => (Array.isArray(element) ? [] : step(element, key)));
  }
  if (typeof value === 'string') return [key === 'length' ? value.length : undefined];
  if (value instanceof Map) return [(value as Map<unknown, unknown>).get(key)];
  return [typeof value === 'object' && value !== null ? own(value, key) : undefined];
}

function own(value: object, key: string | number): unknown {
  const found = Object.getOwnPropertyDescriptor(value, key);
  return found && 'value' in found ? (found.value as unknown) : undefined;
}

/** A value as it is compared and shown: a date as its ISO text, and what is no single value by its kind. */
function scalarOf(value: unknown): Scalar | undefined {
  switch (typeof value) {
    case 'undefined':
    case 'boolean':
      return value;
    case 'string':
      return value.length > LONGEST_TEXT ? `${value.slice(0, LONGEST_TEXT - 1)}…` : value;
    case 'number':
      return Number.isFinite(value) ? value : String(value);
    case 'bigint':
      return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : String(value);
    default:
      if (value === null) return null;
      if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
      return Array.isArray(value) ? 'a list' : 'an object';
  }
}
