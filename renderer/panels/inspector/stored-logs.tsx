import { useEffect, useState } from 'react';
import type { LogLine } from '../../../host/api/api.ts';
import { number } from '../../../common/format.ts';
import { Button } from '../../ui/button.tsx';
import { Empty } from '../../ui/empty.tsx';
import { api } from '../../stores/host.ts';
import { notice } from '../../stores/notice.ts';
import { LogLines } from '../../ui/log-lines.tsx';

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
      <LogLines lines={state.lines} empty="No log lines. Lines that steps write with console.log appear here." />
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
