import { useState } from 'react';
import type { OpenWait } from '../../../host/api/api.ts';
import { usePresentationText } from '../../hooks/use-presentation-text.ts';
import { useOpenWaits } from '../../hooks/use-open-waits.ts';
import { useNodeTitle } from '../../hooks/use-todays-graph.ts';
import { payOff } from '../../model/presentation/pay-off.ts';
import { label } from '../../model/shown-text.ts';
import { notice } from '../../stores/notice.ts';
import { useStudio } from '../../stores/studio.ts';
import { answerWait } from '../../stores/waits.ts';
import { Button } from '../../ui/button.tsx';
import { RunButton } from '../../ui/run-button.tsx';

/** One can be read from the back of a room; the others come when it is decided. */
const MOST_SHOWN = 1;

/** What people have to decide before the run goes on, and the buttons for it. */
export function Decisions() {
  const text = usePresentationText();
  const run = useStudio(state => state.runId);
  const asked = useOpenWaits().waits.filter(({ kind }) => kind === 'humanInTheLoop');
  if (run === undefined || asked.length === 0) return null;
  return (
    <ul className="present-decisions" aria-label={text.decisions}>
      {asked.slice(0, MOST_SHOWN).map(wait => (
        <Decision key={wait.token} run={run} wait={wait} />
      ))}
    </ul>
  );
}

function Decision({ run, wait }: { run: number; wait: OpenWait }) {
  const text = usePresentationText();
  const titleOf = useNodeTitle();
  const [isBusy, setIsBusy] = useState(false);
  const { token, path, batch, description, payload } = wait;
  const figures = payload ? payOff(payload.json, text.wording) : [];
  const decide = async (approved: boolean) => {
    setIsBusy(true);
    const problem = await answerWait(run, { token, approved });
    if (!problem) return;
    setIsBusy(false);
    notice(problem);
  };
  return (
    <li>
      <b>
        {label(description ?? titleOf(path), 200)}
        {batch !== undefined && ` · ${label(batch, 60)}`}
      </b>
      {figures.length > 0 && (
        <dl>
          {figures.map(({ label: name, value }, index) => (
            <div key={name ?? index}>
              {name !== undefined && <dt>{label(name)}</dt>}
              <dd>{label(value)}</dd>
            </div>
          ))}
        </dl>
      )}
      <span className="present-decide">
        <RunButton look="primary" disabled={isBusy} onClick={() => void decide(true)}>
          {text.approve}
        </RunButton>
        <Button disabled={isBusy} onClick={() => void decide(false)}>
          {text.reject}
        </Button>
      </span>
    </li>
  );
}
