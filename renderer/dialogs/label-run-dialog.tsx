import { useState } from 'react';
import type { Problem, RunItem } from '../../host/api/api.ts';
import { labelRun } from '../stores/run-labels.ts';
import { FormModal } from '../ui/form-modal.tsx';

/** Another name for a run, and what a person says of it. */
export function LabelRunDialog({ run, onClose }: { run: RunItem; onClose: () => void }) {
  const [title, setTitle] = useState(run.title ?? '');
  const [note, setNote] = useState(run.note ?? '');
  const save = async (): Promise<Problem | undefined> => {
    const problem = await labelRun({ run: run.run, title, note });
    if (!problem) onClose();
    return problem;
  };
  return (
    <FormModal
      title={`Name and note of run ${run.run}`}
      submit={{ text: 'Save' }}
      isChanged={title !== (run.title ?? '') || note !== (run.note ?? '')}
      onSubmit={save}
      onClose={onClose}
    >
      <label className="field">
        <span>Name</span>
        <input
          value={title}
          maxLength={200}
          placeholder={`Run ${run.run}`}
          onChange={event => setTitle(event.target.value)}
        />
      </label>
      <label className="field">
        <span>Note</span>
        <textarea
          value={note}
          rows={4}
          maxLength={10_000}
          placeholder="What it was for, what came of it"
          onChange={event => setNote(event.target.value)}
        />
      </label>
      <p>Both are stored with the run. The filter of the list finds them.</p>
    </FormModal>
  );
}
