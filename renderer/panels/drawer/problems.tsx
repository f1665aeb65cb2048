import type { FailureGroup, LostUpdate } from '../../../host/api/api.ts';
import { label, locationLabel, titleLabel } from '../../model/shown-text.ts';
import { counted, number } from '../../../common/format.ts';
import { Button } from '../../ui/button.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Glyph } from '../../ui/glyph.tsx';
import { askToRerun, inspect, openInEditor, select } from '../../stores/actions.ts';
import { useStudio } from '../../stores/studio.ts';

/** Failures by cause. Choosing a cause lights its batches; what is offered acts on exactly those. */
export function Problems() {
  const problems = useStudio(state => state.problems);
  const detail = useStudio(state => state.detail);
  const status = useStudio(state => state.progress?.status);
  const none = !problems || (problems.groups.length === 0 && problems.lost.length === 0);
  return (
    <section className="problems" aria-label="Problems">
      {none && !detail?.error && (
        <Empty>
          {detail
            ? status === 'running'
              ? 'No failures so far.'
              : 'No failures in this run.'
            : 'Open a run to see why its batches failed.'}
        </Empty>
      )}
      {none && detail?.error && (
        <div className="problem">
          <Glyph status="failed" />
          <b>1 step</b>
          <p>
            <code>{detail.error.message}</code>
            {detail.error.at && (
              <>
                {' '}
                <span className="muted">at {locationLabel(detail.error.at)}</span>
              </>
            )}
            {detail.error.explain && <span className="muted"> · {detail.error.explain}</span>}
          </p>
          <Button
            small
            onClick={() =>
              detail.error?.step !== undefined && inspect({ kind: 'node', path: detail.error.step }, 'error')
            }
          >
            Show
          </Button>
          <span />
        </div>
      )}
      {problems?.groups.map(group => (
        <GroupRow key={`${group.node} ${group.group}`} group={group} />
      ))}
      {problems?.lost.map(lost => (
        <LostRow key={lost.key} lost={lost} />
      ))}
    </section>
  );
}

function GroupRow({ group }: { group: FailureGroup }) {
  const graph = useStudio(state => state.detail?.graph);
  // The map its batches stand on: of their own node, or of the outermost around it. In a while there is none.
  const map = useStudio(state =>
    [...(state.model?.maps.values() ?? [])].find(
      ({ path }) => group.path === path || group.path.startsWith(`${path}/`),
    ),
  );
  const chosen = useStudio(
    state => state.selection?.cause?.node === group.node && state.selection.cause.group === group.group,
  );
  const text = `${counted(group.batches, ['batch', 'batches'])}: ${group.message}`;
  const choose = () => {
    if (!map) return;
    select(
      chosen
        ? undefined
        : {
            node: map.node,
            path: group.path,
            where: { group: group.group },
            cause: { node: group.node, group: group.group },
            count: group.batches,
            text,
          },
    );
  };
  const { index, parent } = group.first;
  const look = () => {
    if (!chosen) choose();
    inspect({ kind: 'batch', node: group.node, index, ...(parent !== 0 && { parent }) }, 'error');
  };
  return (
    <div className={`problem ${chosen ? 'chosen' : ''}`}>
      <Glyph status="failed" />
      {map ? (
        <button
          type="button"
          className="problem-count"
          aria-pressed={chosen}
          aria-label={`Highlight the ${text}`}
          onClick={choose}
        >
          {counted(group.batches, ['batch', 'batches'])}
        </button>
      ) : (
        <b>{counted(group.batches, ['batch', 'batches'])}</b>
      )}
      <p>
        <code>{group.message}</code>
        <span className="muted">
          {group.at && (
            <>
              {' '}
              at{' '}
              <button
                type="button"
                className="link"
                onClick={() => void openInEditor(group.at?.file ?? '', group.at?.line)}
              >
                {locationLabel(group.at)}
              </button>
            </>
          )}
          {graph && group.step !== undefined && <> in {titleLabel(graph, group.step)}</>}
          {group.explain && <> · {group.explain}</>}
        </span>
      </p>
      <Button small onClick={look}>
        Show
      </Button>
      <span className="problem-actions">
        {group.batches > 1 && (
          <Button
            small
            onClick={() =>
              askToRerun({ node: group.path, select: { group: group.group }, tryOne: true }, `one of ${text}`)
            }
          >
            Try one
          </Button>
        )}
        <Button
          small
          look="danger"
          onClick={() => askToRerun({ node: group.path, select: { group: group.group } }, text)}
        >
          Re-run {group.batches === 1 ? 'it' : `these ${number(group.batches)}`}
        </Button>
      </span>
    </div>
  );
}

function LostRow({ lost }: { lost: LostUpdate }) {
  return (
    <div className="problem">
      <Glyph status="retrying" silent />
      <b>{counted(lost.count, ['lost update', 'lost updates'])}</b>
      <p>
        <code>{label(lost.key, 200)}</code>{' '}
        <span className="muted">
          Batches overwrote each other’s updates of this state key. Use state.incr or state.update.
        </span>
      </p>
      <Button small onClick={() => inspect({ kind: 'run' }, 'state')}>
        Show
      </Button>
      <span />
    </div>
  );
}
