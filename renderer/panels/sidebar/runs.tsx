import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useRowFocus } from '../../hooks/use-row-focus.ts';
import { runRows } from '../../model/run-rows.ts';
import { label } from '../../model/shown-text.ts';
import { loadMoreFound, searchRuns } from '../../stores/run-search.ts';
import { loadMoreRuns } from '../../stores/session.ts';
import { showsDemos } from '../../stores/demo.ts';
import { openPart, useStudio } from '../../stores/studio.ts';
import { Empty } from '../../ui/empty.tsx';
import { Row } from './run-row.tsx';

const ROW = 46;
const HEADING = 24;

export function Runs() {
  const all = useStudio(state => state.runs);
  const pinned = useStudio(state => state.pinned);
  const found = useStudio(state => state.runSearch);
  const isAmongDemos = useStudio(showsDemos);
  const part = useStudio(openPart);
  const shown = found ? (found.runs ?? all) : all;
  const rows = useMemo(() => runRows(found ? [] : pinned, shown, Date.now(), part), [found, pinned, shown, part]);
  return (
    <section aria-label="Runs" className="runs">
      <header>
        <h2 className="label">Runs</h2>
        <Filter />
      </header>
      {all.length === 0 && (
        <Empty>
          {isAmongDemos
            ? 'No demos yet. Select a workflow, then click Start demo.'
            : 'No runs yet. Select a workflow, then click Run.'}
        </Empty>
      )}
      {all.length > 0 && shown.length === 0 && <Empty>No runs match the filter.</Empty>}
      <List rows={rows} onEnd={() => void (found ? loadMoreFound() : loadMoreRuns())} />
    </section>
  );
}

/** By words, and by the workflow that is chosen. */
function Filter() {
  const found = useStudio(state => state.runSearch);
  const workflow = useStudio(state => state.workflow);
  const [isOfOne, setIsOfOne] = useState(false);
  const of = isOfOne && workflow?.workflow ? workflow : undefined;
  const search = found?.search ?? '';
  const before = useRef(of);
  useEffect(() => {
    if (before.current?.file === of?.file && before.current?.workflow === of?.workflow) return;
    before.current = of;
    searchRuns(search, of);
  }, [of, search]);
  return (
    <>
      <button
        type="button"
        className="only-chosen"
        aria-pressed={isOfOne}
        disabled={!isOfOne && !workflow?.workflow}
        title={workflow?.workflow ? `Only runs of ${label(workflow.workflow)}` : 'Only runs of the chosen workflow'}
        aria-label="Only runs of the chosen workflow"
        onClick={() => setIsOfOne(!isOfOne)}
      >
        <span aria-hidden>{isOfOne ? '●' : '○'}</span> This workflow
      </button>
      <input
        data-filter
        type="search"
        placeholder="Filter"
        aria-label="Filter all runs by name, number, note or status"
        value={search}
        onChange={event => searchRuns(event.target.value, of)}
      />
    </>
  );
}

function List({ rows, onEnd }: { rows: ReturnType<typeof runRows>; onEnd: () => void }) {
  const scroll = useRef<HTMLDivElement>(null);
  const list = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroll.current,
    estimateSize: index => (rows[index]?.kind === 'heading' ? HEADING : ROW),
    getItemKey: index => keyOf(rows[index], index),
    overscan: 8,
    onChange: view => {
      if (view.range && view.range.endIndex >= rows.length - 10) onEnd();
    },
  });
  // Headings are passed over by the arrow keys.
  const runs = useMemo(() => [...rows.keys()].filter(index => rows[index]?.kind === 'run'), [rows]);
  const stopOf = useMemo(() => new Map(runs.map((index, stop) => [index, stop])), [runs]);
  const inView = list.getVirtualItems().flatMap(({ index }) => stopOf.get(index) ?? []);
  const focus = useRowFocus<HTMLUListElement>(runs.length, { first: inView[0] ?? 0, last: inView.at(-1) ?? 0 }, stop =>
    list.scrollToIndex(runs[stop] ?? 0),
  );
  return (
    <div ref={scroll} className="scroll">
      <ul {...focus.list} style={{ height: list.getTotalSize(), position: 'relative' }}>
        {list.getVirtualItems().map(({ index, start, key }) => {
          const row = rows[index];
          if (!row) return null;
          return (
            <li key={key} style={{ position: 'absolute', top: start, left: 8, right: 8 }}>
              {row.kind === 'heading' ? (
                <h3 className="runs-heading">{row.text}</h3>
              ) : (
                <Row run={row.run} isPart={row.isPart === true} focus={focus.row(stopOf.get(index) ?? 0)} />
              )}
            </li>
          );
        })}
      </ul>
    </div>
  );
}

function keyOf(row: ReturnType<typeof runRows>[number] | undefined, index: number): string | number {
  return row?.kind === 'run' ? row.run.run : `heading ${index}`;
}
