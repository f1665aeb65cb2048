import { dateAndTime } from '../../../common/format.ts';
import { openDialog } from '../../stores/actions.ts';
import { useStudio } from '../../stores/studio.ts';
import { Button } from '../../ui/button.tsx';
import './recording-bar.css';

/** Over an exported file: what it is, and that nothing can go wrong in it. */
export function RecordingBar() {
  const recording = useStudio(state => state.recording);
  const isOpenedHere = useStudio(state => state.recordingIsOpenedHere);
  if (!recording) return null;
  return (
    <section className="recording-bar" aria-label="Exported file">
      <p>
        <span aria-hidden>◉ </span>
        <b>
          Recorded {dateAndTime(recording.recordedAt)}
          {recording.hasValues ? ', with values' : ', values hidden'}
        </b>{' '}
        <span className="recording-more">Look around freely. Nothing here can run or change.</span>
      </p>
      <Button small onClick={() => openDialog({ kind: 'contents' })}>
        What is in this file?
      </Button>
      {isOpenedHere && (
        <Button small onClick={() => location.reload()}>
          Close the file
        </Button>
      )}
    </section>
  );
}
