import type { BatchDetail } from '../../../host/api/api.ts';
import { inspect, show } from '../../stores/actions.ts';
import { useStudio } from '../../stores/studio.ts';
import { ChangedItems } from '../../ui/changed-items.tsx';
import { Waterfall } from '../../ui/waterfall/waterfall.tsx';

/** All attempts of a batch over time, and what a person changed in its items between them. */
export function BatchAttempts({ detail }: { detail: BatchDetail }) {
  const run = useStudio(state => state.runId);
  const { attempts, earlierAttempts, path, batch } = detail;
  const numbers = [...new Set(attempts.map(({ batchAttempt }) => batchAttempt))].filter(number => number > 1);
  return (
    <>
      <Waterfall attempts={attempts} earlier={earlierAttempts} path={path} />
      {run !== undefined &&
        numbers.map(number => <ChangedItems key={number} run={run} scope={batch.scope} attempt={number} />)}
      <p className="muted">
        A re-run adds attempts and never overwrites them.{' '}
        <button
          type="button"
          className="button small"
          onClick={() => {
            show('compare');
            inspect({ kind: 'batch', node: batch.node, index: batch.index });
          }}
        >
          Compare attempts
        </button>
      </p>
    </>
  );
}
