import { titledBatch } from '../../model/batch-name.ts';
import { duration, number } from '../../../common/format.ts';
import type { RunTimes } from '../../../host/api/api.ts';
import { useNow } from '../../hooks/use-now.ts';
import { titleLabel } from '../../model/shown-text.ts';
import { batchAt } from '../../model/batch-at.ts';
import { inspect } from '../../stores/actions.ts';
import { cancelBatch } from '../../stores/cancel-batch.ts';
import { useStudio } from '../../stores/studio.ts';
import { Button } from '../../ui/button.tsx';

/** Steps that run far longer than their like: the longest of them, in a sentence, with what can be done. */
export function StuckBar({ times: { stuck, stuckTotal } }: { times: RunTimes }) {
  const graph = useStudio(state => state.detail?.graph);
  const run = useStudio(state => state.runId);
  const now = useNow(stuck.length > 0);
  const [first] = stuck;
  if (!first || !graph) return null;
  const { index, path, since, median, scope } = first;
  const others = stuckTotal - 1;
  return (
    <section className="stuck-bar" aria-label="Stuck" role="status">
      <p>
        <b>
          <span aria-hidden>! </span>
          {titledBatch(index, first.label)} is stuck
        </b>{' '}
        in {titleLabel(graph, path)} <span className="numbers">for {duration(Math.max(0, now - since))}</span>{' '}
        <span className="muted">(median {duration(median)})</span>
        {others > 0 && <span className="muted">, and {number(others)} more</span>}
      </p>
      <Button small onClick={() => inspect(batchAt(first), 'attempts')}>
        Show
      </Button>
      <Button
        small
        title="The batch ends as cancelled, and the run goes on without it. A re-run of what failed runs it again."
        onClick={() => run !== undefined && void cancelBatch(run, scope)}
      >
        Cancel this batch
      </Button>
    </section>
  );
}
