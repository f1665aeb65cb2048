import { useState } from 'react';
import { BATCH, bytes, counted, dateAndTime, RUN } from '../../common/format.ts';
import type { Problem, RunItem } from '../../host/api/api.ts';
import { useLoad } from '../hooks/use-load.ts';
import { label } from '../model/shown-text.ts';
import { api } from '../stores/host.ts';
import { deleteRun } from '../stores/run-labels.ts';
import { Button } from '../ui/button.tsx';
import { Modal } from '../ui/modal.tsx';
import { ProblemText } from '../ui/problem-text.tsx';

/** Says what a deletion takes away and frees. The first button, which has the focus at the start, deletes nothing. */
export function DeleteRunDialog({ run, onClose }: { run: RunItem; onClose: () => void }) {
  const [problem, setProblem] = useState<Problem>();
  const [isBusy, setIsBusy] = useState(false);
  const plan = useLoad(() => api().planDeletion({ run: run.run }), [run.run]);
  const refused = plan.state === 'loaded' && !plan.value.ok ? plan.value.problem : problem;
  const parts = plan.state === 'loaded' && plan.value.ok ? plan.value.value.parts : 0;
  const remove = async () => {
    setIsBusy(true);
    setProblem(undefined);
    const failed = await deleteRun(run.run);
    setIsBusy(false);
    if (failed) setProblem(failed);
    else onClose();
  };
  return (
    <Modal
      title={`Delete run ${run.run}${run.title === undefined ? '' : `, “${label(run.title)}”`}?`}
      onClose={onClose}
      foot={refused && <ProblemText problem={refused} />}
      actions={
        <>
          <Button onClick={onClose}>Keep it</Button>
          <Button look="danger" disabled={isBusy || refused !== undefined} onClick={() => void remove()}>
            {isBusy ? 'Deleting…' : 'Delete for good'}
          </Button>
        </>
      }
    >
      <dl>
        <dt>Run</dt>
        <dd>
          {label(run.name)}, {dateAndTime(run.startedAt)}
        </dd>
        <dt>Lost</dt>
        <dd>
          {counted(run.batches.total, BATCH)} with their items, outputs, errors, logs and state
          {run.items.setAside > 0 && ', and the items that are set aside'}
          {parts > 0 && `, and ${counted(parts, RUN)} that ${parts === 1 ? 'is' : 'are'} a part of it`}
        </dd>
        <dt>Freed</dt>
        <dd>{plan.state === 'loaded' && plan.value.ok ? freedText(plan.value.value) : '…'}</dd>
      </dl>
      <p>It cannot be undone. Links to run {run.run} say that it is gone; its number is not used again.</p>
    </Modal>
  );
}

function freedText({ bytes: size, storeBytes, givesBack }: { bytes: number; storeBytes: number; givesBack: boolean }) {
  const of = `about ${bytes(size)} of the ${bytes(storeBytes)} of the store`;
  return givesBack
    ? `${of}.`
    : `${of}, for new runs: an earlier version made it, and its file stays as large as it is.`;
}
