import { NARROW } from '../../model/breakpoints.ts';
import { useMedia } from '../../hooks/use-media.ts';
import { usePageKeys } from '../../hooks/use-page-keys.ts';
import { isTyping } from '../../hooks/is-typing.ts';
import { setPanel } from '../../stores/actions.ts';
import { useStudio } from '../../stores/studio.ts';
import { Button } from '../../ui/button.tsx';
import { Inspector } from './inspector.tsx';
import './inspector-overlay.css';

/** In a narrow window the inspector lies over the views, and is closed to see what is below it. */
export function InspectorOverlay() {
  const isOpen = useStudio(state => state.panels.inspector);
  return useMedia(NARROW) && isOpen ? <Overlay /> : null;
}

function Overlay() {
  const close = () => setPanel('inspector', false);
  usePageKeys(event => {
    if (event.key !== 'Escape' || isTyping(event.target)) return;
    event.preventDefault();
    close();
  });
  return (
    <div className="inspector-overlay">
      <Inspector />
      <Button look="quiet" className="close" aria-label="Close the inspector" title="Close (Esc)" onClick={close}>
        ✕
      </Button>
    </div>
  );
}
