import { dateAndTime } from '../../../common/format.ts';
import { usePresentationText } from '../../hooks/use-presentation-text.ts';
import { openDialog } from '../../stores/actions.ts';
import { useStudio } from '../../stores/studio.ts';
import { Button } from '../../ui/button.tsx';
import './recording-bar.css';

/** Over an exported file: what it is, and that nothing can go wrong in it. */
export function RecordingBar() {
  const recording = useStudio(state => state.recording);
  const isOpenedHere = useStudio(state => state.recordingIsOpenedHere);
  const { exported: text } = usePresentationText();
  if (!recording) return null;
  return (
    <section className="recording-bar" aria-label={text.name}>
      <p>
        <span aria-hidden>◉ </span>
        <b>{text.recorded(dateAndTime(recording.recordedAt), recording.hasValues)}</b>{' '}
        <span className="recording-more">{text.lookAround}</span>
      </p>
      <Button small onClick={() => openDialog({ kind: 'contents' })}>
        {text.whatIsIn}
      </Button>
      {isOpenedHere && (
        <Button small onClick={() => location.reload()}>
          {text.closeFile}
        </Button>
      )}
    </section>
  );
}
