import type { RunWorker } from '../../../../host/api/api.ts';
import { bytes, duration, number, rateText } from '../../../../common/format.ts';
import { isOver } from '../../../../common/run-workers.ts';
import { label } from '../../../model/shown-text.ts';
import { byNeed, workerState } from '../../../model/workers/worker-groups.ts';
import { openDialog, show, showBatches } from '../../../stores/actions.ts';
import { Button } from '../../../ui/button.tsx';
import { WithHost } from '../../../ui/with-host.tsx';

/** Of those that are over, the latest: a worker that ends again and again makes many. */
const MOST_OVER = 50;
const MOST_AT_REST = 500;

interface Props {
  readonly workers: readonly RunWorker[];
  readonly now: number;
  readonly isRunning: boolean;
}

/** A row for each worker: those at work first, and of these those that need a look. Of those that are over, the latest. */
export function WorkersTable({ workers, now, isRunning }: Props) {
  const there = byNeed(
    workers.filter(({ status }) => !isOver(status)),
    now,
  );
  const over = workers.filter(({ status }) => isOver(status));
  const latest = isRunning ? over.toReversed().slice(0, MOST_OVER) : over.slice(-MOST_AT_REST);
  const shown = [...there, ...latest];
  const left = workers.length - shown.length;
  return (
    <div className="workers-scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">Worker</th>
            <th scope="col">Machine</th>
            <th scope="col">State</th>
            {isRunning && <th scope="col">In flight</th>}
            {isRunning && <th scope="col">Steps/s</th>}
            <th scope="col">Batches</th>
            <th scope="col">Memory</th>
            {isRunning && <th scope="col">Last heard</th>}
            <th scope="col">
              <span className="visually-hidden">What to do with it</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {shown.map(worker => (
            <Row key={worker.worker} worker={worker} now={now} isRunning={isRunning} />
          ))}
        </tbody>
      </table>
      {left > 0 && <p className="muted numbers">{number(left)} earlier ones are over.</p>}
    </div>
  );
}

function Row({ worker, now, isRunning }: { worker: RunWorker; now: number; isRunning: boolean }) {
  const { word, sign, tone } = workerState(worker, now);
  const isThere = !isOver(worker.status);
  return (
    <tr className={isThere || !isRunning ? undefined : 'over'}>
      <td className="numbers">{worker.worker}</td>
      <td title={worker.address}>
        {label(worker.host, 60)}
        {worker.pid !== undefined && <small> process {worker.pid}</small>}
      </td>
      <td title={worker.reason}>
        <span className={`tone-${tone}`}>
          <span aria-hidden>{sign} </span>
          {word}
        </span>
        {worker.reason !== undefined && worker.code !== 'other' && (
          <small className="workers-reason"> {label(worker.reason, 120)}</small>
        )}
      </td>
      {isRunning && <td className="numbers">{isThere ? inFlight(worker) : ''}</td>}
      {isRunning && <td className="numbers">{isThere ? rateText(worker.stepsPerSecond) : ''}</td>}
      <td className="numbers">{number(worker.batches)}</td>
      <td className="numbers">{worker.memory === undefined ? '' : bytes(worker.memory)}</td>
      {isRunning && <td className="numbers">{isThere ? heard(worker, now) : ''}</td>}
      <td className="workers-actions">
        {worker.batches + worker.inFlight > 0 && (
          <Button
            small
            look="quiet"
            title="Show its batches"
            aria-label={`Show the batches of worker ${worker.worker}`}
            onClick={() => {
              showBatches({ workers: [worker.worker] });
              show('batches');
            }}
          >
            Batches
          </Button>
        )}
        <WithHost>
          {isRunning && worker.status === 'working' && (
            <Button
              small
              aria-label={`Drain worker ${worker.worker}`}
              onClick={() => openDialog({ kind: 'drain-worker', worker: worker.worker })}
            >
              Drain…
            </Button>
          )}
        </WithHost>
      </td>
    </tr>
  );
}

/** A batch that is handed to a process of this machine begins with it. */
function inFlight({ inFlight: all, sent, address }: RunWorker): string {
  return address !== undefined && sent > 0 ? `${number(all)}, ${number(sent)} sent` : number(all);
}

function heard({ heardAt }: RunWorker, now: number): string {
  if (heardAt === undefined) return 'not yet';
  return now - heardAt < 2_000 ? 'now' : `${duration(Math.floor((now - heardAt) / 1000) * 1000)} ago`;
}
