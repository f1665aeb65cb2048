import { shortcuts } from '../stores/shortcuts.ts';
import { Button } from '../ui/button.tsx';
import { Modal } from '../ui/modal.tsx';

export function HelpDialog({ onClose }: { onClose: () => void }) {
  return (
    <Modal
      title="Keyboard shortcuts"
      onClose={onClose}
      actions={
        <Button look="primary" onClick={onClose}>
          Close
        </Button>
      }
    >
      <dl>
        <dt>
          <kbd className="key">Ctrl K</kbd>
        </dt>
        <dd>Search or run a command</dd>
        {shortcuts().map(({ keys, does }) => (
          <HelpRow key={keys} keys={keys} does={does} />
        ))}
        <dt>
          <kbd className="key">Space</kbd>
        </dt>
        <dd>Play or stop the playback</dd>
      </dl>
    </Modal>
  );
}

function HelpRow({ keys, does }: { keys: string; does: string }) {
  return (
    <>
      <dt>
        <kbd className="key">{keys}</kbd>
      </dt>
      <dd>{does}</dd>
    </>
  );
}
