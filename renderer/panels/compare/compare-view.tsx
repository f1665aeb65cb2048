import { titleLabel } from '../../model/shown-text.ts';
import type { AttemptRow, BatchDetail } from '../../../host/api/api.ts';
import { clock, counted, duration, number } from '../../../common/format.ts';
import { GLYPH, statusWord } from '../../../common/status.ts';
import { ChangedItems } from '../../ui/changed-items.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Glyph } from '../../ui/glyph.tsx';
import { api } from '../../stores/host.ts';
import { useStudio } from '../../stores/studio.ts';
import './compare.css';
import { useBatchStatus } from '../../hooks/use-batch-status.ts';
import { useLoad } from '../../hooks/use-load.ts';
import { compareRows, type CompareCell } from '../../model/compare-rows.ts';
import { waitText } from '../../model/retry-text.ts';
import { Value } from '../../ui/value.tsx';

/** Compares the attempts of one batch: its items, what each step returned or threw, and with which version of the code. */
export function CompareView() {
  const run = useStudio(state => state.runId);
  const inspected = useStudio(state => state.inspected);
  if (run === undefined || inspected.kind !== 'batch') {
    return (
      <section aria-label="Compare">
        <Empty>
          Select a batch that has more than one attempt, on the map or in the table, to compare its attempts.
        </Empty>
      </section>
    );
  }
  return <Compared run={run} node={inspected.node} index={inspected.index} parent={inspected.parent} />;
}

function Compared({
  run,
  node,
  index,
  parent,
}: {
  run: number;
  node: number;
  index: number;
  parent: number | undefined;
}) {
  const status = useBatchStatus(node, index, parent);
  const loaded = useLoad(
    async () => {
      const found = await api().findBatch({ run, node, index, parent });
      return found && (await api().getBatch({ run, scope: found.scope }));
    },
    [run, node, index, parent],
    status,
  );
  // The batch looked at before may still be here.
  if (loaded.state !== 'loaded' || !loaded.value || loaded.value.batch.index !== index)
    return (
      <section aria-label="Compare">
        <Empty>{loaded.state === 'failed' ? loaded.message : 'Loading…'}</Empty>
      </section>
    );
  return <Grid run={run} detail={loaded.value} />;
}

function Grid({ run, detail }: { run: number; detail: BatchDetail }) {
  const graph = useStudio(state => state.detail?.graph);
  const numbers = Array.from({ length: detail.attempt }, (_, at) => at + 1);
  return (
    <section className="compare" aria-label="Compare">
      <h2>
        Batch {number(detail.batch.index)}: {counted(numbers.length, ['attempt', 'attempts'])}
      </h2>
      <div className="compare-scroll" tabIndex={0} role="group" aria-label="Attempts beside each other">
        <table className="compare-grid">
          <thead>
            <tr>
              {numbers.map(attempt => (
                <th key={attempt} scope="col">
                  <AttemptHead detail={detail} attempt={attempt} />
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            <tr className="compare-step-name">
              <th colSpan={numbers.length} scope="rowgroup">
                Input
              </th>
            </tr>
            <tr>
              {numbers.map(attempt => (
                <td key={attempt}>
                  <Items run={run} scope={detail.batch.scope} attempt={attempt} />
                </td>
              ))}
            </tr>
          </tbody>
          {compareRows(detail).map(({ path, cells }) => {
            const title = graph ? titleLabel(graph, path) : path;
            return (
              <tbody key={path}>
                <tr className="compare-step-name">
                  <th colSpan={numbers.length} scope="rowgroup">
                    {title}
                  </th>
                </tr>
                <tr>
                  {cells.map((cell, at) => (
                    <td key={at}>
                      <StepCell run={run} cell={cell} title={title} />
                    </td>
                  ))}
                </tr>
              </tbody>
            );
          })}
        </table>
      </div>
    </section>
  );
}

function AttemptHead({ detail, attempt }: { detail: BatchDetail; attempt: number }) {
  const sessions = useStudio(state => state.detail?.sessions);
  const status = detail.earlierAttempts.find(other => other.attempt === attempt)?.status ?? detail.batch.status;
  const attempts = detail.attempts.filter(({ batchAttempt }) => batchAttempt === attempt);
  const session = sessions?.find(other => other.session === attempts.at(-1)?.session);
  return (
    <>
      <Glyph status={status} silent />
      <b>Attempt {attempt}</b>{' '}
      <span className="muted">
        {statusWord(status)}
        {attempts[0] ? ` · ${clock(attempts[0].startedAt)}` : ''}
        {session ? ` · code ${session.codeHash.slice(0, 7)}` : ''}
      </span>
    </>
  );
}

/** The items that an attempt began with. Where they are those of the attempt before, that is said instead. */
function Items({ run, scope, attempt }: { run: number; scope: number; attempt: number }) {
  const all = (
    <Value
      label={`Items of attempt ${attempt}`}
      load={full => api().getItems({ run, scope, attempt, full })}
      subject={[run, scope, attempt]}
    />
  );
  if (attempt === 1) return all;
  return (
    <ChangedItems run={run} scope={scope} attempt={attempt} saysSame>
      {all}
    </ChangedItems>
  );
}

function StepCell({ run, cell: { attempts, reusedFrom }, title }: { run: number; cell: CompareCell; title: string }) {
  if (reusedFrom !== undefined) return <p className="muted">The result of attempt {reusedFrom} was used again.</p>;
  if (attempts.length === 0) return <p className="muted">Not reached.</p>;
  return attempts.map((attempt, at) => (
    <StepAttempt
      key={attempt.attempt}
      run={run}
      attempt={attempt}
      isLatest={at === attempts.length - 1}
      title={title}
    />
  ));
}

function StepAttempt({
  run,
  attempt,
  isLatest,
  title,
}: {
  run: number;
  attempt: AttemptRow;
  isLatest: boolean;
  title: string;
}) {
  const isLive = useStudio(state => state.progress?.status === 'running');
  const wait = isLatest ? undefined : waitText(attempt, false, isLive, 0);
  return (
    <div className="compare-attempt">
      <p>
        <Glyph status={attempt.status} />
        Step attempt {attempt.attempt}{' '}
        <span className="muted numbers">
          {attempt.endedAt === undefined ? '' : duration(attempt.endedAt - attempt.startedAt)}
        </span>
      </p>
      {attempt.error && <p className="mono wrong">{attempt.error.message}</p>}
      {wait !== undefined && (
        <p className="tone-retrying numbers">
          <span aria-hidden>{GLYPH.retrying} </span>
          {wait}
        </p>
      )}
      {attempt.outputSize !== undefined && (
        <Value
          label={`Output of ${title}`}
          load={full =>
            api().getOutput({ run, scope: attempt.scope, node: attempt.node, attempt: attempt.attempt, full })
          }
          subject={[run, attempt.scope, attempt.node, attempt.attempt]}
        />
      )}
      {attempt.outputSize === undefined && attempt.status === 'succeeded' && (
        <p className="muted">It returned nothing.</p>
      )}
    </div>
  );
}
