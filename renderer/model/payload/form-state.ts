import { emptyGroup, groupDraftOf, type GroupDraft } from './draft.ts';
import { FORM_ENGLISH } from '../presentation/form-english.ts';
import type { FormText } from './form-text.ts';
import type { GroupField } from './field.ts';
import { besideFields, type Issue } from './issue-places.ts';
import { parsedJson, payloadOf, type FieldErrors } from './payload-of.ts';

/** A payload as it is being given: in fields, or as the JSON of it all. */
export type FormState =
  | { readonly mode: 'fields'; readonly form: GroupField; readonly draft: GroupDraft }
  | { readonly mode: 'json'; readonly text: string };

/** What is wrong: beside fields, and of the whole. */
export interface Wrong {
  readonly errors: FieldErrors;
  readonly whole: string | undefined;
}

export const NOTHING_WRONG: Wrong = { errors: new Map(), whole: undefined };

/** How the form begins. @param payload JSON of a payload to begin with */
export function firstState(form: GroupField | undefined, payload: string | undefined): FormState {
  if (payload === undefined)
    return form ? { mode: 'fields', form, draft: emptyGroup(form) } : { mode: 'json', text: '{}' };
  return toFields(form, payload) ?? { mode: 'json', text: payload };
}

/** The JSON in fields; undefined where the fields do not fit it. */
export function toFields(form: GroupField | undefined, text: string): FormState | undefined {
  const parsed = parsedJson(text);
  const draft = form && parsed.ok ? groupDraftOf(form, parsed.value) : undefined;
  return form && draft ? { mode: 'fields', form, draft } : undefined;
}

/** The fields as JSON, without what is wrong in them. */
export function toJson(state: FormState): FormState {
  if (state.mode === 'json') return state;
  return { mode: 'json', text: JSON.stringify(payloadOf(state.form, state.draft).value, undefined, 2) };
}

/** The payload that is sent, or what is wrong with it. */
export function finished(
  state: FormState,
  says: FormText = FORM_ENGLISH,
): { readonly ok: true; readonly json: string } | { readonly ok: false; readonly wrong: Wrong } {
  if (state.mode === 'json') {
    const parsed = parsedJson(state.text.trim() === '' ? '{}' : state.text, says);
    return parsed.ok ? { ok: true, json: state.text } : { ok: false, wrong: { errors: new Map(), whole: parsed.why } };
  }
  const { value, errors } = payloadOf(state.form, state.draft, says);
  return errors.size === 0
    ? { ok: true, json: JSON.stringify(value) }
    : { ok: false, wrong: { errors, whole: undefined } };
}

/** What the workflow's schema has found wrong, beside the fields; undefined where it names no field. */
export function wrongOf(state: FormState, issues: readonly Issue[]): Wrong | undefined {
  if (state.mode === 'json' || issues.length === 0) return undefined;
  const { errors, others } = besideFields(state.form, state.draft, issues);
  return { errors, whole: others.length === 0 ? undefined : others.join('\n') };
}
