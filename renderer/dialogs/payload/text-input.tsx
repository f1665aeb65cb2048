import { blankDraft, type Draft } from '../../model/payload/draft.ts';
import type { Field } from '../../model/payload/field.ts';
import { blankText, FieldFrame, type FieldProps } from './field-frame.tsx';

/** A text or a number in one line. */
export function TextInput(props: FieldProps<Extract<Field, { kind: 'text' | 'number' }>>) {
  const { field, draft } = props;
  const text = textOf(draft);
  const date = field.kind === 'text' && field.input === 'date' && (text === '' || /^\d{4}-\d\d-\d\d$/.test(text));
  const time = field.kind === 'text' && field.input === 'time' && (text === '' || /^\d\d:\d\d(:\d\d)?$/.test(text));
  return (
    <FieldFrame {...props}>
      {input => (
        <input
          {...input}
          // A number input would hide what it does not understand, and change it when the wheel turns.
          type={date ? 'date' : time ? 'time' : 'text'}
          step={time ? 1 : undefined}
          inputMode={field.kind === 'number' ? (field.whole ? 'numeric' : 'decimal') : undefined}
          spellCheck={false}
          autoComplete="off"
          value={text}
          placeholder={blankText(field, draft)}
          onChange={event => props.onChange(typed(field, event.target.value))}
        />
      )}
    </FieldFrame>
  );
}

export function JsonInput(props: FieldProps) {
  const { field, draft } = props;
  return (
    <FieldFrame {...props}>
      {input => (
        <textarea
          {...input}
          spellCheck={false}
          value={textOf(draft)}
          placeholder={blankText(field, draft)}
          onChange={event => props.onChange(typed(field, event.target.value))}
        />
      )}
    </FieldFrame>
  );
}

function textOf(draft: Draft): string {
  return draft.kind === 'text' ? draft.text : '';
}

/** An input that was emptied says nothing more than it did at the start. */
function typed(field: Field, text: string): Draft {
  return (text === '' ? blankDraft(field) : undefined) ?? { kind: 'text', text };
}
