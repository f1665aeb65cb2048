import { RunButton, StartButton } from '../../ui/run-button.tsx';
import { titleLabel } from '../../model/shown-text.ts';
import './presentation.css';
import { BatchMapCanvas } from '../../ui/batch-map/batch-map-canvas.tsx';
import { BATCH, clock, counted, number } from '../../../common/format.ts';
import { unitOf } from '../../../common/graph-nodes.ts';
import { Notice } from '../header/notice.tsx';
import { Button } from '../../ui/button.tsx';
import { askToRerun, present } from '../../stores/actions.ts';
import { useStudio } from '../../stores/studio.ts';
import { outline, sentence, type OutlineNode } from '../../model/presentation-text.ts';

/** The run for people who do not code: what its author called things, one sentence, the map, and causes in plain words. */
export function Presentation() {
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
        <Notice />
        <h1>This workflow has not run yet.</h1>
        {workflow && (
          <p>
            <StartButton look="primary" workflow={workflow}>
              Start
            </StartButton>
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
      <Notice />
      <h1 aria-live="off">
        {sentence(progress, detail.graph).map(({ text, tone }, index) => (
          <span key={index} className={tone ? `tone-${tone}` : ''}>
            {text}
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
        {node.batchNode !== undefined && <small> · each square is a batch</small>}
      </h2>
      {node.description && <p>{node.description}</p>}
      {node.batchNode === undefined ? (
        <p className="present-state">{node.text}</p>
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
        const batches = counted(cause.batches, BATCH);
        return (
          <li key={`${cause.node} ${cause.fingerprint}`}>
            <b>{batches}</b>
            <span>{cause.explain ?? cause.message}</span>
            <RunButton
              look="danger"
              disabled={running}
              onClick={() =>
                askToRerun(
                  { node: cause.path, select: { fingerprint: cause.fingerprint } },
                  `${batches} of ${unitOf(graph, cause.path)[1]} in ${titleLabel(graph, cause.path)}`,
                )
              }
            >
              {cause.batches === 1 ? 'Re-run it' : 'Re-run them'}
            </RunButton>
          </li>
        );
      })}
    </ul>
  );
}

/** Says how it stands to screen readers, at most every five seconds. */
function Announcer() {
  const text = useStudio(state =>
    state.progress
      ? `${number(state.progress.items.succeeded)} of ${number(state.progress.items.total)} done, ` +
        `${number(state.progress.failedBatches)} failed`
      : '',
  );
  const interval = useStudio(state => Math.floor((state.progress?.activeMs ?? 0) / 5_000));
  return (
    <p key={interval} className="visually-hidden" aria-live="polite">
      {text}
    </p>
  );
}
