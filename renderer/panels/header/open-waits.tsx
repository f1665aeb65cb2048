import type { OpenWait } from '../../../host/api/api.ts';
import { ago, number } from '../../../common/format.ts';
import { useNow } from '../../hooks/use-now.ts';
import { useOpenWaits } from '../../hooks/use-open-waits.ts';
import { useNodeTitle } from '../../hooks/use-todays-graph.ts';
import { label } from '../../model/shown-text.ts';
import { untilText } from '../../model/wait-text.ts';
import { openDialog } from '../../stores/actions.ts';
import { useStudio } from '../../stores/studio.ts';
import { RunButton } from '../../ui/run-button.tsx';
import './summary-list.css';
import './open-waits.css';

/** What the run waits for that only a person or an event brings. */
export function OpenWaits() {
  const run = useStudio(state => state.runId);
  const { waits, total } = useOpenWaits();
  const now = useNow(waits.length > 0);
  if (run === undefined || waits.length === 0) return null;
  return (
    <ul className="summary-list open-waits" aria-label="What the run waits for">
      {waits.map(wait => (
        <Row key={wait.token} run={run} wait={wait} now={now} />
      ))}
      {total > waits.length && <li className="open-waits-more">… and {number(total - waits.length)} more</li>}
    </ul>
  );
}

function Row({ run, wait, now }: { run: number; wait: OpenWait; now: number }) {
  const titleOf = useNodeTitle();
  const title = `${titleOf(wait.path)}${wait.batch === undefined ? '' : ` · ${label(wait.batch, 60)}`}`;
  const { kind, event, description, payload, since } = wait;
  return (
    <li aria-label={title}>
      <span className="open-wait-what">
        <b>{title}</b>{' '}
        <small>
          {ago(since, now)} · {untilText(wait, now)}
        </small>
        {kind === 'waitForEvent' && event !== undefined && (
          <span className="open-wait-description">
            It goes on with the event <code>{label(event, 100)}</code>, which <code>cronflow publish</code> or a program
            brings.
          </span>
        )}
        {kind === 'humanInTheLoop' && description !== undefined && (
          <span className="open-wait-description">{label(description, 500)}</span>
        )}
        {payload !== undefined && (
          <code className="open-wait-payload" title="Press Approve… or Reject… to see all of it">
            {label(payload.json.replaceAll(/\s+/g, ' '), 300)}
          </code>
        )}
      </span>
      {kind === 'humanInTheLoop' && (
        <span className="open-wait-actions">
          <RunButton small onClick={() => openDialog({ kind: 'decide', run, wait, title, approves: false })}>
            Reject…
          </RunButton>
          <RunButton
            small
            look="primary"
            onClick={() => openDialog({ kind: 'decide', run, wait, title, approves: true })}
          >
            Approve…
          </RunButton>
        </span>
      )}
    </li>
  );
}
