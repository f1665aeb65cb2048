import type { Graph, RunItem, WorkflowFile } from '../../../host/api/api.ts';
import { number, percent } from '../../../common/format.ts';
import { useRowFocus } from '../../hooks/use-row-focus.ts';
import { label } from '../../model/shown-text.ts';
import { inspect, openDialog } from '../../stores/actions.ts';
import { openRun, openWorkflow } from '../../stores/open-run.ts';
import { useStudio } from '../../stores/studio.ts';
import { Empty } from '../../ui/empty.tsx';
import { Glyph } from '../../ui/glyph.tsx';
import { RunButton } from '../../ui/run-button.tsx';
import { useLatestRun } from './use-latest-run.ts';

/** What a row of the list stands for. */
type Entry =
  | { readonly kind: 'workflow'; readonly file: WorkflowFile; readonly graph: Graph }
  | { readonly kind: 'broken'; readonly file: WorkflowFile }
  /** A file of a folder that is not trusted. */
  | { readonly kind: 'unloaded'; readonly file: WorkflowFile };

export function Workflows() {
  const files = useStudio(state => state.workspace?.files);
  const loading = useStudio(state => state.workspace?.loading === true);
  const notices = useStudio(state => state.workspace?.notices);
  const entries = (files ?? []).flatMap(entriesOf);
  // A file of a folder that is not trusted cannot be opened.
  const rows: readonly Entry[] = entries.filter(entry => entry.kind !== 'unloaded');
  const { list, row } = useRowFocus<HTMLUListElement>(rows.length, { first: 0, last: rows.length - 1 });
  return (
    <section aria-label="Workflows" className="workflows">
      <header>
        <h2 className="label">Workflows</h2>
        <RunButton look="quiet" small onClick={() => openDialog({ kind: 'new-workflow' })}>
          New…
        </RunButton>
      </header>
      {files?.length === 0 && <Empty>{loading ? 'Looking for workflows…' : 'No workflows in this folder yet.'}</Empty>}
      <ul {...list}>
        {entries.map(entry => {
          const focus = row(rows.indexOf(entry));
          switch (entry.kind) {
            case 'workflow':
              return <WorkflowRow key={`${entry.file.file} ${entry.graph.id}`} {...entry} focus={focus} />;
            case 'broken':
              return <BrokenRow key={entry.file.file} file={entry.file} focus={focus} />;
            default:
              return <UnloadedRow key={entry.file.file} file={entry.file} />;
          }
        })}
      </ul>
      {notices?.map(notice => (
        <Empty key={notice}>{label(notice)}</Empty>
      ))}
    </section>
  );
}

function entriesOf(file: WorkflowFile): Entry[] {
  if (file.graphs.length > 0) return file.graphs.map(graph => ({ kind: 'workflow', file, graph }));
  return [{ kind: file.problem ? 'broken' : 'unloaded', file }];
}

type RowProps = ReturnType<ReturnType<typeof useRowFocus>['row']>;

function WorkflowRow({ file, graph, focus }: { file: WorkflowFile; graph: Graph; focus: RowProps }) {
  const chosen = useStudio(state => state.workflow?.file === file.file && state.workflow.workflow === graph.id);
  const latest = useLatestRun(file.file, graph.id);
  return (
    <li>
      <button
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
        {latest && <small className="numbers">{howFar(latest)}</small>}
      </button>
    </li>
  );
}

/** A share of a total that nobody knows would be a wrong figure. */
function howFar({ status, items, batches, isOpenEnded }: RunItem): string {
  if (status !== 'running') return number(batches.total);
  const done = items.succeeded + items.failed;
  return isOpenEnded ? `${number(done)} so far` : `${Math.floor(percent(done, items.total))}%`;
}

function BrokenRow({ file, focus }: { file: WorkflowFile; focus: RowProps }) {
  const chosen = useStudio(state => state.workflow?.file === file.file && state.workflow.workflow === '');
  return (
    <li>
      <button
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
