import type { QueuedRerun } from '../../../host/api/api.ts';
import { useNow } from '../../hooks/use-now.ts';
import { useNodeTitle } from '../../hooks/use-todays-graph.ts';
import { askedText, queuedAgo, queuedText } from '../../model/queued-text.ts';
import { askQueuedAgain, dropQueuedRerun } from '../../stores/actions.ts';
import { queuedReruns, useStudio } from '../../stores/studio.ts';
import { Button } from '../../ui/button.tsx';
import { RunButton } from '../../ui/run-button.tsx';
import './summary-list.css';
import './queued-reruns.css';

/** What was asked for while the run goes on: each can be taken back until its turn comes, or asked for again if it was refused. */
export function QueuedReruns() {
  const run = useStudio(state => state.runId);
  const queued = useStudio(queuedReruns);
  const now = useNow(queued.length > 0);
  if (run === undefined || queued.length === 0) return null;
  return (
    <ul className="summary-list queued-reruns" aria-label="Queued re-runs">
      {queued.map(rerun => (
        <Row key={rerun.id} run={run} rerun={rerun} now={now} />
      ))}
    </ul>
  );
}

function Row({ run, rerun, now }: { run: number; rerun: QueuedRerun; now: number }) {
  const titleOf = useNodeTitle();
  const text = queuedText(rerun, titleOf);
  const { id, refused } = rerun;
  return (
    <li aria-label={text}>
      <span className="queued-rerun-what" title={text}>
        <b>{text}</b> <small>{queuedAgo(rerun, now)}</small>
      </span>
      {refused && (
        <span className="queued-rerun-refused" title={refused.message}>
          {refused.isQuestion
            ? 'It did not start: the workflow has changed. Say what becomes of stored work.'
            : `It did not start: ${refused.message}`}
        </span>
      )}
      <span className="queued-rerun-actions">
        {refused && (
          <RunButton small look="danger" onClick={() => void askQueuedAgain(run, id, askedText(rerun, titleOf))}>
            {refused.isQuestion ? 'Answer…' : 'Try again…'}
          </RunButton>
        )}
        <Button small onClick={() => void dropQueuedRerun(run, id)}>
          {refused ? 'Remove' : 'Undo'}
        </Button>
      </span>
    </li>
  );
}
