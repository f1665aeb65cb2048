import { titleLabel } from '../../model/shown-text.ts';
import type { AttemptRow, BatchDetail } from '../../../host/api/api.ts';
import { clock, counted, duration, number } from '../../../common/format.ts';
import { Empty } from '../../ui/empty.tsx';
import { Glyph } from '../../ui/glyph.tsx';
import { api } from '../../stores/host.ts';
import { useStudio } from '../../stores/studio.ts';
import './compare.css';
import { useBatchStatus } from '../../hooks/use-batch-status.ts';
import { useLoad } from '../../hooks/use-load.ts';
import { Value } from '../../ui/value.tsx';

/** Compares the attempts of one batch: what each step returned or threw, and with which version of the code. */
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
  if (loaded.state !== 'loaded' || !loaded.value)
    return (
      <section aria-label="Compare">
        <Empty>{loaded.state === 'failed' ? loaded.message : 'Loading…'}</Empty>
      </section>
    );
  const detail = loaded.value;
  const attemptNumbers = Array.from({ length: detail.attempt }, (_, at) => at + 1);
  return (
    <section className="compare" aria-label="Compare">
      <h2>
        Batch {number(index)}: {counted(attemptNumbers.length, ['attempt', 'attempts'])}
      </h2>
      <div className="compare-attempts">
        {attemptNumbers.map(attempt => (
          <BatchAttempt key={attempt} run={run} detail={detail} batchAttempt={attempt} />
        ))}
      </div>
    </section>
  );
}

function BatchAttempt({ run, detail, batchAttempt }: { run: number; detail: BatchDetail; batchAttempt: number }) {
  const graph = useStudio(state => state.detail?.graph);
  const sessions = useStudio(state => state.detail?.sessions);
  const earlier = detail.earlierAttempts.find(other => other.attempt === batchAttempt);
  const attempts = detail.attempts.filter(attempt => attempt.batchAttempt === batchAttempt);
  const session = sessions?.find(other => other.session === attempts.at(-1)?.session);
  const status = earlier?.status ?? detail.batch.status;
  return (
    <article className="compare-attempt">
      <header>
        <Glyph status={status} />
        <b>Attempt {batchAttempt}</b>{' '}
        <span className="muted">
          {status}
          {attempts[0] ? ` · ${clock(attempts[0].startedAt)}` : ''}
          {session ? ` · code ${session.codeHash.slice(0, 7)}` : ''}
        </span>
      </header>
      {attempts.length === 0 && <p className="muted">All steps had succeeded before. Their results were reused.</p>}
      {attempts.map(attempt => (
        <AttemptCard
          key={`${attempt.node} ${attempt.attempt}`}
          run={run}
          attempt={attempt}
          title={graph ? titleLabel(graph, attempt.path) : attempt.path}
        />
      ))}
    </article>
  );
}

function AttemptCard({ run, attempt, title }: { run: number; attempt: AttemptRow; title: string }) {
  return (
    <div className="compare-step">
      <p>
        <Glyph status={attempt.status} />
        {title}{' '}
        <span className="muted numbers">
          {attempt.endedAt === undefined ? '' : duration(attempt.endedAt - attempt.startedAt)}
        </span>
      </p>
      {attempt.error && <p className="mono wrong">{attempt.error.message}</p>}
      {attempt.outputSize !== undefined && attempt.outputSize > 4 && (
        <Value
          label={`Output of ${title}`}
          load={full =>
            api().getOutput({ run, scope: attempt.scope, node: attempt.node, attempt: attempt.attempt, full })
          }
          subject={[run, attempt.scope, attempt.node, attempt.attempt]}
        />
      )}
    </div>
  );
}
