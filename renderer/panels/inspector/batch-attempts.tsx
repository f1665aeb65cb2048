import { titleLabel } from '../../model/shown-text.ts';
import type { BatchDetail } from '../../../host/api/api.ts';
import { inspect, show } from '../../stores/actions.ts';
import { useStudio } from '../../stores/studio.ts';
import { AttemptsView } from './attempts-view.tsx';

export function BatchAttempts({ detail }: { detail: BatchDetail }) {
  const graph = useStudio(state => state.detail?.graph);
  const passes = [...new Set(detail.attempts.map(attempt => attempt.pass))];
  return (
    <>
      {passes.map(pass => (
        <section key={pass}>
          <h3 className="label">
            {pass === detail.pass
              ? `Batch attempt ${pass} (latest)`
              : `Batch attempt ${pass}: ${detail.passes.find(other => other.pass === pass)?.status ?? ''}`}
          </h3>
          {[...new Set(detail.attempts.filter(attempt => attempt.pass === pass).map(attempt => attempt.path))].map(
            path => (
              <div key={path}>
                <p>{graph && titleLabel(graph, path)}</p>
                <AttemptsView
                  attempts={detail.attempts.filter(attempt => attempt.pass === pass && attempt.path === path)}
                />
              </div>
            ),
          )}
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
