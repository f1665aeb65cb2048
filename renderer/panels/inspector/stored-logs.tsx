import { useMemo, useState } from 'react';
import { number } from '../../../common/format.ts';
import { Button } from '../../ui/button.tsx';
import { Empty } from '../../ui/empty.tsx';
import { useLoad } from '../../hooks/use-load.ts';
import { LogPages } from '../../model/log-pages.ts';
import type { Version } from '../../model/loader.ts';
import { api } from '../../stores/host.ts';
import { notice } from '../../stores/notice.ts';
import { LogLines } from '../../ui/log-lines.tsx';

interface Props {
  readonly run: number;
  readonly scope?: number;
  readonly node?: number;
  readonly attempt?: number;
  /** Changes when there may be more. */
  readonly version: Version;
}

/** The log of a batch, a step or a run, from the store: the newest lines, and earlier ones a page at a time. */
export function StoredLogs({ run, scope, node, attempt, version }: Props) {
  const pages = useMemo(
    () => new LogPages(range => api().getLogs({ run, scope, node, attempt, ...range })),
    [run, scope, node, attempt],
  );
  const loaded = useLoad(
    async () => {
      await pages.renew();
      return pages;
    },
    [run, scope, node, attempt],
    version,
  );
  const [, setEarlierLoads] = useState(0);
  const loadEarlier = async () => {
    await pages.loadEarlier();
    setEarlierLoads(count => count + 1);
  };
  if (loaded.state === 'failed') return <Empty>{loaded.message}</Empty>;
  // Those of what was shown before may still be here.
  if (loaded.state === 'loading' || loaded.value !== pages) return <Empty>Loading…</Empty>;
  return (
    <div className="value">
      {pages.hasEarlier && (
        <p className="value-more">
          The newest {number(pages.lines.length)} lines.{' '}
          <Button
            small
            onClick={() => {
              loadEarlier().catch(notice);
            }}
          >
            Load earlier lines
          </Button>
        </p>
      )}
      <LogLines lines={pages.lines} follow empty="No log lines. Lines that steps write with console.log appear here." />
    </div>
  );
}
