import { useState } from 'react';
import type { GivenPayload } from '../../stores/given-payload.ts';
import { toFields, toJson, type FormState, type Wrong } from '../../model/payload/form-state.ts';
import type { GroupField } from '../../model/payload/field.ts';
import { Tabs } from '../../ui/tabs.tsx';
import { GroupFields } from './group-fields.tsx';

interface Props {
  readonly form: GroupField | undefined;
  readonly state: FormState;
  readonly wrong: Wrong;
  /** The payload of a run of before. */
  readonly before: GivenPayload | undefined;
  readonly isPresenting: boolean;
  readonly onChange: (state: FormState) => void;
  /** Begins again, with a payload or without. */
  readonly onRestart: (payload: string | undefined) => void;
}

/** A payload field by field where the workflow says what it takes, with its JSON beside it; else as JSON. */
export function PayloadForm({ form, state, wrong, before, isPresenting, onChange, onRestart }: Props) {
  return (
    <>
      <Source form={form} state={state} before={before} isPresenting={isPresenting} {...{ onChange, onRestart }} />
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
          {wrong.errors.size === 1 ? '1 field needs a change.' : `${wrong.errors.size} fields need a change.`}
        </p>
      )}
    </>
  );
}

type SourceProps = Omit<Props, 'wrong'>;

/** What the form began with, and whether it is shown as fields or as JSON. */
function Source({ form, state, before, isPresenting, onChange, onRestart }: SourceProps) {
  const [from, setFrom] = useState<'before' | 'new'>('before');
  const [isUnfit, setIsUnfit] = useState(false);
  const isFitting = form === undefined || before === undefined || toFields(form, before.json) !== undefined;
  const restart = (source: 'before' | 'new') => {
    setFrom(source);
    setIsUnfit(false);
    onRestart(source === 'before' ? before?.json : undefined);
  };
  if (!before && (!form || isPresenting)) return null;
  return (
    <>
      <div className="payload-source">
        {before && (
          <label>
            Begin with
            <select value={from} onChange={event => restart(event.target.value === 'before' ? 'before' : 'new')}>
              <option value="before">
                {isPresenting ? 'what was given last time' : `the payload of run ${before.run}`}
              </option>
              <option value="new">{isPresenting ? 'an empty form' : form ? 'the defaults' : 'an empty payload'}</option>
            </select>
          </label>
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
      {from === 'before' && before && !isFitting && !isUnfit && (
        <p>The payload of run {before.run} does not fit the form as the workflow has it now. Change the JSON.</p>
      )}
    </>
  );
}
