import { useMemo, type ReactNode } from 'react';
import { dateAndTime, number } from '../../../../common/format.ts';
import { statusWord } from '../../../../common/status.ts';
import type { RunItem } from '../../../../host/api/api.ts';
import { DIFFERENCES, type DifferenceShown } from '../../../model/compare/compare-address.ts';
import { isShown } from '../../../model/compare/run-scan.ts';
import { runsMarkdown, runsSentence } from '../../../model/compare/runs-text.ts';
import { label, titleLabel } from '../../../model/shown-text.ts';
import { useLoad } from '../../../hooks/use-load.ts';
import { compare } from '../../../stores/actions.ts';
import { api } from '../../../stores/host.ts';
import { useStudio } from '../../../stores/studio.ts';
import { CopyButton } from '../../../ui/copy-button.tsx';
import { Empty } from '../../../ui/empty.tsx';
import { RunsFacts } from './runs-facts.tsx';
import { RunsTable } from './runs-table.tsx';
import { useRunScan } from './use-run-scan.ts';

const MOST_RUNS = 100;

/** Compares the open run with another one of its workflow. */
export function CompareRuns({ run, modes }: { run: number | undefined; modes: ReactNode }) {
  const item = useStudio(state => state.detail?.item);
  const wanted = useStudio(state => state.compare.other);
  const chosenNode = useStudio(state => state.compare.node);
  const maps = useStudio(state => state.model?.maps);
  const paths = [...(maps?.values() ?? [])].map(({ path }) => path);
  const loaded = useLoad(
    item && (() => api().listRuns({ workflow: item.workflow, file: item.file, limit: MOST_RUNS })),
    [item?.run, item?.workflow, item?.file],
  );
  const others = (loaded.state === 'loaded' ? loaded.value : []).filter(
    (other): other is RunItem => other.status !== 'damaged' && other.run !== run,
  );
  // The one before it; of the first run, the one after it.
  const other = wanted ?? (others.find(one => one.run < (run ?? 0)) ?? others.at(-1))?.run;
  const path = paths.find(one => one === chosenNode) ?? paths[0];
  if (run === undefined || other === undefined || path === undefined || !item)
    return (
      <>
        <header className="compare-head">
          <h2>Two runs</h2>
          {modes}
        </header>
        <Empty>
          {run === undefined ? 'Open a run to compare it with another one.' : whyNothing(loaded.state, path)}
        </Empty>
      </>
    );
  return (
    <Shown
      key={`${run} ${other} ${path}`}
      item={item}
      other={other}
      others={others}
      path={path}
      paths={paths}
      modes={modes}
    />
  );
}

function whyNothing(state: string, path: string | undefined): string {
  if (state === 'loading') return 'Loading…';
  return path === undefined
    ? 'This run has no batches: there is nothing to compare side by side.'
    : 'There is no other run of this workflow.';
}

interface ShownProps {
  readonly item: RunItem;
  readonly other: number;
  readonly others: readonly RunItem[];
  readonly path: string;
  readonly paths: readonly string[];
  readonly modes: ReactNode;
}

function Shown({ item, other, others, path, paths, modes }: ShownProps) {
  const { run } = item;
  const graph = useStudio(state => state.detail?.graph);
  const status = useStudio(state => state.progress?.status ?? item.status);
  const differs = useStudio(state => state.compare.differs);
  const scanned = useRunScan(run, other, path, status);
  const batches = useMemo(() => scanned.batches.filter(batch => isShown(batch, differs)), [scanned, differs]);
  const sentence = runsSentence(run, other, scanned);
  return (
    <>
      <header className="compare-head">
        <h2>
          Run {number(run)} <small className="muted">against</small>
        </h2>
        <select
          aria-label="The run that it is compared with"
          value={other}
          onChange={event => compare({ other: Number(event.target.value) })}
        >
          {!others.some(one => one.run === other) && <option value={other}>Run {number(other)}</option>}
          {others.map(one => (
            <option key={one.run} value={one.run}>
              {one.title === undefined ? `Run ${number(one.run)}` : `${label(one.title, 60)} (${number(one.run)})`},{' '}
              {statusWord(one.status)}, {dateAndTime(one.startedAt)}
            </option>
          ))}
        </select>
        {paths.length > 1 && (
          <select aria-label="Batches of" value={path} onChange={event => compare({ node: event.target.value })}>
            {paths.map(one => (
              <option key={one} value={one}>
                {graph ? titleLabel(graph, one) : one}
              </option>
            ))}
          </select>
        )}
        {modes}
        <CopyButton text={() => runsMarkdown(sentence, [run, other], batches)}>Copy as Markdown</CopyButton>
      </header>
      <p className="compare-sentence" role="status">
        {sentence}
      </p>
      <RunsFacts item={item} other={other} />
      <div className="compare-filter" role="group" aria-label="What differs">
        {DIFFERENCES.map(difference => (
          <button
            key={difference}
            type="button"
            className="chip"
            aria-pressed={difference === differs}
            onClick={() => compare({ differs: difference })}
          >
            {FILTERS[difference]} {number(scanned.counts[difference])}
          </button>
        ))}
        {!scanned.isDone && scanned.total !== undefined && (
          <progress max={scanned.total} value={scanned.looked} aria-label="Batches compared" />
        )}
      </div>
      {scanned.problem !== undefined && <p className="wrong">{scanned.problem}</p>}
      <RunsTable runs={[run, other]} path={path} batches={batches} isDone={scanned.isDone} />
      {scanned.counts[differs] > batches.length && (
        <footer className="compare-foot muted">The first {number(batches.length)} of them are listed.</footer>
      )}
    </>
  );
}

const FILTERS: Readonly<Record<DifferenceShown, string>> = {
  result: 'State, output or items',
  state: 'State',
  output: 'Output',
  items: 'Items',
  slower: 'Twice as slow',
  faster: 'Twice as fast',
};
