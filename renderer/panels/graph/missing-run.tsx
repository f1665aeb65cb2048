import { openRun } from '../../stores/open-run.ts';
import { useStudio } from '../../stores/studio.ts';
import { Button } from '../../ui/button.tsx';
import './graph.css';

/** An address leads to a run that is not there any more: where one can go from here. */
export function MissingRun({ run }: { run: number }) {
  const newest = useStudio(state => state.runs.find(({ status }) => status !== 'damaged')?.run);
  return (
    <div className="graph-empty">
      <div className="empty-card">
        <h2>Run {run} cannot be shown</h2>
        <p>It may have been removed, or belong to another store. Choose a run or a workflow on the left.</p>
        {newest !== undefined && (
          <footer>
            <Button look="primary" onClick={() => void openRun(newest)}>
              Show run {newest}, the newest
            </Button>
          </footer>
        )}
      </div>
    </div>
  );
}
