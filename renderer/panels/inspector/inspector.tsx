import { useStudio } from '../../stores/studio.ts';
import { Empty } from '../../ui/empty.tsx';
import { shownClimb } from '../../stores/climb.ts';
import { MomentNote } from '../playback/moment-note.tsx';
import { BatchInspector } from './batch-inspector.tsx';
import { ClimbPlan, ClimbProgress } from './climb/climb-sheet.tsx';
import './inspector.css';
import { NodeInspector } from './node-inspector.tsx';
import { RunInspector } from './run-inspector.tsx';

/** What is selected, from all sides. */
export function Inspector() {
  const run = useStudio(state => state.runId);
  const inspected = useStudio(state => state.inspected);
  const asked = useStudio(state => state.climbAsked);
  const climb = useStudio(shownClimb);
  return (
    <section className="panel inspector" aria-label="Inspector">
      {inspected.kind === 'batch' && inspected.parent === undefined ? (
        <MomentNote node={inspected.node} index={inspected.index} />
      ) : (
        <MomentNote />
      )}
      {run === undefined ? (
        <Empty>Run a workflow, then select a step or a batch to inspect it.</Empty>
      ) : asked?.run === run ? (
        <ClimbPlan asked={asked} />
      ) : climb ? (
        <ClimbProgress run={run} climb={climb} />
      ) : inspected.kind === 'batch' ? (
        <BatchInspector
          key={`${inspected.node}`}
          run={run}
          node={inspected.node}
          index={inspected.index}
          parent={inspected.parent}
        />
      ) : inspected.kind === 'node' ? (
        <NodeInspector run={run} path={inspected.path} />
      ) : (
        <RunInspector run={run} />
      )}
    </section>
  );
}
