import { useMemo, useState } from 'react';
import type { WorkflowRef } from '../../host/api/api.ts';
import { label } from '../model/shown-text.ts';
import { Button } from '../ui/button.tsx';
import { Modal } from '../ui/modal.tsx';
import { startRun } from '../stores/actions.ts';
import { useStudio } from '../stores/studio.ts';
import { fieldsOf, fromFields, type Field } from '../model/payload-form.ts';

/** Starts a run: its payload is asked for field by field where the workflow says what it takes, else as JSON. */
export function RunDialog({ workflow, onClose }: { workflow: WorkflowRef; onClose: () => void }) {
  const graph = useStudio(
    state =>
      state.workspace?.files
        .find(file => file.file === workflow.file)
        ?.graphs.find(({ id }) => id === workflow.workflow) ?? state.detail?.graph,
  );
  const fields = useMemo(() => fieldsOf(graph?.payload), [graph]);
  const [values, setValues] = useState<Readonly<Record<string, string>>>(() =>
    Object.fromEntries((fields ?? []).map(field => [field.name, field.initial])),
  );
  const [json, setJson] = useState('{}');
  const [wrong, setWrong] = useState<string>();
  const [busy, setBusy] = useState(false);

  const go = async () => {
    setWrong(undefined);
    const payload = fields ? fromFields(fields, values) : checked(json);
    if (!payload.ok) return setWrong(payload.why);
    setBusy(true);
    if (await startRun(workflow, payload.json)) onClose();
    else setBusy(false);
  };
  return (
    <Modal
      title={`Run ${graph?.name ?? label(workflow.workflow, 200)}`}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" disabled={busy} onClick={() => void go()}>
            Start
          </Button>
        </>
      }
    >
      {graph?.description && <p>{graph.description}</p>}
      {fields?.map(field => (
        <FieldInput
          key={field.name}
          field={field}
          value={values[field.name] ?? ''}
          onChange={value => setValues(before => ({ ...before, [field.name]: value }))}
        />
      ))}
      {!fields && (
        <label className="field">
          <span>Payload</span>
          <small>JSON. Steps read it as ctx.payload.</small>
          <textarea value={json} spellCheck={false} onChange={event => setJson(event.target.value)} />
        </label>
      )}
      {wrong && (
        <p className="wrong" role="alert">
          {wrong}
        </p>
      )}
    </Modal>
  );
}

function FieldInput({ field, value, onChange }: { field: Field; value: string; onChange: (value: string) => void }) {
  const caption = (
    <span>
      {label(field.title, 200)}
      {field.required ? '' : ' (optional)'}
    </span>
  );
  const hint = field.description && <small>{label(field.description, 2_000)}</small>;
  switch (field.kind) {
    case 'boolean':
      return (
        <label className="check">
          <input
            type="checkbox"
            checked={value === 'true'}
            onChange={event => onChange(String(event.target.checked))}
          />
          {caption}
          {hint}
        </label>
      );
    case 'choice':
      return (
        <label className="field">
          {caption}
          {hint}
          <select value={value} onChange={event => onChange(event.target.value)}>
            {!field.required && <option value="" />}
            {field.choices.map(choice => (
              <option key={choice} value={choice}>
                {label(choice, 200)}
              </option>
            ))}
          </select>
        </label>
      );
    case 'number':
      return (
        <label className="field">
          {caption}
          {hint}
          <input
            type="number"
            step={field.whole ? 1 : 'any'}
            value={value}
            onChange={event => onChange(event.target.value)}
          />
        </label>
      );
    case 'text':
      return (
        <label className="field">
          {caption}
          {hint}
          <input type={field.date ? 'date' : 'text'} value={value} onChange={event => onChange(event.target.value)} />
        </label>
      );
    case 'json':
      return (
        <label className="field">
          {caption}
          {hint}
          <textarea spellCheck={false} value={value} onChange={event => onChange(event.target.value)} />
        </label>
      );
  }
}

function checked(json: string): { ok: true; json: string } | { ok: false; why: string } {
  try {
    JSON.parse(json);
    return { ok: true, json };
  } catch (error) {
    return { ok: false, why: `The payload is not JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
}
