import { idOf } from '../../common/node-paths.ts';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef } from 'react';
import type { LogLine } from '../../host/api/api.ts';
import { label } from '../model/shown-text.ts';
import { inspect } from '../stores/actions.ts';
import { clock } from '../../common/format.ts';
import { Empty } from './empty.tsx';
import './log-lines.css';

/** In pixels: so far from its end the log loads on. */
const NEAR = 400;

/** Lines of a log, however many; their text is shown as text. */
export function LogLines({
  lines,
  follow = false,
  empty,
  onEdge,
}: {
  lines: readonly LogLine[];
  follow?: boolean;
  empty: string;
  /** Is called near the end at which earlier lines belong: at the top, or where nothing is followed at the bottom. */
  onEdge?: (() => void) | undefined;
}) {
  const scroll = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const firstShown = useRef<number>(undefined);
  const rows = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => 20,
    overscan: 20,
    // What is measured stays with its line when earlier ones are added above.
    getItemKey: index => keyOf(lines[index]) ?? index,
  });
  useEffect(() => {
    if (follow && atEnd.current && lines.length > 0) rows.scrollToIndex(lines.length - 1);
  }, [follow, lines, rows]);
  useEffect(() => {
    // Earlier lines have been added above: what was at the top stays in view.
    const before = firstShown.current;
    // Events are numbered anew each time.
    firstShown.current = lines.find(({ id }) => id > 0)?.id;
    const at = before === undefined ? -1 : lines.findIndex(({ id }) => id === before);
    if (at > 0 && !atEnd.current) rows.scrollToIndex(at, { align: 'start' });
  }, [lines, rows]);
  if (lines.length === 0) return <Empty>{empty}</Empty>;
  return (
    <div
      ref={scroll}
      className="logs"
      tabIndex={0}
      role="log"
      aria-label="Log"
      aria-live="off"
      onScroll={event => {
        const { scrollTop, scrollHeight, clientHeight } = event.currentTarget;
        atEnd.current = scrollTop + clientHeight > scrollHeight - 30;
        const left = follow ? scrollTop : scrollHeight - scrollTop - clientHeight;
        if (left < NEAR) onEdge?.();
      }}
    >
      <div style={{ height: rows.getTotalSize(), position: 'relative' }}>
        {rows.getVirtualItems().map(({ index, start, key }) => {
          const line = lines[index];
          return (
            line && (
              <div
                key={key}
                ref={rows.measureElement}
                data-index={index}
                className={`log-line ${line.level}`}
                style={{ position: 'absolute', top: start, left: 0, right: 0 }}
              >
                <time>{clock(line.at)}</time>
                <span className="log-from">
                  <From line={line} />
                </span>
                <span className="log-text">{label(line.text)}</span>
              </div>
            )
          );
        })}
      </div>
    </div>
  );
}

/** A line that has no number yet is told by its place. */
function keyOf(line: LogLine | undefined): string | undefined {
  if (!line) return undefined;
  return line.id > 0 ? String(line.id) : `${line.level} ${line.id} ${line.at}`;
}

/** Who has said a line: it leads to the batch. */
function From({ line }: { line: LogLine }) {
  const { batch, index } = line;
  const name = batch?.label === undefined ? '' : ` ${label(batch.label, 40)}`;
  const text = `${label(idOf(line.path ?? ''), 60)}${index === undefined ? '' : ` #${index}`}${name}`;
  if (!batch) return text;
  const { node, parent } = batch;
  return (
    <button
      type="button"
      title="Open the batch"
      onClick={() => inspect({ kind: 'batch', node, index: batch.index, ...(parent !== 0 && { parent }) })}
    >
      {text}
    </button>
  );
}
