import { useEffect, useState } from 'react';
import type { Problem } from '../../host/api/api.ts';
import { label } from '../model/shown-text.ts';
import { Modal } from '../ui/modal.tsx';
import { Button } from '../ui/button.tsx';
import { ProblemText } from '../ui/problem-text.tsx';
import { closeDialog, openDialog } from '../stores/actions.ts';
import { toProblem } from '../stores/notice.ts';
import { studio, useStudio } from '../stores/studio.ts';
import { browseWithoutRunning, isBrowsing, questionOf, trustFolder } from '../stores/trust.ts';
import '../ui/trust.css';

/** Asks for each folder that is not trusted when it is opened, and takes the question back when it is answered elsewhere. */
export function useTrustQuestion(): void {
  const question = useStudio(questionOf);
  useEffect(() => {
    if (question !== undefined && !isBrowsing(question)) openDialog({ kind: 'trust' });
    else if (studio.getState().dialog?.kind === 'trust') closeDialog();
  }, [question]);
}

/** The question. The first button, which has the focus at the start, executes nothing. */
export function TrustDialog({ onClose }: { onClose: () => void }) {
  const question = useStudio(questionOf);
  const folder = useStudio(state => state.workspace?.folder ?? '');
  const [problem, setProblem] = useState<Problem>();
  if (question === undefined) return null;
  const browse = () => {
    browseWithoutRunning(question);
    onClose();
  };
  const trust = async () => {
    const why = await trustFolder(question);
    if (why === undefined) onClose();
    else setProblem(why);
  };
  return (
    <Modal
      title="Trust the authors of the files in this folder?"
      onClose={browse}
      foot={problem && <ProblemText problem={problem} />}
      actions={
        <>
          <Button onClick={browse}>Browse without running</Button>
          <Button
            look="primary"
            onClick={() => {
              trust().catch((error: unknown) => setProblem(toProblem(error)));
            }}
          >
            Trust and open
          </Button>
        </>
      }
    >
      <code className="trust-folder">{label(folder, 4_000)}</code>
      <p>
        Cronflow Studio executes the workflow files in this folder to draw their graphs, each time you save, with your
        full rights.
      </p>
      <p>Until then you can look at stored runs; nothing is executed.</p>
    </Modal>
  );
}
