import { Fragment } from 'react';
import { usePresentationText } from '../hooks/use-presentation-text.ts';
import { PRESENTER_KEYS, type PresenterKey } from '../model/presentation/text.ts';
import { shortcuts } from '../stores/shortcuts.ts';
import { useStudio } from '../stores/studio.ts';
import { Button } from '../ui/button.tsx';
import { Modal } from '../ui/modal.tsx';

interface Props {
  readonly onClose: () => void;
}

/** What keys do, where they do it: in the presentation there are others, and another language. */
export function HelpDialog({ onClose }: Props) {
  return useStudio(state => state.presenting) ? (
    <PresentersHelp onClose={onClose} />
  ) : (
    <Keys
      title="Keyboard shortcuts"
      close="Close"
      onClose={onClose}
      keys={[
        ['Ctrl K', 'Search or run a command'],
        ...shortcuts().map(({ keys, does }) => [keys, does] as const),
        ['Space', 'Play or stop the playback'],
      ]}
    />
  );
}

function PresentersHelp({ onClose }: Props) {
  const { keys, close } = usePresentationText();
  const all = Object.entries(PRESENTER_KEYS) as [PresenterKey, string][];
  return <Keys title={keys.name} close={close} onClose={onClose} keys={all.map(([does, key]) => [key, keys[does]])} />;
}

function Keys({
  title,
  close,
  keys,
  onClose,
}: Props & {
  readonly title: string;
  readonly close: string;
  readonly keys: readonly (readonly [keys: string, does: string])[];
}) {
  return (
    <Modal
      title={title}
      onClose={onClose}
      actions={
        <Button look="primary" onClick={onClose}>
          {close}
        </Button>
      }
    >
      <dl>
        {keys.map(([key, does]) => (
          <Fragment key={key}>
            <dt>
              <kbd className="key">{key}</kbd>
            </dt>
            <dd>{does}</dd>
          </Fragment>
        ))}
      </dl>
    </Modal>
  );
}
