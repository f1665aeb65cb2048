import { BATCH, counted, duration } from '../../../common/format.ts';
import type { FailureCause } from '../../../host/api/api.ts';
import { locationLabel, titleLabel } from '../../model/shown-text.ts';
import { inspect } from '../../stores/actions.ts';
import { shownCauses } from '../../stores/past-causes.ts';
import { shownPast } from '../../stores/shown.ts';
import { useStudio } from '../../stores/studio.ts';
import { Button } from '../../ui/button.tsx';
import { CauseMessage } from '../../ui/cause-message.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Glyph } from '../../ui/glyph.tsx';

/** Why batches had failed at an earlier moment. Nothing can be re-run there. */
export function PastProblems() {
  const at = useStudio(state => shownPast(state)?.at ?? 0);
  const causes = useStudio(shownCauses);
  return (
    <section className="problems" aria-label="Problems">
      {causes.length === 0 && <Empty>At {duration(at)} no batch stood failed.</Empty>}
      {causes.map(cause => (
        <PastCause key={`${cause.node} ${cause.fingerprint}`} cause={cause} />
      ))}
    </section>
  );
}

function PastCause({ cause }: { cause: FailureCause }) {
  const graph = useStudio(state => state.detail?.graph);
  const { index } = cause.first;
  return (
    <div className="problem">
      <Glyph status="failed" />
      <b>{counted(cause.batches, BATCH)}</b>
      <p>
        <CauseMessage message={cause.message} pattern={cause.pattern} />
        <span className="muted">
          {cause.at && ` at ${locationLabel(cause.at)}`}
          {graph && cause.step !== undefined && ` in ${titleLabel(graph, cause.step)}`}
          {cause.explain && ` · ${cause.explain}`}
        </span>
      </p>
      {index >= 0 ? (
        <Button small onClick={() => inspect({ kind: 'batch', node: cause.node, index }, 'attempts')}>
          Show
        </Button>
      ) : (
        <span />
      )}
      <span />
    </div>
  );
}
