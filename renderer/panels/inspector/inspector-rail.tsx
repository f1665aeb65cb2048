import { number } from '../../../common/format.ts';
import { setPanel } from '../../stores/actions.ts';
import { titledBatch } from '../../model/batch-name.ts';
import { useBatchLabel } from '../../stores/batch-labels.ts';
import { useStudio, type StudioState } from '../../stores/studio.ts';
import { PanelToggle } from '../header/panel-toggle.tsx';

/** The inspector, folded away: what it is about. */
export function InspectorRail() {
  // In a narrow window it may be open, over the views.
  const isOpen = useStudio(state => state.panels.inspector);
  const batch = useStudio(({ inspected }) =>
    inspected.kind === 'batch' && inspected.parent === undefined ? inspected : undefined,
  );
  const name = useBatchLabel(batch?.node, batch?.index);
  const about = useStudio(state => aboutWhat(state, name));
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

function aboutWhat({ runId, inspected }: StudioState, name: string | undefined): string {
  if (runId === undefined) return 'Inspector';
  if (inspected.kind === 'batch') return titledBatch(inspected.index, name);
  return inspected.kind === 'node' ? 'Step' : `Run ${number(runId)}`;
}
