import { useState } from 'react';
import type { Problem } from '../../host/api/api.ts';
import { FormModal } from '../ui/form-modal.tsx';
import { openInEditor } from '../stores/actions.ts';
import { api } from '../stores/host.ts';
import { openWorkflow } from '../stores/open-run.ts';

/** Writes a new workflow file into the workspace and opens it. */
export function NewWorkflowDialog({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState('');
  const create = async (): Promise<Problem | undefined> => {
    const outcome = await api().newWorkflow({ name });
    if (!outcome.ok) return outcome.problem;
    onClose();
    openWorkflow(outcome.value.file, outcome.value.workflow);
    await openInEditor(outcome.value.file, 1);
    return undefined;
  };
  return (
    <FormModal
      title="New workflow"
      submit={{ text: 'Create', disabled: name.trim() === '' }}
      isChanged={name !== ''}
      onSubmit={create}
      onClose={onClose}
    >
      <p>
        Creates a file with a small workflow that runs. It opens in your editor. The graph updates each time you save.
      </p>
      <label className="field">
        <span>Name</span>
        <input
          value={name}
          maxLength={80}
          placeholder="Clean up the film list"
          onChange={event => setName(event.target.value)}
        />
      </label>
    </FormModal>
  );
}
