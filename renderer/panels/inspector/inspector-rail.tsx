import { number } from '../../../common/format.ts';
import { setPanel } from '../../stores/actions.ts';
import { useStudio, type StudioState } from '../../stores/studio.ts';
import { PanelToggle } from '../header/panel-toggle.tsx';

/** The inspector, folded away: what it is about. */
export function InspectorRail() {
  // In a narrow window it may be open, over the views.
  const isOpen = useStudio(state => state.panels.inspector);
  const about = useStudio(aboutWhat);
  return (
    <aside className="rail" aria-label="Inspector, folded away">
      <PanelToggle panel="inspector" sign={isOpen ? '»' : '«'} />
      <button
        type="button"
        className="upright"
        aria-label={`Open the inspector: ${about}`}
        onClick={() => setPanel('inspector', true)}
      >
        {about}
      </button>
    </aside>
  );
}

function aboutWhat({ runId, inspected }: StudioState): string {
  if (runId === undefined) return 'Inspector';
  if (inspected.kind === 'batch') return `Batch ${number(inspected.index)}`;
  return inspected.kind === 'node' ? 'Step' : `Run ${number(runId)}`;
}
