import { openDialog } from '../../stores/actions.ts';
import { showsDemos } from '../../stores/demo.ts';
import { openWorkflow } from '../../stores/open-run.ts';
import { useStudio } from '../../stores/studio.ts';
import { questionOf } from '../../stores/trust.ts';
import { RunButton, StartButton, StartDemoButton } from '../../ui/run-button.tsx';
import { TrustButton } from '../header/trust-bar.tsx';

const SHORTEST = `import { cronflow } from 'cronflow';

cronflow
  .define({ id: 'hello', name: 'Greet everyone' })
  .batch('greet', { items: ['Ada', 'Grace', 'Mary'], size: 1 }, (names, flow) => {
    flow.step('say', () => \`Hello, \${names[0]}\`);
  });`;

/** Nothing is open: what to do next. */
export function EmptyGraph() {
  const files = useStudio(state => state.workspace?.files);
  const loading = useStudio(state => state.workspace?.loading === true);
  const isUntrusted = useStudio(questionOf) !== undefined;
  const isAmongDemos = useStudio(showsDemos);
  if (isUntrusted) return <NotLoaded />;
  if (!files || (files.length === 0 && loading))
    return (
      <div className="graph-empty">
        <p>Looking for workflows…</p>
      </div>
    );
  const workflows = files.flatMap(({ file, graphs }) => graphs.map(graph => ({ file, graph })));
  if (workflows.length === 0) return <FirstWorkflow broken={files.length > 0} />;
  return (
    <div className="graph-empty">
      <div className="empty-card">
        <h2>Select a workflow</h2>
        <p>
          The graph shows what the workflow does, step by step. When you run it, the graph shows every batch and why
          batches failed.
        </p>
        <ul>
          {workflows.slice(0, 6).map(({ file, graph }) => (
            <li key={`${file} ${graph.id}`}>
              <button type="button" className="graph-pick" onClick={() => openWorkflow(file, graph.id)}>
                <b>{graph.name}</b>
                {graph.description && <span>{graph.description}</span>}
              </button>
              <StartButton
                look="primary"
                small
                aria-label={`Run ${graph.name}`}
                workflow={{ file, workflow: graph.id }}
                onClick={() => openWorkflow(file, graph.id)}
              >
                Run…
              </StartButton>
              {graph.demo && !isAmongDemos && (
                <StartDemoButton
                  small
                  aria-label={`Start the demo of ${graph.name}`}
                  workflow={{ file, workflow: graph.id }}
                >
                  Start demo
                </StartDemoButton>
              )}
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}

function NotLoaded() {
  return (
    <div className="graph-empty">
      <div className="empty-card">
        <h2>The files of this folder are not loaded</h2>
        <p>
          Trust the folder to see its workflows and to run them. Until then you can choose a stored run on the left;
          nothing is executed.
        </p>
        <footer>
          <TrustButton look="primary" />
        </footer>
      </div>
    </div>
  );
}

function FirstWorkflow({ broken }: { broken: boolean }) {
  return (
    <div className="graph-empty">
      <div className="empty-card">
        <h2>{broken ? 'No workflow in this folder loads' : 'No workflows in this folder'}</h2>
        <p>
          {broken
            ? 'Select a file on the left to see what is wrong with it, or create a new one.'
            : 'A workflow is a TypeScript file in this folder. This is a complete one:'}
        </p>
        {!broken && (
          <pre className="code-frame" tabIndex={0} aria-label="The shortest workflow">
            {SHORTEST}
          </pre>
        )}
        <footer>
          <RunButton look="primary" onClick={() => openDialog({ kind: 'new-workflow' })}>
            New workflow…
          </RunButton>
          <span>After you save it, its graph appears here.</span>
        </footer>
      </div>
    </div>
  );
}
