import { titleLabel } from '../../model/shown-text.ts';
import type { BatchDetail } from '../../../host/api/api.ts';
import { inspect, show } from '../../stores/actions.ts';
import { useStudio } from '../../stores/studio.ts';
import { ChangedItems } from '../../ui/changed-items.tsx';
import { AttemptsView } from './attempts-view.tsx';

export function BatchAttempts({ detail }: { detail: BatchDetail }) {
  const graph = useStudio(state => state.detail?.graph);
  const run = useStudio(state => state.runId);
  const batchAttempts = [...new Set(detail.attempts.map(attempt => attempt.batchAttempt))];
  return (
    <>
      {batchAttempts.map(number => (
        <section key={number}>
          <h3 className="label">
            {number === detail.attempt
              ? `Batch attempt ${number} (latest)`
              : `Batch attempt ${number}: ${detail.earlierAttempts.find(other => other.attempt === number)?.status ?? ''}`}
          </h3>
          {run !== undefined && number > 1 && <ChangedItems run={run} scope={detail.batch.scope} attempt={number} />}
          {[
            ...new Set(detail.attempts.filter(attempt => attempt.batchAttempt === number).map(attempt => attempt.path)),
          ].map(path => (
            <div key={path}>
              <p>{graph && titleLabel(graph, path)}</p>
              <AttemptsView
                attempts={detail.attempts.filter(attempt => attempt.batchAttempt === number && attempt.path === path)}
              />
            </div>
          ))}
        </section>
      ))}
      <p className="muted">
        A re-run adds attempts and never overwrites them.{' '}
        <button
          type="button"
          className="button small"
          onClick={() => {
            show('compare');
            inspect({ kind: 'batch', node: detail.batch.node, index: detail.batch.index });
          }}
        >
          Compare attempts
        </button>
      </p>
    </>
  );
}
