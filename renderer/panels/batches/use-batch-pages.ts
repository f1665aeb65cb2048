import { useCallback, useEffect, useMemo, useState } from 'react';
import type { BatchFilter, BatchRow } from '../../../host/api/api.ts';
import { useLoad } from '../../hooks/use-load.ts';
import { useRefresh } from '../../hooks/use-refresh.ts';
import { api } from '../../stores/host.ts';
import { notice } from '../../stores/notice.ts';

const PAGE = 200;

export interface BatchOrder {
  readonly sort: 'index' | 'duration' | 'attempts' | 'waited' | 'status';
  readonly descending: boolean;
}

interface BatchPages {
  readonly total: number;
  readonly row: (at: number) => BatchRow | undefined;
  /** Tells which rows are in view. */
  readonly need: (from: number, to: number) => void;
}

/** The rows of a node's batches. Loads the pages in view, and loads them again while the run continues. */
export function useBatchPages(
  run: number,
  node: number,
  where: BatchFilter,
  { sort, descending }: BatchOrder,
): BatchPages {
  const key = JSON.stringify([run, node, where, sort, descending]);
  // Pages that were loaded before stay while others come into view. Another order or filter begins without any.
  const pages = useMemo(() => new Map<number, readonly BatchRow[]>(), [key]);
  const [view, setView] = useState({ key, first: 0, last: 0 });
  const { first, last } = view.key === key ? view : { first: 0, last: 0 };

  const loadPages = async (): Promise<{ readonly key: string; readonly total: number }> => {
    const numbers = Array.from({ length: last - first + 1 }, (_, index) => first + index);
    const answers = await Promise.all(
      numbers.map(async page => {
        const offset = page * PAGE;
        const answer = await api().listBatches({ run, node, where, sort, descending, offset, limit: PAGE });
        pages.set(page, answer.rows);
        return answer;
      }),
    );
    return { key, total: answers.at(-1)?.total ?? 0 };
  };
  const loaded = useLoad(loadPages, [key, first, last], useRefresh());
  const message = loaded.state === 'failed' ? loaded.message : undefined;
  useEffect(() => {
    if (message !== undefined) notice(new Error(message));
  }, [message]);

  const need = useCallback(
    (from: number, to: number) => setView({ key, first: Math.floor(from / PAGE), last: Math.floor(to / PAGE) }),
    [key],
  );
  return {
    total: loaded.state === 'loaded' && loaded.value.key === key ? loaded.value.total : 0,
    row: at => pages.get(Math.floor(at / PAGE))?.[at % PAGE],
    need,
  };
}
