import { useState } from 'react';
import type { OpenWait, Problem } from '../../host/api/api.ts';
import { number } from '../../common/format.ts';
import { label } from '../model/shown-text.ts';
import { answerWait } from '../stores/waits.ts';
import { CodeView } from '../ui/code-view.tsx';
import { FormModal } from '../ui/form-modal.tsx';

interface Props {
  readonly run: number;
  readonly wait: OpenWait;
  readonly title: string;
  readonly approves: boolean;
  readonly onClose: () => void;
}

/** A decision, with what it is about. */
export function DecideDialog({ run, wait, title, approves, onClose }: Props) {
  const [reason, setReason] = useState('');
  const { description, payload } = wait;
  const word = approves ? 'Approve' : 'Reject';
  const send = async (): Promise<Problem | undefined> => {
    const problem = await answerWait(run, { token: wait.token, approved: approves, reason: reason.trim() });
    if (!problem) onClose();
    return problem;
  };
  return (
    <FormModal
      title={`${word}: ${title}`}
      submit={{ text: word, look: approves ? 'primary' : 'danger' }}
      isChanged={reason !== ''}
      onSubmit={send}
      onClose={onClose}
    >
      {description !== undefined && <p>{label(description, 2_000)}</p>}
      {payload && (
        <div className="field">
          <span>What it is about</span>
          <CodeView text={payload.json} language="json" label="What it is about" grow />
          {payload.truncated && <small>This is the beginning of {number(payload.size)} characters.</small>}
        </div>
      )}
      <label className="field">
        <span>Reason</span>
        <textarea
          value={reason}
          rows={3}
          maxLength={10_000}
          placeholder="Stored with the decision; the steps that follow can read it"
          onChange={event => setReason(event.target.value)}
        />
      </label>
      <p>The run goes on at once. A decision cannot be changed.</p>
    </FormModal>
  );
}
