import { BatchMapCanvas } from '../batches/batch-map-canvas.tsx';
import { clock, counted, number } from '../../../common/format.ts';
import { titleOf, unitOf } from '../../../common/graph-nodes.ts';
import { Button } from '../../ui/parts.tsx';
import { askToRerun, openDialog, present } from '../../stores/actions.ts';
import { useStudio } from '../../stores/studio.ts';
import { outline, sentence, type OutlineNode } from '../../model/plain-sentences.ts';
import { RunButton } from '../../ui/run-button.tsx';
import './present.css';

/** The run for people who do not code: what its author called things, one sentence, the map, and causes in plain words. */
export function Present() {
  const progress = useStudio(state => state.progress);
  const detail = useStudio(state => state.detail);
  const workflow = useStudio(state => state.workflow);
  const close = (
    <Button look="quiet" shortcut="Esc" onClick={() => present(false)}>
      Close
    </Button>
  );
  if (!progress || !detail) {
    return (
      <main className="present" aria-label="Presentation">
        <h1>Nothing has run yet.</h1>
        {workflow && (
          <p>
            <RunButton look="primary" onClick={() => openDialog({ kind: 'run', of: workflow })}>
              Start
            </RunButton>
          </p>
        )}
        <footer>
          <span />
          {close}
        </footer>
      </main>
    );
  }
  return (
    <main className="present" aria-label="Presentation">
      <h1 aria-live="off">
        {sentence(progress, detail.graph).map(({ words, tone }) => (
          <span key={words} className={tone ? `tone-${tone}` : ''}>
            {words}
          </span>
        ))}
      </h1>
      <Announcer />
      <div className="present-graph">
        {outline(detail.graph, progress).map(node => (
          <Card key={node.path} node={node} />
        ))}
      </div>
      <Causes />
      <footer>
        <span>
          {detail.item.name} · started {clock(progress.startedAt)}
        </span>
        {close}
      </footer>
    </main>
  );
}

function Card({ node }: { node: OutlineNode }) {
  return (
    <section className={`present-card ${node.state} ${node.batchNode === undefined ? '' : 'with-map'}`}>
      <h2>
        {node.title}
        {node.batchNode !== undefined && <small> · every square is a group</small>}
      </h2>
      {node.description && <p>{node.description}</p>}
      {node.batchNode === undefined ? (
        <p className="present-state">{node.words}</p>
      ) : (
        <BatchMapCanvas node={node.batchNode} still mostHeight={280} largest={34} />
      )}
    </section>
  );
}

/** Causes as their author explained them, each with its one button. */
function Causes() {
  const problems = useStudio(state => state.problems);
  const graph = useStudio(state => state.detail?.graph);
  const running = useStudio(state => state.progress?.status === 'running');
  if (!problems || !graph || problems.causes.length === 0) return null;
  return (
    <ul className="present-causes" aria-label="What needs attention">
      {problems.causes.map(cause => {
        const groups = counted(cause.batches, ['group', 'groups']);
        return (
          <li key={`${cause.node} ${cause.fingerprint}`}>
            <b>{groups}</b>
            <span>{cause.explain ?? cause.message}</span>
            <RunButton
              look="danger"
              disabled={running}
              onClick={() =>
                askToRerun(
                  { node: cause.path, select: { fingerprint: cause.fingerprint } },
                  `${groups} of ${unitOf(graph, cause.path)[1]} in ${titleOf(graph, cause.path)}`,
                )
              }
            >
              {cause.batches === 1 ? 'Try again' : 'Try these again'}
            </RunButton>
          </li>
        );
      })}
    </ul>
  );
}

/** Says how it stands to screen readers, at most every five seconds. */
function Announcer() {
  const words = useStudio(state =>
    state.progress
      ? `${number(state.progress.items.succeeded)} of ${number(state.progress.items.total)} done, ${number(state.progress.failedBatches)} failed`
      : '',
  );
  const said = useStudio(state => Math.floor((state.progress?.activeMs ?? 0) / 5_000));
  return (
    <p key={said} className="visually-hidden" aria-live="polite">
      {words}
    </p>
  );
}
