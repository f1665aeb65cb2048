import { useEffect } from 'react';
import { counted, BATCH } from '../../common/format.ts';
import { isOver } from '../../common/run-workers.ts';
import { workerName } from '../model/workers/worker-groups.ts';
import { useStudio } from '../stores/studio.ts';
import { drainWorker, useWorkers } from '../stores/workers.ts';
import { Button } from '../ui/button.tsx';
import { Modal } from '../ui/modal.tsx';

/** Says what becomes of a worker, of what it has, and of the run, before it is drained. */
export function DrainWorkerDialog({ worker, onClose }: { worker: number; onClose: () => void }) {
  const run = useStudio(state => state.runId);
  const workers = useWorkers();
  const found = workers.find(other => other.worker === worker);
  const isWorking = found?.status === 'working';
  useEffect(() => {
    // It is over, or somebody else has drained it: there is nothing left to ask.
    if (!isWorking) onClose();
  }, [isWorking, onClose]);
  if (run === undefined || !found) return null;
  const others = workers.filter(
    other => other !== found && !isOver(other.status) && other.status !== 'draining',
  ).length;
  const isOwn = found.address === undefined;
  const isLast = isOwn && others === 0;
  return (
    <Modal
      title={`Drain ${workerName(workers, worker)}?`}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Keep it</Button>
          <Button
            look="primary"
            disabled={isLast}
            onClick={() => {
              onClose();
              void drainWorker(run, worker);
            }}
          >
            Drain it
          </Button>
        </>
      }
    >
      <dl>
        <dt>What it has</dt>
        <dd>
          {found.inFlight > 0
            ? `It finishes the ${counted(found.inFlight, BATCH)} that it has. Nothing is cut off.`
            : 'It has no batches at the moment.'}
        </dd>
        <dt>Then</dt>
        <dd>
          {isOwn
            ? 'Its process ends, and no other is started in its place.'
            : 'It gets no more batches of this run. It stays there for other runs.'}
        </dd>
        <dt>The run</dt>
        <dd>{restText(others, isLast)}</dd>
      </dl>
      {!isLast && <p>A resume or a re-run begins with all workers again.</p>}
    </Modal>
  );
}

function restText(others: number, isLast: boolean): string {
  if (isLast) return 'It is the only worker: without it, the run would not go on. To end it, pause or cancel the run.';
  if (others === 0) return 'It waits until there is another worker with its code.';
  return others === 1 ? 'It goes on with the other worker.' : `It goes on with the other ${others} workers.`;
}
