import { usePresentationText } from '../hooks/use-presentation-text.ts';
import { useStudio } from '../stores/studio.ts';
import { Button } from '../ui/button.tsx';
import { ContentsList } from '../ui/contents-list.tsx';
import { Modal } from '../ui/modal.tsx';

/** What the exported file that is shown has in it. */
export function ContentsDialog({ onClose }: { onClose: () => void }) {
  const recording = useStudio(state => state.recording);
  const { exported: text, close } = usePresentationText();
  if (!recording) return null;
  return (
    <Modal
      title={text.contents}
      wide
      onClose={onClose}
      actions={
        <Button look="primary" onClick={onClose}>
          {close}
        </Button>
      }
    >
      <p>{recording.title}</p>
      <ContentsList contents={recording.contents} />
      <p className="muted">{text.writtenBy(recording.program)}</p>
    </Modal>
  );
}
