import { useEffect, useState, type KeyboardEvent, type ReactNode } from 'react';
import type { Problem } from '../../host/api/api.ts';
import { setDialogIsChanged } from '../stores/actions.ts';
import { toProblem } from '../stores/notice.ts';
import { useConnection } from '../hooks/use-connection.ts';
import { Button } from './button.tsx';
import { useFormWords } from './form-words.ts';
import { Modal } from './modal.tsx';
import { ProblemText } from './problem-text.tsx';

interface FormModalProps {
  readonly title: string;
  readonly children: ReactNode;
  readonly wide?: boolean;
  readonly submit: { readonly text: string; readonly look?: 'primary' | 'danger'; readonly disabled?: boolean };
  /** Whether something was typed that would be lost. */
  readonly isChanged: boolean;
  /** Does what the dialog is for. Resolves with why it cannot be done, which is shown in the dialog. */
  readonly onSubmit: () => Promise<Problem | undefined>;
  readonly onClose: () => void;
}

/** A dialog that is filled in: Enter sends it, it says what went wrong, and it asks before it throws away what was typed. */
export function FormModal({ title, children, wide, submit, isChanged, onSubmit, onClose }: FormModalProps) {
  const [problem, setProblem] = useState<Problem>();
  const [isBusy, setIsBusy] = useState(false);
  const [isLeaving, setIsLeaving] = useState(false);
  const says = useFormWords();
  const isStale = useConnection().stale !== undefined;
  useEffect(() => {
    setDialogIsChanged(isChanged);
    return () => setDialogIsChanged(false);
  }, [isChanged]);

  const send = async () => {
    if (isBusy || isStale || submit.disabled === true) return;
    setIsLeaving(false);
    setProblem(undefined);
    setIsBusy(true);
    try {
      setProblem(await onSubmit());
    } catch (error) {
      setProblem(toProblem(error));
    } finally {
      setIsBusy(false);
    }
  };
  const leave = () => {
    if (isLeaving) setIsLeaving(false);
    else if (isChanged) setIsLeaving(true);
    else onClose();
  };
  return (
    <Modal
      title={title}
      onClose={leave}
      {...(wide !== undefined && { wide })}
      form={{
        noValidate: true,
        onSubmit: event => {
          event.preventDefault();
          void send();
        },
        onKeyDown: sendWithModifier,
      }}
      foot={problem && <ProblemText problem={problem} />}
      actions={
        isLeaving ? (
          <LeaveQuestion onStay={() => setIsLeaving(false)} onLeave={onClose} />
        ) : (
          <>
            <Button onClick={leave}>{says.cancel}</Button>
            <Button
              type="submit"
              look={submit.look ?? 'primary'}
              disabled={isBusy || isStale || submit.disabled === true}
            >
              {submit.text}
            </Button>
          </>
        )
      }
    >
      {children}
    </Modal>
  );
}

function LeaveQuestion({ onStay, onLeave }: { onStay: () => void; onLeave: () => void }) {
  const says = useFormWords();
  return (
    <>
      <p className="modal-question" role="alert">
        {says.discardQuestion}
      </p>
      <Button autoFocus onClick={onStay}>
        {says.keepEditing}
      </Button>
      <Button look="danger" onClick={onLeave}>
        {says.discard}
      </Button>
    </>
  );
}

/** In a text of several lines, Enter begins a new one. */
function sendWithModifier(event: KeyboardEvent<HTMLFormElement>): void {
  if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  event.currentTarget.requestSubmit();
}
