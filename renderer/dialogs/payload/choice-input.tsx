import { label } from '../../model/shown-text.ts';
import { ABSENT, NONE, type Draft } from '../../model/payload/draft.ts';
import { pathKey, type Field, type Scalar } from '../../model/payload/field.ts';
import { useFormWords } from '../../ui/form-words.ts';
import type { FormText } from '../../model/payload/form-text.ts';
import { blankText, FieldFrame, type FieldProps, type InputProps } from './field-frame.tsx';

/** More choices, or longer ones, are a list to open. */
const MOST_RADIOS = 5;
const MOST_RADIO_CHARACTERS = 50;

interface Option {
  readonly text: string;
  readonly draft: Draft;
}

/** One of several values: a box for yes and no, radio buttons for a few choices, a list for many. */
export function ChoiceInput(props: FieldProps<Extract<Field, { kind: 'choice' }>>) {
  const { field, draft, onChange } = props;
  const says = useFormWords();
  const options = optionsOf(field, draft, says);
  if (options.length === 2 && field.choices.includes(true) && field.choices.includes(false))
    return <CheckBox {...props} />;
  const chosen = options.findIndex(option => isSame(option.draft, draft));
  const choose = (index: number) => {
    const option = options[index];
    if (option) onChange(option.draft);
  };
  const isShort =
    options.length <= MOST_RADIOS && options.reduce((sum, { text }) => sum + text.length, 0) <= MOST_RADIO_CHARACTERS;
  return (
    <FieldFrame {...props} isGroup={isShort}>
      {input =>
        isShort ? (
          <Radios input={input} options={options} chosen={chosen} onChoose={choose} />
        ) : (
          <select {...input} value={chosen} onChange={event => choose(Number(event.target.value))}>
            {options.map(({ text }, index) => (
              <option key={index} value={index}>
                {text}
              </option>
            ))}
          </select>
        )
      }
    </FieldFrame>
  );
}

function CheckBox(props: FieldProps) {
  const { draft, title, field, path, errors, onChange } = props;
  const error = errors.get(pathKey(path));
  return (
    <div className="field">
      <label className="check">
        <input
          type="checkbox"
          aria-invalid={error === undefined ? undefined : true}
          checked={draft.kind === 'choice' && draft.value === true}
          onChange={event => onChange({ kind: 'choice', value: event.target.checked })}
        />
        <span>
          {label(title, 200)}
          {field.description !== undefined && <small className="muted"> {label(field.description, 2_000)}</small>}
        </span>
      </label>
      {error !== undefined && <p className="wrong">{label(error, 2_000)}</p>}
    </div>
  );
}

function Radios({
  input,
  options,
  chosen,
  onChoose,
}: {
  input: InputProps;
  options: readonly Option[];
  chosen: number;
  onChoose: (index: number) => void;
}) {
  return (
    <div className="radios" id={input.id}>
      {options.map(({ text }, index) => (
        <label className="check" key={index}>
          <input
            type="radio"
            name={input.id}
            aria-invalid={input['aria-invalid']}
            checked={index === chosen}
            onChange={() => onChoose(index)}
          />
          {text}
        </label>
      ))}
    </div>
  );
}

function optionsOf(field: Extract<Field, { kind: 'choice' }>, draft: Draft, says: FormText): readonly Option[] {
  const values = field.choices.map((value): Option => ({
    text: choiceText(value, says),
    draft: { kind: 'choice', value },
  }));
  return [
    ...(field.required || (field.default && draft.kind !== 'absent')
      ? []
      : [{ text: blankText(field, ABSENT, says), draft: ABSENT }]),
    ...(field.nullable ? [{ text: says.blank.none, draft: NONE }] : []),
    ...values,
  ];
}

function choiceText(value: Exclude<Scalar, null>, says: FormText): string {
  if (typeof value === 'boolean') return value ? says.yes : says.no;
  return value === '' ? says.emptyChoice : label(String(value), 200);
}

function isSame(a: Draft, b: Draft): boolean {
  return a.kind === b.kind && (a.kind !== 'choice' || b.kind !== 'choice' || a.value === b.value);
}
