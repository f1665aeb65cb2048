import { askToRerun, goToFailed, openDialog, openInEditor, present, show, togglePanel } from './actions.ts';
import { batchName } from '../model/batch-name.ts';
import { offersOf } from '../model/selection-text.ts';
import { notice } from './notice.ts';
import { backToNow, changeSpeed, goToMarker } from './past.ts';
import { batchLabel, named, onlyBatchOf } from './batch-labels.ts';
import { selectedCounts } from './selected-counts.ts';
import { studio } from './studio.ts';
import { sourceToEdit } from './source-to-edit.ts';

interface Shortcut {
  readonly keys: string;
  readonly does: string;
  readonly run: () => void;
  /** Whether a key that is held does it again and again. */
  readonly repeats?: true;
  /** Whether it works in presentation: all others change what is not seen there. */
  readonly whilePresenting?: true;
  /** Whether it needs a workspace: in an exported file there is none. */
  readonly needsHost?: true;
}

/** What keys do here, in the order the help lists them. */
export function shortcuts(): readonly Shortcut[] {
  const isExportedFile = studio.getState().recording !== undefined;
  return isExportedFile ? SHORTCUTS.filter(({ needsHost }) => !needsHost) : SHORTCUTS;
}

const SHORTCUTS: readonly Shortcut[] = [
  { keys: '[', does: 'Previous failed batch', run: () => void goToFailed('previous'), repeats: true },
  { keys: ']', does: 'Next failed batch', run: () => void goToFailed('next'), repeats: true },
  { keys: 'R', does: 'Re-run the selected batches', run: () => void rerunSelection().catch(notice), needsHost: true },
  {
    keys: 'Shift+R',
    does: 'Re-run the failed batches',
    run: () => askToRerun({ select: 'failed' }, 'the failed batches'),
    needsHost: true,
  },
  { keys: 'G', does: 'Show the graph', run: () => show('graph') },
  { keys: 'B', does: 'Show the batches', run: () => show('batches') },
  { keys: 'T', does: 'Show the timeline', run: () => show('timeline') },
  { keys: 'C', does: 'Compare attempts', run: () => show('compare') },
  { keys: 'W', does: 'Show or hide the workflows and runs', run: () => togglePanel('sidebar'), needsHost: true },
  { keys: 'D', does: 'Show or hide the problems, logs and playback', run: () => togglePanel('drawer') },
  { keys: 'I', does: 'Show or hide the inspector', run: () => togglePanel('inspector') },
  {
    keys: '/',
    does: 'Go to the filter',
    run: () => document.querySelector<HTMLInputElement>('[data-filter]')?.focus(),
  },
  { keys: 'E', does: 'Open in editor', run: edit, needsHost: true },
  { keys: ',', does: 'Previous marker of the playback', run: () => goToMarker('previous') },
  { keys: '.', does: 'Next marker of the playback', run: () => goToMarker('next') },
  { keys: '<', does: 'Slower playback', run: () => changeSpeed(-1) },
  { keys: '>', does: 'Faster playback', run: () => changeSpeed(1) },
  { keys: 'N', does: 'Show the run as it is now', run: backToNow },
  { keys: 'P', does: 'Present the run', run: () => present(!studio.getState().presenting), whilePresenting: true },
  { keys: '?', does: 'Help: keyboard shortcuts', run: () => openDialog({ kind: 'help' }), whilePresenting: true },
];

async function rerunSelection(): Promise<void> {
  const { runId: run, selection, inspected, model } = studio.getState();
  if (run === undefined) return;
  const only = onlyBatchOf(selection);
  const name = selection && only !== undefined ? await batchLabel(run, selection.node, only) : undefined;
  const [offer] = selection ? offersOf(named(selection, name), selectedCounts({ selection, model })) : [];
  if (offer) return askToRerun(offer.request, offer.what);
  if (inspected.kind !== 'batch' || inspected.parent !== undefined) return;
  const { node, index } = inspected;
  const path = model?.maps.get(node)?.path;
  if (path === undefined) return;
  const what = batchName(index, await batchLabel(run, node, index));
  askToRerun({ node: path, select: { ranges: [[index, index]] } }, what);
}

function edit(): void {
  sourceToEdit().then(place => {
    if (place) void openInEditor(place.file, place.line);
  }, notice);
}
