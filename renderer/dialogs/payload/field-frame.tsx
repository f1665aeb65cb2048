import { useId, type ReactNode } from 'react';
import { label } from '../../model/shown-text.ts';
import { ABSENT, NONE, type Draft } from '../../model/payload/draft.ts';
import { pathKey, type Bounds, type Field, type Path } from '../../model/payload/field.ts';
import { localTime } from '../../model/payload/moment.ts';
import { boundsText } from '../../model/payload/number-text.ts';
import type { FieldErrors } from '../../model/payload/payload-of.ts';
import type { FormText } from '../../model/payload/form-text.ts';
import { Button } from '../../ui/button.tsx';
import { useFormWords } from '../../ui/form-words.ts';

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
  const says = useFormWords();
  const id = useId();
  const error = errors.get(pathKey(path));
  const hint = hintOf(field, draft, says);
  const described = [hint === '' ? '' : `${id}-hint`, error === undefined ? '' : `${id}-error`].filter(
    part => part !== '',
  );
  const name = (
    <>
      {label(title, 200)}
      {!field.required && !field.default && <small> {says.optional}</small>}
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
  const says = useFormWords();
  const isBlank = draft.kind === 'absent' || draft.kind === 'none';
  const choices: [text: string, draft: Draft][] = [];
  if (field.kind === 'text' && field.input === 'text' && field.length.least === undefined && isBlank)
    choices.push([says.emptyText, { kind: 'text', text: '' }]);
  if (field.nullable && draft.kind !== 'none') choices.push([says.none, NONE]);
  if (!field.required && draft.kind !== 'absent') choices.push([says.leaveOut, ABSENT]);
  if (field.kind === 'choice') return null;
  return choices.map(([text, instead]) => (
    <Button key={text} small look="quiet" aria-describedby={name} onClick={() => onChange(instead)}>
      {text}
    </Button>
  ));
}

/** What stands in an input that is empty. */
export function blankText(field: Field, draft: Draft, { blank }: FormText): string {
  if (draft.kind === 'none') return blank.none;
  if (draft.kind === 'text') return field.kind === 'text' ? blank.empty : '';
  if (draft.kind !== 'absent') return '';
  return field.default ? blank.byDefault(JSON.stringify(field.default.value)).slice(0, 100) : blank.leftOut;
}

function hintOf(field: Field, draft: Draft, says: FormText): string {
  const parts = [field.description === undefined ? '' : label(field.description, 2_000)];
  if (field.kind === 'number') {
    const bounds = boundsText(field, says);
    if (bounds !== undefined) parts.push(says.numberHint(field.whole, bounds));
  }
  if (field.kind === 'text') parts.push(lengthText(field.length, 'characters', says));
  if (field.kind === 'list') parts.push(lengthText(field.length, 'entries', says));
  if (field.kind === 'json') parts.push(says.jsonHint);
  if (field.kind === 'text' && field.input === 'date-time')
    parts.push(
      draft.kind === 'text' && localTime(draft.text) === undefined
        ? says.momentHint
        : says.zoneHint(Intl.DateTimeFormat().resolvedOptions().timeZone),
    );
  const said = parts.filter(part => part !== '');
  // A description of one sentence often has no full stop.
  return said.map((part, at) => (at < said.length - 1 && !/[.!?:…]$/.test(part) ? `${part}.` : part)).join(' ');
}

function lengthText(length: Bounds, of: 'characters' | 'entries', says: FormText): string {
  const bounds = boundsText(length, says);
  // That it may not be empty is said where it is.
  if (bounds === undefined || (length.most === undefined && length.least?.value === 1)) return '';
  return says.lengthHint(bounds, of, (length.most ?? length.least)?.value ?? 0);
}
