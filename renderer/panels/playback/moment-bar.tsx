import { clock, duration } from '../../../common/format.ts';
import { statusWord } from '../../../common/status.ts';
import { currentLink } from '../../stores/link.ts';
import { backToNow } from '../../stores/past.ts';
import { shownPast } from '../../stores/shown.ts';
import { useStudio } from '../../stores/studio.ts';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import './playback.css';

/** Above the views while they show an earlier moment: which one, and the way back. */
export function MomentBar() {
  const past = useStudio(shownPast);
  if (!past) return null;
  const { at, history, progress } = past;
  return (
    <section className="moment-bar" aria-label="Moment of the run">
      <p>
        <span aria-hidden>◷ </span>
        <b>
          The run as it was at <span className="numbers">{duration(at)}</span>
        </b>{' '}
        <span className="muted numbers">
          {clock(history.from + at)} · {statusWord(progress.status)}
        </span>
      </p>
      <p className="muted">
        {history.untold.length > 0 && 'Its steps are shown as they are now: there are too many to play back. '}
        The inspector, logs and actions are about now.
      </p>
      <span>
        <CopyButton text={currentLink}>Copy link to this moment</CopyButton>
        <Button small shortcut="N" onClick={backToNow}>
          Back to now
        </Button>
      </span>
    </section>
  );
}
