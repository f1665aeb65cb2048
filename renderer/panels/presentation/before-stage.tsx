import { usePresentationText } from '../../hooks/use-presentation-text.ts';
import { NODE_KINDS } from '../../../common/node-kinds.ts';
import { titleFor } from '../../model/graph/plan-text.ts';
import { useStudio } from '../../stores/studio.ts';
import { StartButton } from '../../ui/run-button.tsx';
import { Stations } from './stations.tsx';

/** A workflow that has not run: what it is called, what it does, its steps, and the one button. */
export function BeforeStage() {
  const text = usePresentationText();
  const workflow = useStudio(state => state.workflow);
  const graph = useStudio(state =>
    state.workspace?.files
      .find(({ file }) => file === state.workflow?.file)
      ?.graphs.find(({ id }) => id === state.workflow?.workflow),
  );
  const steps = (graph?.nodes ?? []).filter(node => NODE_KINDS[node.kind].isStation);
  return (
    <>
      <header>
        <Stations stations={steps.map(node => ({ path: node.path, title: titleFor(node) }))} />
      </header>
      <div className="present-stage with-map">
        <section className="present-say">
          <h1>{graph?.name ?? text.ready}</h1>
          <p className="present-meaning">{graph?.description}</p>
          {workflow && graph && (
            <p className="present-action">
              <StartButton look="primary" workflow={workflow}>
                {text.start}
              </StartButton>
            </p>
          )}
        </section>
        <div className="present-map is-empty">
          <p>{text.noSquares}</p>
        </div>
      </div>
    </>
  );
}
