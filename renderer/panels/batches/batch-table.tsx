import { titledBatch } from '../../model/batch-name.ts';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, useState } from 'react';
import type { BatchFilter, BatchRow } from '../../../host/api/api.ts';
import { Empty } from '../../ui/empty.tsx';
import { statusWord } from '../../../common/status.ts';
import { inspect, showBatches } from '../../stores/actions.ts';
import { useStudio } from '../../stores/studio.ts';
import { useWhy } from '../why/use-why.ts';
import { Cells } from './batch-row.tsx';
import { UnfoldedBatch } from './unfolded-batch.tsx';
import { usePastRow, usePastWhere } from './use-past-rows.ts';
import { useRowSelection } from './use-row-selection.ts';
import { useBatchPages, type BatchOrder } from './use-batch-pages.ts';

const ROW = 30;
const COLUMNS: readonly { readonly title: string; readonly sort?: BatchOrder['sort'] }[] = [
  { title: 'Batch', sort: 'index' },
  { title: 'State', sort: 'status' },
  { title: 'Items' },
  { title: 'Attempts', sort: 'attempts' },
  { title: 'Waited', sort: 'waited' },
  { title: 'Duration', sort: 'duration' },
  { title: 'Name, error, or why it waits' },
];

/** The map's twin: the same batches as rows, all of it by keyboard. */
export function BatchTable({
  run,
  node,
  where,
  isEmpty,
}: {
  run: number;
  node: number;
  where: BatchFilter;
  /** It has no batches, whatever the filter. */
  isEmpty: boolean;
}) {
  const [order, setOrder] = useState<BatchOrder>({ sort: 'index', descending: false });
  const pages = useBatchPages(run, node, usePastWhere(node, where), order);
  const rowThen = usePastRow(node);
  const inspected = useStudio(state =>
    state.inspected.kind === 'batch' && state.inspected.node === node ? state.inspected.index : undefined,
  );
  const scroll = useRef<HTMLDivElement>(null);
  const [focus, setFocus] = useState(0);
  const unfolded = useStudio(state => state.batches.unfolded);
  const unfold = (index: number | undefined) => showBatches({ unfolded: index });
  const why = useWhy(node);
  const rows = useVirtualizer({
    count: pages.total,
    getScrollElement: () => scroll.current,
    estimateSize: () => ROW,
    overscan: 12,
  });
  const visible = rows.getVirtualItems();
  const [first, last] = [visible[0]?.index ?? 0, visible.at(-1)?.index ?? 0];
  const { need } = pages;
  useEffect(() => need(first, last), [need, first, last]);

  // What is looked at, in whatever view that was chosen, is in view here, too: where its row is known without asking.
  const isWhole = order.sort === 'index' && Object.keys(where).length === 0;
  const shown = inspected === undefined || !isWhole ? -1 : order.descending ? pages.total - 1 - inspected : inspected;
  const isThere = shown >= 0 && shown < pages.total;
  useEffect(() => {
    if (isThere) rows.scrollToIndex(shown);
  }, [rows, shown, isThere]);

  const { isSelected, begin, toggle, extendTo } = useRowSelection(node, at => pages.row(at)?.index);
  // A row that comes into the page only after it has been scrolled to.
  const wanted = useRef<number>(undefined);
  useEffect(() => {
    if (wanted.current === undefined) return;
    const row = scroll.current?.querySelector<HTMLElement>(`[data-row="${wanted.current}"]`);
    if (!row) return;
    wanted.current = undefined;
    row.focus({ preventScroll: true });
  });
  const stop = focus >= first && focus <= last ? focus : first;

  const onKeyDown = (event: React.KeyboardEvent) => {
    const isAdding = event.ctrlKey || event.metaKey;
    const isOnButton = event.target instanceof HTMLElement && event.target.closest('button') !== null;
    if (event.key === ' ' && isAdding) {
      event.preventDefault();
      return toggle(focus);
    }
    if (event.key === 'Enter' && !isOnButton) open(pages.row(focus));
    if (event.key === 'ArrowRight') unfold(pages.row(focus)?.index);
    if (event.key === 'ArrowLeft') unfold(undefined);
    const next = rowAfter(event.key, focus, pages.total);
    if (next === undefined) return undefined;
    event.preventDefault();
    setFocus(next);
    wanted.current = next;
    rows.scrollToIndex(next);
    if (event.shiftKey) return extendTo(next, focus);
    // Held, the key goes on without looking at what it passes.
    if (isAdding) return undefined;
    begin(next);
    return open(pages.row(next));
  };
  const sortBy = (sort: BatchOrder['sort']) =>
    setOrder(before => ({ sort, descending: before.sort === sort ? !before.descending : sort !== 'index' }));
  const open = (row: BatchRow | undefined) => {
    if (row) inspect({ kind: 'batch', node, index: row.index });
  };

  return (
    <div className="batch-table" role="grid" aria-label="Batches" aria-multiselectable aria-rowcount={pages.total}>
      <div className="batch-row head" role="row">
        {COLUMNS.map(({ title, sort }) => (
          <span
            key={title}
            role="columnheader"
            aria-sort={sort === order.sort ? (order.descending ? 'descending' : 'ascending') : undefined}
          >
            {sort ? (
              <button type="button" onClick={() => sortBy(sort)}>
                {title}
                {sort === order.sort && <i aria-hidden>{order.descending ? ' ↓' : ' ↑'}</i>}
              </button>
            ) : (
              title
            )}
          </span>
        ))}
      </div>
      {pages.total === 0 && (
        <Empty>{isEmpty ? 'There were no items, so there are no batches.' : 'No batches match the filter.'}</Empty>
      )}
      <div
        ref={scroll}
        className="scroll"
        tabIndex={-1}
        role="rowgroup"
        aria-label="Rows: use the arrow keys to move, with Shift to select, Ctrl and Space to add one, to the right for attempts, and Enter to inspect"
        onKeyDown={onKeyDown}
      >
        <div style={{ height: rows.getTotalSize(), position: 'relative' }}>
          {visible.map(({ index, start }) => {
            const stored = pages.row(index);
            const row = stored && rowThen(stored);
            const isUnfolded = row !== undefined && row.index === unfolded;
            return (
              <div
                key={index}
                ref={rows.measureElement}
                data-index={index}
                style={{ position: 'absolute', top: start, left: 0, right: 0 }}
              >
                <div
                  role="row"
                  tabIndex={index === stop ? 0 : -1}
                  data-row={index}
                  className={`batch-row ${row?.index === inspected && row ? 'current' : ''} ${row && isSelected(row.index) ? 'selected' : ''}`}
                  aria-selected={row !== undefined && isSelected(row.index)}
                  onFocus={() => setFocus(index)}
                  aria-rowindex={index + 1}
                  aria-label={row ? `${titledBatch(row.index, row.label)}, ${statusWord(row.status)}` : undefined}
                  aria-current={row !== undefined && row.index === inspected}
                  onClick={event => {
                    setFocus(index);
                    if (event.shiftKey) return extendTo(index, focus);
                    if (event.ctrlKey || event.metaKey) return toggle(index);
                    begin(index);
                    return open(row);
                  }}
                  onDoubleClick={() => {
                    if (row) inspect({ kind: 'batch', node, index: row.index }, 'error');
                  }}
                >
                  {row && (
                    <Cells
                      row={row}
                      why={why(row)}
                      isUnfolded={isUnfolded}
                      onUnfold={() => unfold(isUnfolded ? undefined : row.index)}
                    />
                  )}
                </div>
                {isUnfolded && (
                  <div role="row" className="unfolded">
                    <div role="gridcell">
                      <UnfoldedBatch run={run} row={row} />
                    </div>
                  </div>
                )}
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}

/** Where a key leads from a row. */
function rowAfter(key: string, from: number, total: number): number | undefined {
  if (key === 'Home') return 0;
  if (key === 'End') return Math.max(0, total - 1);
  const by = { ArrowDown: 1, ArrowUp: -1, PageDown: 20, PageUp: -20 }[key];
  return by === undefined ? undefined : Math.max(0, Math.min(total - 1, from + by));
}
