import { useState } from 'react';
import { givenPayload, type GivenPayload } from '../../stores/given-payload.ts';
import { notice } from '../../stores/notice.ts';
import { toFields, toJson, type FormState, type Wrong } from '../../model/payload/form-state.ts';
import type { GroupField } from '../../model/payload/field.ts';
import { Tabs } from '../../ui/tabs.tsx';
import { useFormWords } from '../../ui/form-words.ts';
import { GroupFields } from './group-fields.tsx';

interface Props {
  readonly form: GroupField | undefined;
  readonly state: FormState;
  readonly wrong: Wrong;
  /** The payload of a run of before, which it has begun with. */
  readonly before: GivenPayload | undefined;
  /** Runs whose payload may be taken instead. */
  readonly runs: readonly number[];
  readonly isPresenting: boolean;
  readonly onChange: (state: FormState) => void;
  /** Begins again, with a payload or without. */
  readonly onRestart: (payload: GivenPayload | undefined) => void;
}

/** A payload field by field where the workflow says what it takes, with its JSON beside it; else as JSON. */
export function PayloadForm({ wrong, ...source }: Props) {
  const { state, isPresenting, onChange } = source;
  const says = useFormWords();
  return (
    <>
      <Source {...source} />
      {state.mode === 'fields' ? (
        <GroupFields
          form={state.form}
          draft={state.draft}
          path={[]}
          errors={wrong.errors}
          onChange={draft => onChange({ ...state, draft })}
        />
      ) : (
        // Who is presented to has no use for JSON: the workflow starts as it did the last time.
        !isPresenting && (
          <label className="field payload-json">
            <span>Payload</span>
            <small>JSON. Steps read it as ctx.payload.</small>
            <textarea
              value={state.text}
              spellCheck={false}
              aria-invalid={wrong.whole === undefined ? undefined : true}
              onChange={event => onChange({ mode: 'json', text: event.target.value })}
            />
          </label>
        )
      )}
      {wrong.whole !== undefined && (
        <p className="wrong" role="alert">
          {wrong.whole}
        </p>
      )}
      {wrong.errors.size > 0 && (
        <p className="visually-hidden" role="alert">
          {says.toChange(wrong.errors.size)}
        </p>
      )}
    </>
  );
}

type SourceProps = Omit<Props, 'wrong'>;

/** What the form began with, and whether it is shown as fields or as JSON. */
function Source({ form, state, before: first, runs, isPresenting, onChange, onRestart }: SourceProps) {
  const [before, setBefore] = useState(first);
  const [isUnfit, setIsUnfit] = useState(false);
  const says = useFormWords();
  const isFitting = form === undefined || before === undefined || toFields(form, before.json) !== undefined;
  const restart = (payload: GivenPayload | undefined) => {
    setBefore(payload);
    setIsUnfit(false);
    onRestart(payload);
  };
  const isOffered = isPresenting ? first !== undefined : form !== undefined || runs.length > 0;
  if (!isOffered) return null;
  return (
    <>
      <div className="payload-source">
        {isPresenting ? (
          <BeginWith
            chosen={before ? 'last' : 'new'}
            choices={[
              ['last', says.lastTime],
              ['new', says.anew],
            ]}
            onChoose={choice => restart(choice === 'last' ? first : undefined)}
          />
        ) : (
          runs.length > 0 && (
            <BeginWith
              chosen={before ? String(before.run) : 'new'}
              choices={[
                ...runs.map((run): [string, string] => [String(run), `the payload of run ${run}`]),
                ['new', form ? 'the defaults' : 'an empty payload'],
              ]}
              onChoose={choice =>
                choice === 'new' ? restart(undefined) : void givenPayload(Number(choice)).then(restart, notice)
              }
            />
          )
        )}
        {form && !isPresenting && (
          <Tabs
            label="Payload as"
            tabs={[
              { id: 'fields', title: 'Form' },
              { id: 'json', title: 'JSON' },
            ]}
            chosen={state.mode}
            onChoose={mode => {
              const next = mode === 'json' ? toJson(state) : state.mode === 'json' ? toFields(form, state.text) : state;
              setIsUnfit(next === undefined);
              if (next) onChange(next);
            }}
          />
        )}
      </div>
      {isUnfit && (
        <p className="wrong" role="alert">
          The form cannot show this JSON: it is not valid, or it has values that the form has no fields for.
        </p>
      )}
      {before && !isFitting && !isUnfit && (
        <p>The payload of run {before.run} does not fit the form as the workflow has it now. Change the JSON.</p>
      )}
    </>
  );
}

interface BeginWithProps {
  readonly chosen: string;
  readonly choices: readonly (readonly [value: string, text: string])[];
  readonly onChoose: (value: string) => void;
}

function BeginWith({ chosen, choices, onChoose }: BeginWithProps) {
  const says = useFormWords();
  return (
    <label>
      {says.beginWith}
      <select value={chosen} onChange={event => onChoose(event.target.value)}>
        {choices.map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}
