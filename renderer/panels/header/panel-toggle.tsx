import { togglePanel } from '../../stores/actions.ts';
import { useStudio, type SidePanel } from '../../stores/studio.ts';
import { Button } from '../../ui/button.tsx';

const NAMES: Readonly<Record<SidePanel, string>> = {
  sidebar: 'Panel of workflows and runs',
  inspector: 'Inspector panel',
  drawer: 'Panel of problems, logs and playback',
};

/** As in the list of shortcuts. */
const KEYS: Readonly<Record<SidePanel, string>> = { sidebar: 'W', inspector: 'I', drawer: 'D' };

/** Folds a panel away, and brings it back. @param sign On the rail of the panel, instead of its picture */
export function PanelToggle({ panel, sign }: { panel: SidePanel; sign?: string }) {
  const isOpen = useStudio(state => state.panels[panel]);
  return (
    <Button
      look="quiet"
      className="panel-toggle"
      // Two buttons of one name would be told apart by nobody.
      aria-label={sign === undefined ? NAMES[panel] : `${isOpen ? 'Hide' : 'Show'}: ${NAMES[panel]}`}
      aria-pressed={sign === undefined ? isOpen : undefined}
      aria-keyshortcuts={KEYS[panel]}
      title={`${isOpen ? 'Hide' : 'Show'}: ${NAMES[panel]} (${KEYS[panel]})`}
      onClick={() => togglePanel(panel)}
    >
      {sign === undefined ? <i className={`panel-icon ${panel}`} aria-hidden /> : <span aria-hidden>{sign}</span>}
    </Button>
  );
}
