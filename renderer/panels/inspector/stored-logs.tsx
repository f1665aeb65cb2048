import { useMemo, useState } from 'react';
import type { LogLine } from '../../../host/api/api.ts';
import { number } from '../../../common/format.ts';
import { useLoad } from '../../hooks/use-load.ts';
import { useSettled } from '../../hooks/use-settled.ts';
import { eventsWith, withEvents } from '../../model/log-events.ts';
import { askedOf, isWhole, logText, WHOLE_LOG, type LogFilter } from '../../model/log-filter.ts';
import { LogPages } from '../../model/log-pages.ts';
import type { Version } from '../../model/loader.ts';
import { api } from '../../stores/host.ts';
import { notice } from '../../stores/notice.ts';
import { saveLog } from '../../stores/save-log.ts';
import { Button } from '../../ui/button.tsx';
import { Empty } from '../../ui/empty.tsx';
import { LogFilterBar } from '../../ui/log-filter-bar.tsx';
import { LogLines } from '../../ui/log-lines.tsx';
import { useEvents } from './use-events.ts';

interface Props {
  readonly run: number;
  readonly scope?: number;
  readonly node?: number;
  readonly attempt?: number;
  /** Changes when there may be more. */
  readonly version: Version;
  /** The newest lines, as they arrive: shown as long as the whole log is wanted in its own order. */
  readonly live?: readonly LogLine[];
  /** Of `live`: there were lines before these. */
  readonly hasEarlier?: boolean;
}

const NOTHING = 'No log lines. Lines that steps write with console.log appear here.';
/** Somebody is still typing. */
const SETTLED_MS = 200;

/** The log of a batch, a step or a run, from the store: the newest lines, and earlier ones a page at a time. */
export function StoredLogs({ run, scope, node, attempt, version, live, hasEarlier = false }: Props) {
  const [filter, setFilter] = useState<LogFilter>(WHOLE_LOG);
  const asked = JSON.stringify(askedOf(useSettled(filter, SETTLED_MS)));
  const pages = useMemo(() => {
    const wanted = JSON.parse(asked) as ReturnType<typeof askedOf>;
    return new LogPages(range =>
      // Of none, none have to be looked for.
      wanted.levels?.length === 0
        ? Promise.resolve({ lines: [], more: false })
        : api().getLogs({ run, scope, node, attempt, ...wanted, ...range }),
    );
  }, [run, scope, node, attempt, asked]);
  const isLive = live !== undefined && isWhole(filter) && !filter.newestFirst;
  const loaded = useLoad(
    isLive
      ? undefined
      : async () => {
          await pages.renew();
          return pages;
        },
    [run, scope, node, attempt, asked],
    version,
  );
  const [, setEarlierLoads] = useState(0);
  const loadEarlier = async () => {
    await pages.loadEarlier();
    setEarlierLoads(count => count + 1);
  };
  const { lines } = pages;
  const isLoading = !isLive && (loaded.state === 'loading' || (loaded.state === 'loaded' && loaded.value !== pages));
  const own = isLive ? live : lines;
  const events = useEvents({
    of: { run, scope, node },
    // Those before the first line that is loaded stand where that is not.
    from: pages.hasEarlier || (isLive && hasEarlier) ? (own[0]?.at ?? 0) : 0,
    isWanted: filter.events && attempt === undefined,
    version,
  });
  const search = askedOf(filter).search;
  const shown = useMemo(() => {
    const all = withEvents(own, eventsWith(events, search));
    return filter.newestFirst ? all.toReversed() : all;
  }, [own, events, search, filter.newestFirst]);
  return (
    <div className="value">
      <LogFilterBar
        filter={filter}
        onChange={setFilter}
        copied={() => logText(shown)}
        onSave={() => void saveLog({ run, scope, node, attempt, ...askedOf(filter) })}
      />
      {isLive && <LogLines lines={shown} follow empty={NOTHING} />}
      {!isLive && loaded.state === 'failed' && <Empty>{loaded.message}</Empty>}
      {isLoading && <Empty>Loading…</Empty>}
      {!isLive && !isLoading && loaded.state === 'loaded' && (
        <>
          {pages.hasEarlier && (
            <p className="value-more">
              The newest {number(lines.length)} lines.{' '}
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
          <LogLines
            lines={shown}
            follow={!filter.newestFirst}
            empty={isWhole(filter) ? NOTHING : 'No lines match the filter.'}
            onEdge={pages.hasEarlier ? () => void loadEarlier().catch(notice) : undefined}
          />
        </>
      )}
    </div>
  );
}
