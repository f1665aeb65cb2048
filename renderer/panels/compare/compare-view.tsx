import type { AttemptRow, BatchDetail } from '../../../host/api/api.ts';
import { clock, duration } from '../../../common/format.ts';
import { titleOf } from '../../../common/graph-nodes.ts';
import { Empty, Glyph } from '../../ui/parts.tsx';
import { api } from '../../stores/session.ts';
import { useStudio } from '../../stores/studio.ts';
import './compare.css';
import { useBatchStatus } from '../../hooks/use-batch-status.ts';
import { useLoad } from '../../hooks/use-load.ts';
import { Value } from '../inspector/value.tsx';

/** The attempts of one batch side by side: what each step gave or threw, with which code. */
export function CompareView() {
  const run = useStudio(state => state.runId);
  const inspected = useStudio(state => state.inspected);
  if (run === undefined || inspected.kind !== 'batch') {
    return (
      <section aria-label="Compare">
        <Empty>
          Choose a batch that has run more than once, on the map or in the table, to see its attempts side by side.
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
  const loaded = useLoad(async () => {
    const found = await api().findBatch({ run, node, index, parent });
    return found && (await api().getBatch({ run, scope: found.scope }));
  }, [run, node, index, parent, status]);
  if (loaded.state !== 'loaded' || !loaded.value)
    return (
      <section aria-label="Compare">
        <Empty>{loaded.state === 'failed' ? loaded.message : 'Loading…'}</Empty>
      </section>
    );
  const detail = loaded.value;
  const numbers = Array.from({ length: detail.attempt }, (_, at) => at + 1);
  return (
    <section className="compare" aria-label="Compare">
      <h2>
        Batch {index}: {numbers.length === 1 ? '1 attempt so far' : `${numbers.length} attempts`}
      </h2>
      <div className="compare-attempts">
        {numbers.map(number => (
          <Attempt key={number} run={run} detail={detail} number={number} />
        ))}
      </div>
    </section>
  );
}

function Attempt({ run, detail, number }: { run: number; detail: BatchDetail; number: number }) {
  const graph = useStudio(state => state.detail?.graph);
  const sessions = useStudio(state => state.detail?.sessions);
  const earlier = detail.earlierAttempts.find(other => other.attempt === number);
  const attempts = detail.attempts.filter(attempt => attempt.batchAttempt === number);
  const session = sessions?.find(other => other.session === attempts.at(-1)?.session);
  const status = earlier?.status ?? detail.batch.status;
  return (
    <article className="compare-attempt">
      <header>
        <Glyph status={status} />
        <b>Attempt {number}</b>{' '}
        <span className="muted">
          {status}
          {attempts[0] ? ` · ${clock(attempts[0].startedAt)}` : ''}
          {session ? ` · code ${session.codeHash.slice(0, 7)}` : ''}
        </span>
      </header>
      {attempts.length === 0 && <p className="muted">All its steps had succeeded before, and were reused.</p>}
      {attempts.map(attempt => (
        <AttemptCard
          key={`${attempt.node} ${attempt.attempt}`}
          run={run}
          attempt={attempt}
          title={graph ? titleOf(graph, attempt.path) : attempt.path}
        />
      ))}
    </article>
  );
}

function AttemptCard({ run, attempt, title }: { run: number; attempt: AttemptRow; title: string }) {
  return (
    <div className="compare-attempt">
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
          ask={full =>
            api().getOutput({ run, scope: attempt.scope, node: attempt.node, attempt: attempt.attempt, full })
          }
          of={[run, attempt.scope, attempt.node, attempt.attempt]}
        />
      )}
    </div>
  );
}
