import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, useState } from 'react';
import type { LogLine } from '../../../host/api/api.ts';
import { label } from '../../model/shown-text.ts';
import { clock, number } from '../../../common/format.ts';
import { Button, Empty } from '../../ui/parts.tsx';
import { api, notice } from '../../stores/session.ts';

/** Lines of a log, however many; their text is shown as text. */
export function LogLines({
  lines,
  follow = false,
  empty,
}: {
  lines: readonly LogLine[];
  follow?: boolean;
  empty: string;
}) {
  const scroll = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const rows = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => 20,
    overscan: 20,
  });
  useEffect(() => {
    if (follow && atEnd.current && lines.length > 0) rows.scrollToIndex(lines.length - 1);
  }, [follow, lines, rows]);
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
                  {label(line.path?.split('/').at(-1) ?? '', 60)}
                  {line.index === undefined ? '' : ` #${line.index}`}
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

interface Props {
  readonly run: number;
  readonly scope?: number;
  readonly node?: number;
  readonly attempt?: number;
  /** Changes when there may be more. */
  readonly version: unknown;
}

/** The log of a batch, a step or a run, from the store, a page at a time. */
export function StoredLogs({ run, scope, node, attempt, version }: Props) {
  const [state, setState] = useState<{ lines: readonly LogLine[]; more: boolean }>();
  useEffect(() => {
    let current = true;
    api()
      .getLogs({ run, scope, node, attempt, after: 0, limit: 500 })
      .then(page => {
        if (current) setState(page);
      })
      .catch(notice);
    return () => {
      current = false;
    };
  }, [run, scope, node, attempt, version]);
  const loadMore = async () => {
    const page = await api().getLogs({ run, scope, node, attempt, after: state?.lines.at(-1)?.id ?? 0, limit: 1000 });
    setState(before => ({ lines: [...(before?.lines ?? []), ...page.lines], more: page.more }));
  };
  if (state === undefined) return <Empty>Loading…</Empty>;
  return (
    <div className="value">
      <LogLines lines={state.lines} empty="Nothing was logged. What steps say with console.log stands here." />
      {state.more && (
        <p className="value-more">
          {number(state.lines.length)} lines.{' '}
          <Button
            small
            onClick={() => {
              loadMore().catch(notice);
            }}
          >
            Load more
          </Button>
        </p>
      )}
    </div>
  );
}
