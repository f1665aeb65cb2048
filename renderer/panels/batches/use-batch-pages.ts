import { useCallback, useEffect, useMemo, useState } from 'react';
import type { BatchFilter, BatchRow } from '../../../host/api/api.ts';
import { partOf, sizeOf } from '../../../common/ranges.ts';
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

/** Tells lists of places apart, which may have hundreds of thousands: written as a text they take longer than a page of rows. */
const ids = new WeakMap<object, number>();
let lastId = 0;
function idOf(ranges: BatchFilter['ranges']): number {
  if (!ranges) return 0;
  const id = ids.get(ranges) ?? (lastId += 1);
  ids.set(ranges, id);
  return id;
}

/** The places that are all that a filter says. */
function onlyPlaces({ ranges, ...others }: BatchFilter): BatchFilter['ranges'] {
  return Object.values(others).every(value => value === undefined) ? ranges : undefined;
}

/** Only the places of the page itself are sent. */
async function pageOfPlaces<Answer extends { readonly total: number }>(
  ranges: NonNullable<BatchFilter['ranges']>,
  offset: number,
  descending: boolean,
  ask: (ranges: [number, number][]) => Promise<Answer>,
): Promise<Answer> {
  const total = sizeOf(ranges);
  const first = descending ? Math.max(0, total - offset - PAGE) : offset;
  const answer = await ask(partOf(ranges, first, descending ? total - offset - first : PAGE));
  return { ...answer, total };
}

/** The rows of a node's batches. Loads the pages in view, and loads them again while the run continues. */
export function useBatchPages(
  run: number,
  node: number,
  where: BatchFilter,
  { sort, descending }: BatchOrder,
): BatchPages {
  const places = sort === 'index' ? onlyPlaces(where) : undefined;
  const key = JSON.stringify([run, node, { ...where, ranges: undefined }, idOf(where.ranges), sort, descending]);
  // Pages that were loaded before stay while others come into view. Another order or filter begins without any.
  const pages = useMemo(() => new Map<number, readonly BatchRow[]>(), [key]);
  const [view, setView] = useState({ key, first: 0, last: 0 });
  const { first, last } = view.key === key ? view : { first: 0, last: 0 };

  const loadPages = async (): Promise<{ readonly key: string; readonly total: number }> => {
    const numbers = Array.from({ length: last - first + 1 }, (_, index) => first + index);
    const answers = await Promise.all(
      numbers.map(async page => {
        const offset = page * PAGE;
        const answer = places
          ? await pageOfPlaces(places, offset, descending, ranges =>
              api().listBatches({ run, node, where: { ranges }, sort, descending, offset: 0, limit: PAGE }),
            )
          : await api().listBatches({ run, node, where, sort, descending, offset, limit: PAGE });
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
