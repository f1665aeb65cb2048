import { useVirtualizer } from '@tanstack/react-virtual';
import { useMemo, useRef, useState } from 'react';
import type { Graph, RunItem, WorkflowFile } from '../../../host/api/api.ts';
import { label } from '../../model/shown-text.ts';
import { ago, counted, duration, number, percent, BATCH } from '../../../common/format.ts';
import { Bar } from '../../ui/bar.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Glyph } from '../../ui/glyph.tsx';
import { inspect, openDialog } from '../../stores/actions.ts';
import { loadMoreRuns } from '../../stores/session.ts';
import { openRun, openWorkflow } from '../../stores/open-run.ts';
import { useStudio } from '../../stores/studio.ts';
import { RunButton } from '../../ui/run-button.tsx';
import './sidebar.css';

export function Sidebar() {
  return (
    <div className="panel sidebar">
      <Workflows />
      <Runs />
    </div>
  );
}

function Workflows() {
  const files = useStudio(state => state.workspace?.files);
  const loading = useStudio(state => state.workspace?.loading === true);
  const notices = useStudio(state => state.workspace?.notices);
  return (
    <section aria-label="Workflows" className="workflows">
      <header>
        <h2 className="label">Workflows</h2>
        <RunButton look="quiet" small onClick={() => openDialog({ kind: 'new-workflow' })}>
          New…
        </RunButton>
      </header>
      {files?.length === 0 && <Empty>{loading ? 'Looking for workflows…' : 'No workflows in this folder yet.'}</Empty>}
      <ul>
        {files?.map(file => (
          <FileRows key={file.file} file={file} />
        ))}
      </ul>
      {notices?.map(notice => (
        <Empty key={notice}>{label(notice)}</Empty>
      ))}
    </section>
  );
}

function FileRows({ file }: { file: WorkflowFile }) {
  return (
    <>
      {file.graphs.map(graph => (
        <WorkflowRow key={graph.id} file={file} graph={graph} />
      ))}
      {file.graphs.length === 0 && (file.problem ? <BrokenRow file={file} /> : <UnloadedRow file={file} />)}
    </>
  );
}

function WorkflowRow({ file, graph }: { file: WorkflowFile; graph: Graph }) {
  const chosen = useStudio(state => state.workflow?.file === file.file && state.workflow.workflow === graph.id);
  const latest = useStudio(state => state.runs.find(run => run.file === file.file && run.workflow === graph.id));
  return (
    <li>
      <button
        type="button"
        className="row"
        aria-current={chosen}
        onClick={() => (latest ? void openRun(latest.run) : openWorkflow(file.file, graph.id))}
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
          <small className="numbers">
            {latest.status === 'running'
              ? `${Math.floor(percent(latest.items.succeeded + latest.items.failed, latest.items.total))}%`
              : number(latest.batches.total)}
          </small>
        )}
      </button>
    </li>
  );
}

function BrokenRow({ file }: { file: WorkflowFile }) {
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

/** A file of a folder that is not trusted. */
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

function Runs() {
  const runs = useStudio(state => state.runs);
  const [filter, setFilter] = useState('');
  const shown = useMemo(() => matching(runs, filter), [runs, filter]);
  const scroll = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: shown.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => 46,
    overscan: 8,
    onChange: list => {
      if (list.range && list.range.endIndex >= shown.length - 10) void loadMoreRuns();
    },
  });
  return (
    <section aria-label="Runs" className="runs">
      <header>
        <h2 className="label">Runs</h2>
        <input
          data-filter
          type="search"
          placeholder="Filter"
          aria-label="Filter runs by name, number or status"
          value={filter}
          onChange={event => setFilter(event.target.value)}
        />
      </header>
      {runs.length === 0 && <Empty>No runs yet. Select a workflow, then click Run.</Empty>}
      {runs.length > 0 && shown.length === 0 && <Empty>No runs match the filter.</Empty>}
      <div ref={scroll} className="scroll">
        <ul style={{ height: rows.getTotalSize(), position: 'relative' }}>
          {rows.getVirtualItems().map(({ index, start }) => {
            const run = shown[index];
            return (
              run && (
                <li key={run.run} style={{ position: 'absolute', top: start, left: 8, right: 8 }}>
                  <RunRow run={run} />
                </li>
              )
            );
          })}
        </ul>
      </div>
    </section>
  );
}

function RunRow({ run }: { run: RunItem }) {
  const chosen = useStudio(state => state.runId === run.run);
  return (
    <button type="button" className="row" aria-current={chosen} onClick={() => void openRun(run.run)}>
      <Glyph status={run.status} />
      <span className="title">
        <span>
          Run {run.run}{' '}
          <small className="inline">
            {run.name} · {ago(run.startedAt, Date.now())}
          </small>
        </span>
        <Bar counts={run.items} />
      </span>
      <small className="numbers">
        {run.failedBatches > 0 && (
          <span className="tone-failed" title={`${counted(run.failedBatches, BATCH)} failed`}>
            {number(run.failedBatches)} failed
            <br />
          </span>
        )}
        {run.status === 'running' ? 'running' : duration(run.activeMs)}
      </small>
    </button>
  );
}

function matching(runs: readonly RunItem[], filter: string): readonly RunItem[] {
  const words = filter
    .toLowerCase()
    .split(/\s+/)
    .filter(word => word !== '');
  if (words.length === 0) return runs;
  return runs.filter(run => {
    const text = `${run.name} ${run.workflow} ${run.file} run ${run.run} ${run.status}`.toLowerCase();
    return words.every(word => text.includes(word));
  });
}
