import { useStudio } from '../stores/studio.ts';
import { Button } from '../ui/button.tsx';
import { ContentsList } from '../ui/contents-list.tsx';
import { Modal } from '../ui/modal.tsx';

/** What the exported file that is shown has in it. */
export function ContentsDialog({ onClose }: { onClose: () => void }) {
  const recording = useStudio(state => state.recording);
  if (!recording) return null;
  return (
    <Modal
      title="What is in this file"
      wide
      onClose={onClose}
      actions={
        <Button look="primary" onClick={onClose}>
          Close
        </Button>
      }
    >
      <p>{recording.title}</p>
      <ContentsList contents={recording.contents} />
      <p className="muted">Written by Cronflow {recording.program}. Nothing in this file can run or change anything.</p>
    </Modal>
  );
}
