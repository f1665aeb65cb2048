import { number } from '../../../common/format.ts';
import { interruptedText, resumingText } from '../../model/interrupted-text.ts';
import { label } from '../../model/shown-text.ts';
import { dismissInterrupted, resumeInterrupted, setResumesByItself, stopResuming } from '../../stores/interrupted.ts';
import { openRun } from '../../stores/open-run.ts';
import { useStudio } from '../../stores/studio.ts';
import { questionOf } from '../../stores/trust.ts';
import { Button } from '../../ui/button.tsx';
import { Glyph } from '../../ui/glyph.tsx';
import './interrupted-bar.css';

/** More names do not fit in a line. */
const MOST_NAMED = 3;

/** After a start: the runs that were interrupted before, and their resume as one action. */
export function InterruptedBar() {
  const interrupted = useStudio(state => state.interrupted);
  const isTrusted = useStudio(questionOf) === undefined;
  if (!interrupted) return null;
  const { runs, resuming, resumesByItself } = interrupted;
  if (runs.length === 0 && !resuming) return null;
  const isGoingOn = resuming?.state === 'going on' || resuming?.state === 'stopping';
  const isDone = resuming?.state === 'done' && runs.length === 0;
  return (
    <section className="interrupted-bar" data-done={isDone || undefined} aria-label="Interrupted runs">
      <p>
        <Glyph status={isDone ? 'completed' : 'interrupted'} />{' '}
        <b role="status">{resuming ? resumingText(resuming) : interruptedText(runs.length)}</b>
        {!isGoingOn && <Names runs={runs} />}
      </p>
      {resuming?.refused.map(({ run, message }) => (
        <p key={run} className="interrupted-refused">
          <RunButton run={run} /> {message}
        </p>
      ))}
      {isTrusted && (
        <label>
          <input
            type="checkbox"
            checked={resumesByItself}
            onChange={({ target }) => void setResumesByItself(target.checked)}
          />{' '}
          Resume by itself next time
        </label>
      )}
      {isGoingOn ? (
        <Button small disabled={resuming.state === 'stopping'} onClick={() => void stopResuming()}>
          Stop
        </Button>
      ) : (
        <>
          {isTrusted && runs.length > 0 && (
            <Button small onClick={() => void resumeInterrupted()}>
              {runs.length === 1 ? 'Resume it' : `Resume all ${number(runs.length)}`}
            </Button>
          )}
          <Button small look="quiet" onClick={() => void dismissInterrupted()}>
            {isDone ? 'Close' : 'Dismiss'}
          </Button>
        </>
      )}
    </section>
  );
}

function Names({ runs }: { runs: readonly { readonly run: number; readonly name: string }[] }) {
  const others = runs.length - MOST_NAMED;
  return (
    <span className="interrupted-names">
      {runs.slice(0, MOST_NAMED).map(({ run, name }) => (
        <RunButton key={run} run={run} name={name} />
      ))}
      {others > 0 && <span className="muted">and {number(others)} more</span>}
    </span>
  );
}

function RunButton({ run, name }: { run: number; name?: string }) {
  return (
    <button type="button" className="link" onClick={() => void openRun(run)}>
      Run {run}
      {name === undefined ? '' : ` ${label(name)}`}
    </button>
  );
}
