import { parseExactJson } from '../../../common/exact-json.ts';
import { FORM_ENGLISH } from '../presentation/form-english.ts';
import type { FormText } from './form-text.ts';
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

export function payloadOf(form: GroupField, draft: GroupDraft, says: FormText = FORM_ENGLISH): Filled {
  const errors = new Map<string, string>();
  return { value: groupValue(form, draft, { path: [], errors, says }), errors };
}

/** Where it stands, and what is said of it. */
interface At {
  readonly path: Path;
  readonly errors: Map<string, string>;
  readonly says: FormText;
}

function valueOf(field: Field, draft: Draft, at: At): unknown {
  const { path, errors, says } = at;
  const wrong = (why: string): undefined => void errors.set(pathKey(path), why);
  switch (draft.kind) {
    case 'absent':
      return field.required ? wrong(says.required) : undefined;
    case 'none':
      return field.nullable ? null : wrong(says.required);
    case 'choice':
      return draft.value;
    case 'text':
      return typedValue(field, draft.text, says, wrong);
    case 'group':
      return field.kind === 'group' ? groupValue(field, draft, at) : undefined;
    case 'list':
      return field.kind === 'list'
        ? draft.elements.map((element, index) => valueOf(field.element, element, { ...at, path: [...path, index] }))
        : undefined;
  }
}

function groupValue({ members }: GroupField, draft: GroupDraft, at: At): object {
  const given = members.map(({ name, field }): [string, unknown] => [
    name,
    valueOf(field, memberOf(draft, name), { ...at, path: [...at.path, name] }),
  ]);
  return Object.fromEntries(given.filter(([, value]) => value !== undefined));
}

export function memberOf({ members }: GroupDraft, name: string): Draft {
  return (Object.hasOwn(members, name) ? members[name] : undefined) ?? { kind: 'absent' };
}

function typedValue(field: Field, text: string, says: FormText, wrong: (why: string) => undefined): unknown {
  switch (field.kind) {
    case 'number': {
      const typed = typedNumber(text, field, says);
      return typed.ok ? typed.value : wrong(typed.why);
    }
    case 'json':
      return jsonValue(text, says, wrong);
    case 'text':
      return text === '' && field.length.least !== undefined ? wrong(says.required) : text;
    default:
      return undefined;
  }
}

function jsonValue(text: string, says: FormText, wrong: (why: string) => undefined): unknown {
  if (text.trim() === '') return wrong(says.required);
  const parsed = parsedJson(text, says);
  return parsed.ok ? parsed.value : wrong(parsed.why);
}

export function parsedJson(
  text: string,
  says: FormText = FORM_ENGLISH,
): { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly why: string } {
  try {
    return { ok: true, value: parseExactJson(text) };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { ok: false, why: error instanceof SyntaxError ? says.notJson(why) : why };
  }
}
