import { label } from '../../model/shown-text.ts';
import { workerNames } from '../../model/workers/worker-groups.ts';
import { showBatches } from '../../stores/actions.ts';
import { useStudio } from '../../stores/studio.ts';
import { useWorkerGroups, useWorkers } from '../../stores/workers.ts';

/** Whose batches are shown: those of one machine, or of one worker. */
export function WorkerFilter({ isPast }: { isPast: boolean }) {
  const workers = useWorkers();
  const chosen = useStudio(state => state.batches.workers);
  const groups = useWorkerGroups();
  const nameOf = workerNames(workers);
  const value = chosen.join(',');
  // Machines that have one worker each are named once.
  const hasMachines = groups.length < workers.length;
  const choices = [
    ...groups.map(({ name, workers: own }) => ({ name: label(name, 60), of: own.join(',') })),
    ...(hasMachines ? workers.map(({ worker }) => ({ name: label(nameOf(worker), 80), of: String(worker) })) : []),
  ];
  const known = choices.some(({ of }) => of === value);
  return (
    <select
      className="executed-by"
      aria-label="Executed by"
      value={isPast ? '' : value}
      disabled={isPast}
      title={
        isPast ? 'Who had a batch at an earlier moment is not known. Go back to now to filter by worker.' : undefined
      }
      onChange={event =>
        showBatches({ workers: event.target.value === '' ? [] : event.target.value.split(',').map(Number) })
      }
    >
      <option value="">all workers</option>
      {!known && value !== '' && <option value={value}>{value}</option>}
      {choices.map(({ name, of }) => (
        <option key={`${name} ${of}`} value={of}>
          {name}
        </option>
      ))}
    </select>
  );
}
