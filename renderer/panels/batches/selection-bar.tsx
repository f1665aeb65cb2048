import { useMemo } from 'react';
import { offersOf, selectionText } from '../../model/selection-text.ts';
import { askToRerun, select } from '../../stores/actions.ts';
import { selectedCounts } from '../../stores/selected-counts.ts';
import { useStudio } from '../../stores/studio.ts';
import { Button } from '../../ui/button.tsx';
import { RunButton } from '../../ui/run-button.tsx';
import './selection-bar.css';

/** What is selected, in every view, and what can be done with it. While there is a selection, the key R is its own. */
export function SelectionBar() {
  const selection = useStudio(state => state.selection);
  const model = useStudio(state => state.model);
  const progress = useStudio(state => state.progress);
  // As often as the totals change: a map itself changes without React.
  const counts = useMemo(() => selectedCounts({ selection, model }), [selection, model, progress]);
  if (!selection) return null;
  const text = selectionText(selection, counts);
  return (
    <div className="selection-bar" role="group" aria-label="Selection">
      <span title={text}>{text}</span>
      {offersOf(selection, counts).map(({ button, request, what }, at) => (
        <RunButton
          key={at}
          small
          look={at === 0 ? 'danger' : 'plain'}
          shortcut={at === 0 ? 'R' : undefined}
          onClick={() => askToRerun(request, what)}
        >
          {button}
        </RunButton>
      ))}
      <Button small onClick={() => select(undefined)}>
        Clear
      </Button>
    </div>
  );
}
