import { memberOf, type FieldErrors } from './payload-of.ts';
import type { Draft, GroupDraft } from './draft.ts';
import { pathKey, type Field, type GroupField, type Path } from './field.ts';

/** What the workflow's schema has found wrong in a payload. */
export interface Issue {
  readonly path: Path;
  readonly message: string;
}

/** Issues beside the fields they are about: the field itself, or the nearest one around it that is on screen. */
export function besideFields(
  form: GroupField,
  draft: GroupDraft,
  issues: readonly Issue[],
): { readonly errors: FieldErrors; readonly others: readonly string[] } {
  const shown = new Set(shownPaths(form, draft, []));
  const errors = new Map<string, string>();
  const others: string[] = [];
  for (const { path, message } of issues) {
    const length = lastIndexWhere(path.length, part => shown.has(pathKey(path.slice(0, part))));
    const within = path.slice(length).join('.');
    const text = within === '' ? message : `${within}: ${message}`;
    const key = pathKey(path.slice(0, length));
    if (length === 0) others.push(text);
    else errors.set(key, errors.has(key) ? `${errors.get(key)}\n${text}` : text);
  }
  return { errors, others };
}

function* shownPaths(field: Field, draft: Draft, path: Path): Generator<string> {
  yield pathKey(path);
  if (field.kind === 'group' && draft.kind === 'group')
    for (const member of field.members)
      yield* shownPaths(member.field, memberOf(draft, member.name), [...path, member.name]);
  if (field.kind === 'list' && draft.kind === 'list')
    for (const [index, element] of draft.elements.entries())
      yield* shownPaths(field.element, element, [...path, index]);
}

/** The greatest number up to `from` that fits, or 0. */
function lastIndexWhere(from: number, fits: (length: number) => boolean): number {
  let length = from;
  while (length > 0 && !fits(length)) length -= 1;
  return length;
}
