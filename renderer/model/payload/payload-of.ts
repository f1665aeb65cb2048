import { parseExactJson } from '../../../common/exact-json.ts';
import type { Draft, GroupDraft } from './draft.ts';
import { pathKey, type Field, type GroupField, type Path } from './field.ts';
import { typedNumber } from './number-text.ts';

/** What is wrong, by the key of the path of the field that it stands beside. */
export type FieldErrors = ReadonlyMap<string, string>;

/** The payload as a value: without what is wrong, which `errors` names. */
export interface Filled {
  readonly value: unknown;
  readonly errors: FieldErrors;
}

export function payloadOf(form: GroupField, draft: GroupDraft): Filled {
  const errors = new Map<string, string>();
  return { value: groupValue(form, draft, [], errors), errors };
}

function valueOf(field: Field, draft: Draft, path: Path, errors: Map<string, string>): unknown {
  const wrong = (why: string): undefined => void errors.set(pathKey(path), why);
  switch (draft.kind) {
    case 'absent':
      return field.required ? wrong('This is required.') : undefined;
    case 'none':
      return field.nullable ? null : wrong('This is required.');
    case 'choice':
      return draft.value;
    case 'text':
      return typedValue(field, draft.text, wrong);
    case 'group':
      return field.kind === 'group' ? groupValue(field, draft, path, errors) : undefined;
    case 'list':
      return field.kind === 'list'
        ? draft.elements.map((element, index) => valueOf(field.element, element, [...path, index], errors))
        : undefined;
  }
}

function groupValue({ members }: GroupField, draft: GroupDraft, path: Path, errors: Map<string, string>): object {
  const given = members.map(({ name, field }): [string, unknown] => [
    name,
    valueOf(field, memberOf(draft, name), [...path, name], errors),
  ]);
  return Object.fromEntries(given.filter(([, value]) => value !== undefined));
}

export function memberOf({ members }: GroupDraft, name: string): Draft {
  return (Object.hasOwn(members, name) ? members[name] : undefined) ?? { kind: 'absent' };
}

function typedValue(field: Field, text: string, wrong: (why: string) => undefined): unknown {
  switch (field.kind) {
    case 'number': {
      const typed = typedNumber(text, field);
      return typed.ok ? typed.value : wrong(typed.why);
    }
    case 'json':
      return jsonValue(text, wrong);
    case 'text':
      return text === '' && field.length.least !== undefined ? wrong('This is required.') : text;
    default:
      return undefined;
  }
}

function jsonValue(text: string, wrong: (why: string) => undefined): unknown {
  if (text.trim() === '') return wrong('This is required.');
  const parsed = parsedJson(text);
  return parsed.ok ? parsed.value : wrong(parsed.why);
}

export function parsedJson(
  text: string,
): { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly why: string } {
  try {
    return { ok: true, value: parseExactJson(text) };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { ok: false, why: error instanceof SyntaxError ? `This is not JSON: ${why}` : why };
  }
}
