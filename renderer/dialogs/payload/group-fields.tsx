import { emptyDraft, startedDraft, type Draft, type GroupDraft } from '../../model/payload/draft.ts';
import { pathKey, type Field, type GroupField, type ListField, type Path } from '../../model/payload/field.ts';
import { memberOf, type FieldErrors } from '../../model/payload/payload-of.ts';
import { Button } from '../../ui/button.tsx';
import { useFormWords } from '../../ui/form-words.ts';
import { ChoiceInput } from './choice-input.tsx';
import { blankText, FieldFrame, type FieldProps } from './field-frame.tsx';
import { JsonInput, TextInput } from './text-input.tsx';
import './payload.css';

interface GroupProps {
  readonly form: GroupField;
  readonly draft: GroupDraft;
  readonly path: Path;
  readonly errors: FieldErrors;
  readonly onChange: (draft: GroupDraft) => void;
}

/** The fields of an object, one below the other. */
export function GroupFields({ form, draft, path, errors, onChange }: GroupProps) {
  const change = (name: string, member: Draft) =>
    onChange({
      kind: 'group',
      // Not by spreading: a member may be called __proto__.
      members: Object.fromEntries([
        ...Object.entries(draft.members).filter(([other]) => other !== name),
        [name, member],
      ]),
    });
  return form.members.map(({ name, field }) => (
    <FieldInput
      key={pathKey([name])}
      field={field}
      draft={memberOf(draft, name)}
      path={[...path, name]}
      title={field.title}
      errors={errors}
      onChange={member => change(name, member)}
    />
  ));
}

/** The input of one field, whatever its kind. */
function FieldInput(props: FieldProps) {
  const { field } = props;
  switch (field.kind) {
    case 'text':
    case 'number':
      return <TextInput {...props} field={field} />;
    case 'json':
      return <JsonInput {...props} />;
    case 'choice':
      return <ChoiceInput {...props} field={field} />;
    case 'group':
    case 'list':
      return <Nested {...props} field={field} />;
  }
}

function Nested(props: FieldProps<Extract<Field, { kind: 'group' | 'list' }>>) {
  const { field, draft, onChange } = props;
  const says = useFormWords();
  return (
    <FieldFrame {...props} isGroup>
      {input =>
        field.kind === 'group' && draft.kind === 'group' ? (
          <GroupFields form={field} draft={draft} path={props.path} errors={props.errors} onChange={onChange} />
        ) : field.kind === 'list' && draft.kind === 'list' ? (
          <Elements {...props} field={field} elements={draft.elements} name={`${input.id}-name`} />
        ) : (
          <p className="field-blank">
            {blankText(field, draft, says)}
            <Button small aria-describedby={`${input.id}-name`} onClick={() => onChange(startedDraft(field))}>
              {says.giveValue}
            </Button>
          </p>
        )
      }
    </FieldFrame>
  );
}

function Elements({
  field,
  elements,
  path,
  title,
  errors,
  name,
  onChange,
}: FieldProps<ListField> & { readonly elements: readonly Draft[]; readonly name: string }) {
  const says = useFormWords();
  const change = (changed: readonly Draft[]) => onChange({ kind: 'list', elements: changed });
  return (
    <>
      {elements.map((element, index) => (
        <div className="field-element" key={index}>
          <FieldInput
            field={field.element}
            draft={element}
            path={[...path, index]}
            title={`${title} ${index + 1}`}
            errors={errors}
            onChange={draft => change(elements.with(index, draft))}
          />
          <Button
            small
            look="quiet"
            aria-label={says.remove(index + 1)}
            aria-describedby={name}
            onClick={() => change(elements.toSpliced(index, 1))}
          >
            ✕
          </Button>
        </div>
      ))}
      <p>
        <Button small aria-describedby={name} onClick={() => change([...elements, emptyDraft(field.element)])}>
          {says.add}
        </Button>
      </p>
    </>
  );
}
