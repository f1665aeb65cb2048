import { useMemo } from 'react';
import { countedText, offersOf, selectionText } from '../../model/selection-text.ts';
import { askToRerun, select } from '../../stores/actions.ts';
import { exportBatches, type ExportFormat } from '../../stores/export-batches.ts';
import { countsSince, selectedCounts } from '../../stores/selected-counts.ts';
import { isSheetToConfirm } from '../../stores/next-step.ts';
import { named, onlyBatchOf, useBatchLabel } from '../../stores/batch-labels.ts';
import { useStudio } from '../../stores/studio.ts';
import { Button } from '../../ui/button.tsx';
import { RunButton } from '../../ui/run-button.tsx';
import { WithHost } from '../../ui/with-host.tsx';
import './selection-bar.css';

const FORMATS: readonly (readonly [ExportFormat, string])[] = [
  ['jsonl', 'JSON lines'],
  ['csv', 'CSV'],
];

/** What is selected, in every view, and what can be done with it. While there is a selection, the key R is its own. */
export function SelectionBar() {
  const chosen = useStudio(state => state.selection);
  const name = useBatchLabel(chosen?.node, onlyBatchOf(chosen));
  const selection = useMemo(() => chosen && named(chosen, name), [chosen, name]);
  const model = useStudio(state => state.model);
  const progress = useStudio(state => state.progress);
  // As often as the totals change: a map itself changes without React.
  const [counts, since] = useMemo(
    () => [selectedCounts({ selection, model }), countsSince({ selection, model })],
    [selection, model, progress],
  );
  const isSheetNearer = useStudio(isSheetToConfirm);
  const exporting = useStudio(state => state.exporting);
  if (!selection) return null;
  const text = selectionText(selection, counts);
  const note = countedText(selection, since);
  return (
    <div className="selection-bar" role="group" aria-label="Selection">
      <div className="selection-words">
        <strong title={text}>{text}</strong>
        {note !== '' && <small title={note}>{note}</small>}
      </div>
      {offersOf(selection, counts).map(({ button, request, what }, at) => (
        <RunButton
          key={at}
          small
          look={at > 0 ? 'plain' : isSheetNearer ? 'rerun' : 'danger'}
          shortcut={at === 0 ? 'R' : undefined}
          onClick={() => askToRerun(request, what)}
        >
          {button}
        </RunButton>
      ))}
      <WithHost>
        {exporting ? (
          <Button small onClick={() => exporting.stop()} title="Stop the export: nothing is saved">
            {exporting.text} · Stop
          </Button>
        ) : (
          <details className="export">
            <summary className="button small">Export</summary>
            <div className="export-menu">
              {FORMATS.map(([format, name]) => (
                <Button key={format} small onClick={() => void exportBatches(selection, format)}>
                  {name}
                </Button>
              ))}
            </div>
          </details>
        )}
      </WithHost>
      <Button small look="quiet" onClick={() => select(undefined)}>
        Clear
      </Button>
    </div>
  );
}
