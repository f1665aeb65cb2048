import { Fragment, useEffect } from 'react';
import { keptByCancel, lostByCancel } from '../model/cancel-text.ts';
import { queuedCounts } from '../model/queued-text.ts';
import { stopRun } from '../stores/actions.ts';
import { queuedReruns, useStudio } from '../stores/studio.ts';
import { Button } from '../ui/button.tsx';
import { Modal } from '../ui/modal.tsx';

/** Says what a cancel of the open run ends. The first button, which has the focus at the start, ends nothing. */
export function CancelRunDialog({ onClose }: { onClose: () => void }) {
  const run = useStudio(state => state.runId);
  const progress = useStudio(state => state.progress);
  const queued = useStudio(queuedReruns);
  const isRunning = progress?.status === 'running';
  useEffect(() => {
    // It has ended meanwhile: there is nothing left to ask.
    if (!isRunning) onClose();
  }, [isRunning, onClose]);
  if (run === undefined || !progress) return null;
  const stop = (as: 'paused' | 'cancelled') => {
    onClose();
    void stopRun(run, as);
  };
  return (
    <Modal
      title={`Cancel run ${run}?`}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Keep running</Button>
          <Button onClick={() => stop('paused')}>Pause instead</Button>
          <Button look="danger" onClick={() => stop('cancelled')}>
            Cancel the run
          </Button>
        </>
      }
    >
      <dl>
        {[...lostByCancel(progress, queuedCounts(queued).waiting), ...keptByCancel(progress)].map(({ term, text }) => (
          <Fragment key={term}>
            <dt>{term}</dt>
            <dd>{text}</dd>
          </Fragment>
        ))}
      </dl>
      <p>You can re-run the cancelled batches later. They begin at the step that was stopped.</p>
    </Modal>
  );
}
