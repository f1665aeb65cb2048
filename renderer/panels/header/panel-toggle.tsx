import { setPanel } from '../../stores/actions.ts';
import { useStudio, type SidePanel } from '../../stores/studio.ts';
import { Button } from '../../ui/button.tsx';

const NAMES: Readonly<Record<SidePanel, string>> = {
  sidebar: 'Panel of workflows and runs',
  inspector: 'Inspector panel',
  drawer: 'Panel of problems, logs and playback',
};

/** Folds a panel away, and brings it back. */
export function PanelToggle({ panel }: { panel: SidePanel }) {
  const isOpen = useStudio(state => state.panels[panel]);
  return (
    <Button
      look="quiet"
      className="panel-toggle"
      aria-label={NAMES[panel]}
      aria-pressed={isOpen}
      title={`${isOpen ? 'Hide' : 'Show'}: ${NAMES[panel]}`}
      onClick={() => setPanel(panel, !isOpen)}
    >
      <i className={`panel-icon ${panel}`} aria-hidden />
    </Button>
  );
}
