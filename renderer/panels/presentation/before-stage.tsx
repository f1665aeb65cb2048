import { NODE_KINDS } from '../../../common/node-kinds.ts';
import { titleFor } from '../../model/graph/plan-text.ts';
import { chapterOf } from '../../model/presentation/chapters.ts';
import { usePresentationText } from '../../hooks/use-presentation-text.ts';
import { useStudio, type StudioState } from '../../stores/studio.ts';
import { usePresenting } from '../../stores/presenting.ts';
import { StartButton } from '../../ui/run-button.tsx';
import { Frame } from './frame.tsx';

/** A workflow that has not run: what it is called, what it does, its steps, and the one button. */
export function BeforeStage() {
  const text = usePresentationText();
  const workflow = useStudio(state => state.workflow);
  const lastMs = useStudio(lastTimeOf);
  const graph = useStudio(state =>
    state.workspace?.files
      .find(({ file }) => file === state.workflow?.file)
      ?.graphs.find(({ id }) => id === state.workflow?.workflow),
  );
  const chapter = usePresenting(state => state.chapter) ?? chapterOf('before', false);
  const steps = (graph?.nodes ?? []).filter(node => NODE_KINDS[node.kind].isStation);
  return (
    <Frame
      chapter={chapter}
      onScreen={{
        kind: 'before',
        badge: '',
        headline: graph?.name ?? text.ready,
        meaning: graph?.description ?? '',
        figures: undefined,
      }}
    >
      <header />
      <div className="present-stage with-map">
        <section className="present-say is-before">
          <h1>{graph?.name ?? text.ready}</h1>
          <p className="present-meaning">{graph?.description}</p>
          <ol className="present-way" aria-label={text.steps}>
            {steps.map(node => (
              <li key={node.path}>{titleFor(node)}</li>
            ))}
          </ol>
          {workflow && graph && (
            <div className="present-action">
              <StartButton look="primary" workflow={workflow} demo={text.start}>
                {text.start}
              </StartButton>
              {lastMs !== undefined && <p>{text.lastTime(lastMs)}</p>}
            </div>
          )}
        </section>
        <div className="present-map is-empty">
          <p>{text.noSquares}</p>
        </div>
      </div>
    </Frame>
  );
}

/** How long the latest run took that came to its end. */
function lastTimeOf({ histories, workflow }: StudioState): number | undefined {
  return histories
    .find(other => other.file === workflow?.file && other.workflow === workflow.workflow)
    ?.runs.findLast(({ status }) => status === 'completed')?.activeMs;
}
