import { cacheText } from '../../model/cache-text.ts';
import { titleLabel } from '../../model/shown-text.ts';
import type { AttemptRow } from '../../../host/api/api.ts';
import { number } from '../../../common/format.ts';
import { Empty } from '../../ui/empty.tsx';
import { api } from '../../stores/host.ts';
import { useStudio } from '../../stores/studio.ts';
import { Value } from '../../ui/value.tsx';

/** The output of each step of the batch, one at a time. */
export function BatchOutputs({ run, attempts }: { run: number; attempts: readonly AttemptRow[] }) {
  const graph = useStudio(state => state.detail?.graph);
  const kept = attempts.filter(attempt => attempt.status === 'succeeded' && attempt.outputSize !== undefined);
  if (kept.length === 0 || !graph) return <Empty>The steps of this batch returned no values.</Empty>;
  return (
    <div className="outputs">
      {kept.toReversed().map((attempt, at) => (
        <details key={`${attempt.node}`} open={at === 0}>
          <summary>
            {titleLabel(graph, attempt.path)}{' '}
            <small className="muted numbers">{number(attempt.outputSize ?? 0)} characters</small>{' '}
            <small className="muted">{cacheText(attempt)}</small>
          </summary>
          <Value
            label={`Output of ${titleLabel(graph, attempt.path)}`}
            load={full =>
              api().getOutput({ run, scope: attempt.scope, node: attempt.node, attempt: attempt.attempt, full })
            }
            subject={[run, attempt.scope, attempt.node, attempt.attempt]}
          />
        </details>
      ))}
    </div>
  );
}
