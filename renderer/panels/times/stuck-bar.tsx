import { duration, number } from '../../../common/format.ts';
import type { RunTimes } from '../../../host/api/api.ts';
import { useNow } from '../../hooks/use-now.ts';
import { titleLabel } from '../../model/shown-text.ts';
import { inspect } from '../../stores/actions.ts';
import { useStudio } from '../../stores/studio.ts';
import { Button } from '../../ui/button.tsx';

/** Steps that run far longer than their like: the longest of them, in a sentence, with what can be done. */
export function StuckBar({ times: { stuck, stuckTotal } }: { times: RunTimes }) {
  const graph = useStudio(state => state.detail?.graph);
  const now = useNow(stuck.length > 0);
  const [first] = stuck;
  if (!first || !graph) return null;
  const { node, index, parent, path, since, median } = first;
  const others = stuckTotal - 1;
  return (
    <section className="stuck-bar" aria-label="Stuck" role="status">
      <p>
        <b>
          <span aria-hidden>! </span>
          Batch {number(index)} is stuck
        </b>{' '}
        in {titleLabel(graph, path)} <span className="numbers">for {duration(Math.max(0, now - since))}</span>{' '}
        <span className="muted">(median {duration(median)})</span>
        {others > 0 && <span className="muted">, and {number(others)} more</span>}
      </p>
      <Button small onClick={() => inspect({ kind: 'batch', node, index, parent }, 'attempts')}>
        Show
      </Button>
    </section>
  );
}
