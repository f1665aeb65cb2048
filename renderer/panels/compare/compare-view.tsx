import { Segmented } from '../../ui/segmented.tsx';
import { compare } from '../../stores/actions.ts';
import { useStudio } from '../../stores/studio.ts';
import { CompareAttempts } from './attempts/compare-attempts.tsx';
import { CompareRuns } from './runs/compare-runs.tsx';
import './compare.css';

/** What is other in the attempts of a batch, or in two runs of the workflow. */
export function CompareView() {
  const mode = useStudio(state => state.compare.mode);
  const run = useStudio(state => state.runId);
  return (
    <section className="compare" aria-label="Compare">
      {mode === 'attempts' && <CompareAttempts run={run} modes={<Modes />} />}
      {mode === 'runs' && <CompareRuns run={run} modes={<Modes />} />}
    </section>
  );
}

function Modes() {
  const mode = useStudio(state => state.compare.mode);
  return (
    <Segmented
      label="What is compared"
      choices={[
        { id: 'attempts', title: 'Attempts' },
        { id: 'runs', title: 'Two runs' },
      ]}
      chosen={mode}
      onChoose={chosen => compare({ mode: chosen })}
    />
  );
}
