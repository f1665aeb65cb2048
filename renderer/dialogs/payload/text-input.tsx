import { blankDraft, type Draft } from '../../model/payload/draft.ts';
import { fromLocalTime, localTime } from '../../model/payload/moment.ts';
import type { Field } from '../../model/payload/field.ts';
import { useFormWords } from '../../ui/form-words.ts';
import { blankText, FieldFrame, type FieldProps } from './field-frame.tsx';

/** A text or a number in one line. */
export function TextInput(props: FieldProps<Extract<Field, { kind: 'text' | 'number' }>>) {
  const { field, draft } = props;
  const text = textOf(draft);
  const says = useFormWords();
  const { type, shown, given } = inputOf(field, text);
  return (
    <FieldFrame {...props}>
      {input => (
        <input
          {...input}
          type={type}
          step={type === 'time' || type === 'datetime-local' ? 1 : undefined}
          inputMode={field.kind === 'number' ? (field.whole ? 'numeric' : 'decimal') : undefined}
          spellCheck={false}
          autoComplete="off"
          value={shown}
          placeholder={blankText(field, draft, says)}
          onChange={event => props.onChange(typed(field, given(event.target.value)))}
        />
      )}
    </FieldFrame>
  );
}

interface Input {
  readonly type: 'text' | 'date' | 'time' | 'datetime-local';
  readonly shown: string;
  /** What is sent of what was typed. */
  readonly given: (typed: string) => string;
}

/** An input that helps, as long as it can show what is there. One for numbers would hide what it does not understand. */
function inputOf(field: Field, text: string): Input {
  const plain: Input = { type: 'text', shown: text, given: typed => typed };
  if (field.kind !== 'text') return plain;
  if (field.input === 'date' && /^(\d{4}-\d\d-\d\d)?$/.test(text)) return { ...plain, type: 'date' };
  if (field.input === 'time' && /^(\d\d:\d\d(:\d\d)?)?$/.test(text)) return { ...plain, type: 'time' };
  const local = field.input === 'date-time' ? localTime(text) : undefined;
  return local === undefined ? plain : { type: 'datetime-local', shown: local, given: fromLocalTime };
}

export function JsonInput(props: FieldProps) {
  const { field, draft } = props;
  const says = useFormWords();
  return (
    <FieldFrame {...props}>
      {input => (
        <textarea
          {...input}
          spellCheck={false}
          value={textOf(draft)}
          placeholder={blankText(field, draft, says)}
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
