import { useId, type ReactNode } from 'react';
import { label } from '../../model/shown-text.ts';
import { ABSENT, NONE, type Draft } from '../../model/payload/draft.ts';
import { pathKey, type Bounds, type Field, type Path } from '../../model/payload/field.ts';
import { localTime } from '../../model/payload/moment.ts';
import { boundsText } from '../../model/payload/number-text.ts';
import type { FieldErrors } from '../../model/payload/payload-of.ts';
import { Button } from '../../ui/button.tsx';

export interface FieldProps<F extends Field = Field> {
  readonly field: F;
  readonly draft: Draft;
  readonly path: Path;
  /** What it is called here: its title, or its number in a list. */
  readonly title: string;
  readonly errors: FieldErrors;
  readonly onChange: (draft: Draft) => void;
}

/** What an input needs so that its name, its hint and its error belong to it. */
export interface InputProps {
  readonly id: string;
  readonly 'aria-describedby': string | undefined;
  readonly 'aria-invalid': boolean | undefined;
}

interface FrameProps extends FieldProps {
  /** Whether there is more than one input. */
  readonly isGroup?: boolean;
  readonly children: (input: InputProps) => ReactNode;
}

/** A field's name, hint and error, with what else may be chosen for it than to type a value. */
export function FieldFrame({ field, draft, path, title, errors, onChange, isGroup = false, children }: FrameProps) {
  const id = useId();
  const error = errors.get(pathKey(path));
  const hint = hintOf(field, draft);
  const described = [hint === '' ? '' : `${id}-hint`, error === undefined ? '' : `${id}-error`].filter(
    part => part !== '',
  );
  const name = (
    <>
      {label(title, 200)}
      {!field.required && !field.default && <small> (optional)</small>}
    </>
  );
  const content = (
    <>
      <div className="field-head">
        {isGroup ? (
          <span id={`${id}-name`}>{name}</span>
        ) : (
          <label id={`${id}-name`} htmlFor={id}>
            {name}
          </label>
        )}
        <Instead field={field} draft={draft} name={`${id}-name`} onChange={onChange} />
      </div>
      {hint !== '' && <small id={`${id}-hint`}>{hint}</small>}
      {children({
        id,
        'aria-describedby': described.length > 0 ? described.join(' ') : undefined,
        'aria-invalid': error === undefined ? undefined : true,
      })}
      {error !== undefined && (
        <p className="wrong" id={`${id}-error`}>
          {label(error, 2_000)}
        </p>
      )}
    </>
  );
  return isGroup ? (
    <div
      className="field group"
      role="group"
      aria-labelledby={`${id}-name`}
      aria-describedby={described.length > 0 ? described.join(' ') : undefined}
    >
      {content}
    </div>
  ) : (
    <div className="field">{content}</div>
  );
}

/** Left out, none, or an empty text: what cannot be typed. */
function Instead({
  field,
  draft,
  name,
  onChange,
}: Pick<FieldProps, 'field' | 'draft' | 'onChange'> & { readonly name: string }) {
  const isBlank = draft.kind === 'absent' || draft.kind === 'none';
  const choices: [text: string, draft: Draft][] = [];
  if (field.kind === 'text' && field.input === 'text' && field.length.least === undefined && isBlank)
    choices.push(['Empty text', { kind: 'text', text: '' }]);
  if (field.nullable && draft.kind !== 'none') choices.push(['None', NONE]);
  if (!field.required && draft.kind !== 'absent') choices.push(['Leave out', ABSENT]);
  if (field.kind === 'choice') return null;
  return choices.map(([text, instead]) => (
    <Button key={text} small look="quiet" aria-describedby={name} onClick={() => onChange(instead)}>
      {text}
    </Button>
  ));
}

/** What stands in an input that is empty. */
export function blankText(field: Field, draft: Draft): string {
  if (draft.kind === 'none') return 'none';
  if (draft.kind === 'text') return field.kind === 'text' ? 'empty text' : '';
  if (draft.kind !== 'absent') return '';
  return field.default ? `left out: ${JSON.stringify(field.default.value)}`.slice(0, 100) : 'left out';
}

function hintOf(field: Field, draft: Draft): string {
  const parts = [field.description === undefined ? '' : label(field.description, 2_000)];
  if (field.kind === 'number') {
    const bounds = boundsText(field);
    const kind = field.whole ? 'A whole number' : 'A number';
    if (bounds !== undefined) parts.push(`${kind}, ${bounds}.`);
  }
  if (field.kind === 'text') parts.push(lengthText(field.length, 'character', 'characters'));
  if (field.kind === 'list') parts.push(lengthText(field.length, 'entry', 'entries'));
  if (field.kind === 'json') parts.push('JSON, such as "text", 12, [1, 2] or {"name": "Ada"}.');
  if (field.kind === 'text' && field.input === 'date-time')
    parts.push(
      draft.kind === 'text' && localTime(draft.text) === undefined
        ? 'Such as 2026-01-31T09:00:00Z.'
        : `In your time zone, ${Intl.DateTimeFormat().resolvedOptions().timeZone}; it is sent in UTC.`,
    );
  const said = parts.filter(part => part !== '');
  // A description of one sentence often has no full stop.
  return said.map((part, at) => (at < said.length - 1 && !/[.!?:…]$/.test(part) ? `${part}.` : part)).join(' ');
}

function lengthText(length: Bounds, one: string, many: string): string {
  const bounds = boundsText(length);
  // That it may not be empty is said where it is.
  if (bounds === undefined || (length.most === undefined && length.least?.value === 1)) return '';
  const last = (length.most ?? length.least)?.value;
  return `${bounds[0]?.toUpperCase()}${bounds.slice(1)} ${last === 1 ? one : many}.`;
}
