import { label } from '../../../model/shown-text.ts';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef, useState } from 'react';
import { number } from '../../../../common/format.ts';
import type { ComparedBatch } from '../../../../host/api/api.ts';
import { differsText, stateText, timeText } from '../../../model/compare/runs-text.ts';
import { Empty } from '../../../ui/empty.tsx';
import { Glyph } from '../../../ui/glyph.tsx';
import { BatchDifference } from './batch-difference.tsx';

const ROW = 32;

interface Props {
  readonly runs: readonly [number, number];
  readonly path: string;
  readonly batches: readonly ComparedBatch[];
  readonly isDone: boolean;
}

/** The batches that differ, by number; a row opens into what differs in it. */
export function RunsTable({ runs, path, batches, isDone }: Props) {
  const scroll = useRef<HTMLDivElement>(null);
  const [opened, setOpened] = useState<number>();
  const rows = useVirtualizer({
    count: batches.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => ROW,
    overscan: 10,
    getItemKey: index => batches[index]?.index ?? index,
  });
  if (batches.length === 0) return <Empty>{isDone ? 'Nothing differs in this.' : 'Comparing…'}</Empty>;
  return (
    <div
      ref={scroll}
      className="compare-scroll compare-runs"
      tabIndex={0}
      role="group"
      aria-label="Batches that differ"
    >
      <div className="compare-run-row compare-run-head" aria-hidden>
        <span>Batch</span>
        <span>Differs in</span>
        <span>Run {number(runs[0])}</span>
        <span>Run {number(runs[1])}</span>
      </div>
      <ul style={{ height: rows.getTotalSize(), position: 'relative' }}>
        {rows.getVirtualItems().map(({ index, start, key }) => {
          const batch = batches[index];
          if (!batch) return null;
          const isOpen = opened === batch.index;
          return (
            <li
              key={key}
              ref={rows.measureElement}
              data-index={index}
              style={{ position: 'absolute', top: start, left: 0, right: 0 }}
            >
              <button
                type="button"
                className="compare-run-row"
                aria-expanded={isOpen}
                onClick={() => setOpened(isOpen ? undefined : batch.index)}
              >
                <span className="numbers">
                  <i aria-hidden>{isOpen ? '▾' : '▸'}</i> <span className="visually-hidden">Batch </span>
                  {number(batch.index)}
                  {batch.label !== undefined && <b className="batch-label"> {label(batch.label, 60)}</b>}
                </span>
                <span>{differsText(batch)}</span>
                <Outcome side={batch.here} />
                <Outcome side={batch.there} />
              </button>
              {isOpen && <BatchDifference runs={runs} path={path} batch={batch} />}
            </li>
          );
        })}
      </ul>
    </div>
  );
}

function Outcome({ side }: { side: ComparedBatch['here'] }) {
  return (
    <span className="compare-outcome">
      {side && <Glyph status={side.status} silent />}
      {stateText(side)} <span className="numbers muted">{timeText(side)}</span>{' '}
      {side?.message !== undefined && <code className="muted">{side.message}</code>}
    </span>
  );
}
