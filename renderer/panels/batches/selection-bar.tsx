import { number } from '../../../common/format.ts';
import { askToRerun, select } from '../../stores/actions.ts';
import { useStudio } from '../../stores/studio.ts';
import { Button } from '../../ui/button.tsx';
import { RunButton } from '../../ui/run-button.tsx';
import './selection-bar.css';

/** What is selected, in every view, and what can be done with it. While there is a selection, the key R is its own. */
export function SelectionBar() {
  const selection = useStudio(state => state.selection);
  if (!selection) return null;
  return (
    <div className="selection-bar" role="group" aria-label="Selection">
      <span title={selection.text}>{selection.text}</span>
      <RunButton
        small
        look="danger"
        shortcut="R"
        onClick={() => askToRerun({ node: selection.path, select: selection.where }, selection.text)}
      >
        Re-run {number(selection.count)}
      </RunButton>
      <Button small onClick={() => select(undefined)}>
        Clear
      </Button>
    </div>
  );
}
