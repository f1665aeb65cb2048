import type { SourceLocation } from '../../common/source-location.ts';
import { callSite } from './callsite.ts';
import { describeValue, HALF_A_CHARACTER, WorkflowError } from './errors.ts';
import type { NodeWords } from './nodes.ts';
import { asOptions, rejectUnknown } from './options.ts';

/* What a node is called, and what it says of itself to people. */

/** A name, or a name with a title and the like. */
export type Words = string | Readonly<Record<string, unknown>>;

/** A node that has its name, and nothing else yet. */
export type Named = { readonly id: string; readonly at: SourceLocation | undefined } & NodeWords;

const NAME_OPTIONS = ['id', 'title', 'description', 'unit', 'explain', 'label'];

/** @param locate Where the node with a name was defined */
export function named(kind: string, name: Words, locate: (id: string) => SourceLocation | undefined): Named {
  const id = typeof name === 'object' && name !== null ? name.id : name;
  if (typeof id !== 'string' || id.trim() === '') {
    throw new WorkflowError(
      `${kind}: its name is ${describeValue(id)}. Give it a name, or { id, title, description }.`,
      callSite(),
    );
  }
  if (!id.isWellFormed())
    throw new WorkflowError(
      `${kind}: its name is ${describeValue(id)}, ${HALF_A_CHARACTER}. Give it another.`,
      callSite(),
    );
  if (id === '?')
    throw new WorkflowError(
      `${kind}: its name is "?", which stands for the condition of a while. Give it another.`,
      callSite(),
    );
  const at = locate(id);
  if (typeof name === 'string') return { id, at };
  const what = `${kind} ${describeValue(id)}`;
  const given = asOptions(name, kind, at);
  rejectUnknown(given, NAME_OPTIONS, `${what}: its name`, at);
  return { id, at, ...wordsOf(given, what, at) };
}

export function wordsOf(
  given: Readonly<Record<string, unknown>>,
  what: string,
  at: SourceLocation | undefined,
): NodeWords {
  const { title, description, unit, explain, label } = given;
  for (const [key, value] of Object.entries({ title, description })) {
    if (value !== undefined && typeof value !== 'string')
      throw new WorkflowError(`${what}: ${key} is ${describeValue(value)}. It is a text.`, at);
  }
  if (
    unit !== undefined &&
    !(Array.isArray(unit) && unit.length === 2 && [...(unit as unknown[])].every(word => typeof word === 'string'))
  ) {
    throw new WorkflowError(
      `${what}: unit is ${describeValue(unit)}. It is singular and plural, such as ['film', 'films'].`,
      at,
    );
  }
  const words: { -readonly [K in keyof NodeWords]: NodeWords[K] } = {};
  if (title !== undefined) words.title = title as string;
  if (description !== undefined) words.description = description as string;
  if (unit !== undefined) words.unit = unit as [string, string];
  if (explain !== undefined) words.explain = asFunction(explain as (error: Error) => string, `${what}: explain`, at);
  if (label !== undefined) words.label = asFunction(label as (item: unknown) => unknown, `${what}: label`, at);
  return words;
}

export function asFlag(value: unknown, what: string, at: SourceLocation | undefined): boolean {
  if (typeof value === 'boolean') return value;
  throw new WorkflowError(`${what} is ${describeValue(value)}. It is true or false.`, at);
}

export function asFunction<F>(value: F, what: string, at: SourceLocation | undefined): F {
  if (typeof value === 'function') return value;
  throw new WorkflowError(`${what} is ${describeValue(value)}. It is a function.`, at);
}
