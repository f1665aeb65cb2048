import { duration } from '../../common/format.ts';
import { label } from '../model/shown-text.ts';
import { useStudio } from '../stores/studio.ts';

const KEY = 'cronflow.onQueue';

/** Whether the last run that was started here was given to workers on other machines. */
export function lastOnQueue(): boolean {
  return localStorage.getItem(KEY) !== 'no';
}

export function rememberOnQueue(onQueue: boolean): void {
  localStorage.setItem(KEY, onQueue ? 'yes' : 'no');
}

/** Whether this machine executes the batches, or workers on others. Nothing where the Studio has no queue. */
export function WhereToRun({ onQueue, onChange }: { onQueue: boolean; onChange: (onQueue: boolean) => void }) {
  const queue = useStudio(state => state.workspace?.queue);
  if (!queue) return null;
  return (
    <fieldset className="where-to-run">
      <legend>Who executes the batches</legend>
      <label className="check">
        <input type="radio" name="where-to-run" checked={!onQueue} onChange={() => onChange(false)} />
        This machine
      </label>
      <label className="check">
        <input type="radio" name="where-to-run" checked={onQueue} onChange={() => onChange(true)} />
        Workers of {label(queue.address, 200)}
      </label>
      <p className="muted">
        Below about {duration(queue.leastBatchMs)} a batch, this machine alone is faster. Without a worker that has this
        code, the run waits for one.
      </p>
    </fieldset>
  );
}
