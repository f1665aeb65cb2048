import { useState } from 'react';
import { duration } from '../../common/format.ts';
import type { Workspace } from '../../host/api/api.ts';
import { label } from '../model/shown-text.ts';
import { useStudio } from '../stores/studio.ts';

type Queue = NonNullable<Workspace['queue']>;

/** For each address on its own: who has chosen one has not chosen that of another folder. */
const keyOf = ({ address }: Queue) => `cronflow.onQueue ${address}`;

/** Whether the last run that was started here with this queue was given to it. */
export function lastOnQueue(queue: Queue | undefined): boolean {
  if (!queue || queue.problem !== undefined) return false;
  const last = localStorage.getItem(keyOf(queue));
  return last === null ? queue.isDefault : last === 'yes';
}

export function rememberOnQueue(queue: Queue, onQueue: boolean): void {
  localStorage.setItem(keyOf(queue), onQueue ? 'yes' : 'no');
}

interface Choice {
  /** @default There is none to choose */
  readonly queue: Queue | undefined;
  readonly onQueue: boolean;
  readonly choose: (onQueue: boolean) => void;
}

/** What a person chooses counts for the queue that they were shown: the folder may name another one meanwhile. */
export function useWhereToRun(unlessChosen: (queue: Queue | undefined) => boolean): Choice {
  const queue = useStudio(state => state.workspace?.queue);
  const [chosen, setChosen] = useState<{ readonly address: string; readonly onQueue: boolean }>();
  return {
    queue,
    onQueue: chosen && chosen.address === queue?.address ? chosen.onQueue : unlessChosen(queue),
    choose: onQueue => queue && setChosen({ address: queue.address, onQueue }),
  };
}

/** Whether this machine executes the batches, or workers on others. Nothing where there is no queue. */
export function WhereToRun({ queue, onQueue, choose }: Choice) {
  if (!queue) return null;
  const { address, isDefault, leastBatchMs, problem } = queue;
  return (
    <fieldset className="where-to-run">
      <legend>Who executes the batches</legend>
      <label className="check">
        <input type="radio" name="where-to-run" checked={!onQueue} onChange={() => choose(false)} />
        This machine
      </label>
      <label className="check">
        <input
          type="radio"
          name="where-to-run"
          disabled={problem !== undefined}
          checked={onQueue}
          onChange={() => choose(true)}
        />
        Workers of {label(address, 200)}
      </label>
      {problem === undefined ? (
        <p className="muted">
          {!isDefault && 'This address is from cronflow.json of the project. '}
          Below about {duration(leastBatchMs)} a batch, this machine alone is faster. Without a worker that has this
          code, the run waits for one.
        </p>
      ) : (
        <p className="muted">{label(problem, 2_000)}</p>
      )}
    </fieldset>
  );
}
