import type { Field, GroupField, Scalar } from './field.ts';

/** What a person has given for a field so far. A number and JSON are the text that was typed, until the form is sent. */
export type Draft =
  /** Left out of the payload. */
  | { readonly kind: 'absent' }
  /** null */
  | { readonly kind: 'none' }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'choice'; readonly value: Exclude<Scalar, null> }
  | { readonly kind: 'group'; readonly members: Readonly<Record<string, Draft>> }
  | { readonly kind: 'list'; readonly elements: readonly Draft[] };

export type GroupDraft = Extract<Draft, { kind: 'group' }>;

export const ABSENT: Draft = { kind: 'absent' };
export const NONE: Draft = { kind: 'none' };

/** How the form begins where nothing is known but the schema. What it shows is what it sends. */
export function emptyDraft(field: Field): Draft {
  const given = field.default && draftOf(field, field.default.value);
  if (given) return given;
  return blankDraft(field) ?? startedDraft(field);
}

export function emptyGroup({ members }: GroupField): GroupDraft {
  return {
    kind: 'group',
    members: Object.fromEntries(members.map(({ name, field }) => [name, emptyDraft(field)])),
  };
}

/** What an empty input means: left out where that may be, else none; undefined where something must be given. */
export function blankDraft(field: Field): Draft | undefined {
  if (!field.required) return ABSENT;
  return field.nullable ? NONE : undefined;
}

/** How a field begins once a person wants to give it. */
export function startedDraft(field: Field): Draft {
  switch (field.kind) {
    case 'text':
    case 'number':
    case 'json':
      return { kind: 'text', text: '' };
    case 'choice': {
      // A yes or no that must be given is a box without a mark; of other choices the first is marked.
      const value = field.choices.includes(false) ? false : field.choices[0];
      return value === undefined ? NONE : { kind: 'choice', value };
    }
    case 'group':
      return emptyGroup(field);
    case 'list':
      return { kind: 'list', elements: [] };
  }
}

/** A value as the form shows it; undefined where the form has no place for it, or for a part of it. */
export function draftOf(field: Field, value: unknown): Draft | undefined {
  // Left out, a field has its default, which is shown.
  if (value === undefined) return field.required ? undefined : emptyDraft(field);
  if (field.kind === 'json') return { kind: 'text', text: JSON.stringify(value, undefined, 2) };
  if (value === null) return field.nullable ? NONE : undefined;
  switch (field.kind) {
    case 'text':
      return typeof value === 'string' && !/[\n\r]/.test(value) ? { kind: 'text', text: value } : undefined;
    case 'number':
      return typeof value === 'number' ? { kind: 'text', text: String(value) } : undefined;
    case 'choice':
      return isChoiceOf(field.choices, value) ? { kind: 'choice', value } : undefined;
    case 'group':
      return groupDraftOf(field, value);
    case 'list': {
      if (!Array.isArray(value)) return undefined;
      const elements = value.map(element => draftOf(field.element, element));
      return elements.every(element => element !== undefined) ? { kind: 'list', elements } : undefined;
    }
  }
}

export function groupDraftOf({ members }: GroupField, value: unknown): GroupDraft | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const known = new Set(members.map(({ name }) => name));
  if (Object.keys(value).some(key => !known.has(key))) return undefined;
  const drafts: [string, Draft][] = [];
  for (const { name, field } of members) {
    const draft = draftOf(field, Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined);
    if (!draft) return undefined;
    drafts.push([name, draft]);
  }
  return { kind: 'group', members: Object.fromEntries(drafts) };
}

function isChoiceOf(choices: readonly Exclude<Scalar, null>[], value: unknown): value is Exclude<Scalar, null> {
  return choices.some(choice => choice === value);
}
