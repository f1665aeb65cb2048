import { useState } from 'react';
import { Button } from '../ui/button.tsx';
import { Modal } from '../ui/modal.tsx';
import { openInEditor } from '../stores/actions.ts';
import { api } from '../stores/host.ts';
import { notice } from '../stores/notice.ts';
import { openWorkflow } from '../stores/open-run.ts';

/** Writes a new workflow file into the workspace and opens it. */
export function NewWorkflowDialog({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState('');
  const [wrong, setWrong] = useState<string>();
  const go = async () => {
    const outcome = await api().newWorkflow({ name });
    if (!outcome.ok) return setWrong(outcome.problem.message);
    openWorkflow(outcome.value.file, outcome.value.workflow);
    onClose();
    await openInEditor(outcome.value.file, 1);
  };
  return (
    <Modal
      title="New workflow"
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            look="primary"
            disabled={name.trim() === ''}
            onClick={() => {
              go().catch(notice);
            }}
          >
            Create
          </Button>
        </>
      }
    >
      <p>
        Creates a file with a small workflow that runs. It opens in your editor. The graph updates each time you save.
      </p>
      <label className="field">
        <span>Name</span>
        <input value={name} placeholder="Clean up the film list" onChange={event => setName(event.target.value)} />
      </label>
      {wrong && (
        <p className="wrong" role="alert">
          {wrong}
        </p>
      )}
    </Modal>
  );
}
