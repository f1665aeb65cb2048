import type { RunItem } from '../../../host/api/api.ts';
import { counted, number } from '../../../common/format.ts';
import { statusWord } from '../../../common/status.ts';
import { entriesOf, type Entry } from '../../model/workflow-entries.ts';
import { label } from '../../model/shown-text.ts';
import { setPanel } from '../../stores/actions.ts';
import { openRun, openWorkflow } from '../../stores/open-run.ts';
import { useStudio } from '../../stores/studio.ts';
import { Glyph } from '../../ui/glyph.tsx';
import { PanelToggle } from '../header/panel-toggle.tsx';
import { useLatestRun } from './use-latest-run.ts';

/** More would push the runs out of a window that is not high. */
const MOST_WORKFLOWS = 6;
const MOST_RUNS = 12;
/** From here on a number is set smaller, to fit. */
const LONG_NUMBER = 10_000;

type WorkflowEntry = Extract<Entry, { kind: 'workflow' }>;

/** The sidebar, folded away: workflows by their state, the one that is open among them, and its latest runs by number. */
export function SidebarRail() {
  const files = useStudio(state => state.workspace?.files);
  const open = useStudio(state => state.workflow);
  const runs = useStudio(state => state.runs);
  const workflows = entriesOf(files ?? []).filter(entry => entry.kind === 'workflow');
  const shown = around(
    workflows,
    workflows.findIndex(({ file, graph }) => file.file === open?.file && graph.id === open.workflow),
  );
  const ofOpen = runs.flatMap(run =>
    run.status !== 'damaged' && run.file === open?.file && run.workflow === open.workflow ? [run] : [],
  );
  return (
    <nav className="rail" aria-label="Workflows and runs">
      <PanelToggle panel="sidebar" sign="»" />
      <hr />
      {shown.map(entry => (
        <WorkflowButton key={`${entry.file.file} ${entry.graph.id}`} entry={entry} />
      ))}
      {workflows.length > shown.length && (
        <button
          type="button"
          aria-label={`${counted(workflows.length - shown.length, ['more workflow', 'more workflows'])}: show all`}
          onClick={() => setPanel('sidebar', true)}
        >
          +{number(workflows.length - shown.length)}
        </button>
      )}
      {ofOpen.length > 0 && <hr />}
      {ofOpen.slice(0, MOST_RUNS).map(run => (
        <RunButton key={run.run} run={run.run} status={run.status} />
      ))}
    </nav>
  );
}

/** So many of them, with the one at a place among them. */
function around<T>(all: readonly T[], at: number): readonly T[] {
  const from = Math.max(0, Math.min(all.length - MOST_WORKFLOWS, at - Math.floor(MOST_WORKFLOWS / 2)));
  return all.slice(from, from + MOST_WORKFLOWS);
}

function WorkflowButton({ entry: { file, graph } }: { entry: WorkflowEntry }) {
  const chosen = useStudio(state => state.workflow?.file === file.file && state.workflow.workflow === graph.id);
  const latest = useLatestRun(file.file, graph.id);
  const name = label(graph.name, 100);
  return (
    <button
      type="button"
      aria-current={chosen}
      aria-label={latest ? `${name}, ${statusWord(latest.status)}` : name}
      title={name}
      onClick={() => (latest ? void openRun(latest.run) : openWorkflow(file.file, graph.id))}
    >
      {latest ? <Glyph status={latest.status} silent /> : <span aria-hidden>○</span>}
    </button>
  );
}

function RunButton({ run, status }: { run: number; status: RunItem['status'] }) {
  const chosen = useStudio(state => state.runId === run);
  return (
    <button
      type="button"
      className={`${status === 'failed' ? 'tone-failed' : ''} ${run >= LONG_NUMBER ? 'is-long' : ''}`}
      aria-current={chosen}
      aria-label={`Run ${number(run)}, ${statusWord(status)}`}
      title={`Run ${number(run)}: ${statusWord(status)}`}
      onClick={() => void openRun(run)}
    >
      {run}
    </button>
  );
}
