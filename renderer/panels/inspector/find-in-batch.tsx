import { unitOf } from '../../../common/graph-nodes.ts';
import { counted } from '../../../common/format.ts';
import { searchNotes, searchText } from '../../model/items/at-fault.ts';
import { findItems, stopFinding } from '../../stores/items.ts';
import { useStudio } from '../../stores/studio.ts';
import { Button } from '../../ui/button.tsx';
import { DebugButton } from './debug-button.tsx';
import { RunButton } from '../../ui/run-button.tsx';

/** Of a failed batch: which of its items are at fault, or the way to find out. */
export function FindInBatch({ path, index, scope }: { path: string; index: number; scope: number }) {
  const graph = useStudio(state => state.detail?.graph);
  const findings = useStudio(state => state.findings);
  const search = useStudio(state => state.search);
  if (!graph || !findings) return null;
  const unit = unitOf(graph, path);
  if (search && search.state !== 'ended')
    return (
      <p className="find-in-batch" role="status">
        <span className="muted">{searchText(search)}</span>
        <Button small onClick={stopFinding} disabled={search.state === 'stopping'}>
          Stop
        </Button>
      </p>
    );
  const items = findings.items.filter(item => item.scope === scope);
  const notes = searchNotes(
    findings.searches.filter(searched => searched.path === path && searched.batch === index),
    unit,
  );
  const known = [...(items.length > 0 ? [`${counted(items.length, unit)} at fault.`] : []), ...notes];
  return (
    <p className="find-in-batch">
      {known.length > 0 && <span className="muted">{known.join(' ')}</span>}
      <span>
        <RunButton small onClick={() => void findItems({ node: path, batches: [index] })}>
          {known.length > 0 ? 'Find them again' : 'Find the items at fault'}
        </RunButton>
        <DebugButton node={path} batch={index} scope={scope} />
      </span>
    </p>
  );
}
