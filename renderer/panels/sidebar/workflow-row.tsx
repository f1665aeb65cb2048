import type { Graph, RunItem, WorkflowFile } from '../../../host/api/api.ts';
import { BATCH, counted, number, percent } from '../../../common/format.ts';
import { useRevealed, type RowStop } from '../../hooks/use-row-focus.ts';
import type { Entry } from '../../model/workflow-entries.ts';
import { label } from '../../model/shown-text.ts';
import { inspect } from '../../stores/actions.ts';
import { openRun, openWorkflow } from '../../stores/open-run.ts';
import { useStudio } from '../../stores/studio.ts';
import { Glyph } from '../../ui/glyph.tsx';
import { HistoryBars } from './history.tsx';
import { useLatestRun } from './use-latest-run.ts';

/** A line of the list of workflows. */
export function EntryRow({ entry, focus }: { entry: Entry; focus: RowStop }) {
  switch (entry.kind) {
    case 'workflow':
      return <WorkflowRow {...entry} focus={focus} />;
    case 'broken':
      return <BrokenRow file={entry.file} focus={focus} />;
    case 'unloaded':
      return <UnloadedRow file={entry.file} />;
  }
}

function WorkflowRow({ file, graph, focus }: { file: WorkflowFile; graph: Graph; focus: RowStop }) {
  const chosen = useStudio(state => state.workflow?.file === file.file && state.workflow.workflow === graph.id);
  const latest = useLatestRun(file.file, graph.id);
  const revealed = useRevealed<HTMLButtonElement>(chosen);
  return (
    <li>
      <button
        ref={revealed}
        type="button"
        className="row"
        aria-current={chosen}
        onClick={() => (latest ? void openRun(latest.run) : openWorkflow(file.file, graph.id))}
        {...focus}
      >
        {latest ? (
          <Glyph status={latest.status} />
        ) : (
          <span className="glyph" aria-hidden>
            ○
          </span>
        )}
        <span className="title">
          <span>{graph.name}</span>
          <small>{file.problem ? <span className="tone-failed">does not load</span> : label(file.file)}</small>
        </span>
        {latest && (
          <small className="numbers" title={howFarTitle(latest)}>
            {howFar(latest)}
            <HistoryBars file={file.file} workflow={graph.id} />
          </small>
        )}
      </button>
    </li>
  );
}

/** A share of a total that nobody knows would be a wrong figure, and so would a total of nothing. */
function howFar({ status, items, batches, isOpenEnded }: RunItem): string {
  if (batches.total === 0) return '';
  if (status !== 'running') return number(batches.total);
  const done = items.succeeded + items.failed;
  return isOpenEnded ? `${number(done)} so far` : `${Math.floor(percent(done, items.total))}%`;
}

function howFarTitle({ run, status, batches }: RunItem): string | undefined {
  if (batches.total === 0) return undefined;
  return status === 'running' ? `How far run ${run} is` : `Run ${run} has ${counted(batches.total, BATCH)}`;
}

function BrokenRow({ file, focus }: { file: WorkflowFile; focus: RowStop }) {
  const chosen = useStudio(state => state.workflow?.file === file.file && state.workflow.workflow === '');
  const revealed = useRevealed<HTMLButtonElement>(chosen);
  return (
    <li>
      <button
        ref={revealed}
        type="button"
        className="row"
        aria-current={chosen}
        onClick={() => {
          openWorkflow(file.file, '');
          inspect({ kind: 'run' });
        }}
        {...focus}
      >
        <Glyph status="failed" />
        <span className="title">
          <span>{label(file.file)}</span>
          <small className="tone-failed">does not load</small>
        </span>
      </button>
    </li>
  );
}

function UnloadedRow({ file }: { file: WorkflowFile }) {
  return (
    <li className="row">
      <span className="glyph" aria-hidden>
        ○
      </span>
      <span className="title">
        <span>{label(file.file)}</span>
        <small>not loaded</small>
      </span>
    </li>
  );
}
