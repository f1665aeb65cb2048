import { useCallback, useEffect, useRef, useState } from 'react';
import type { BatchFilter, BatchRow } from '../../host/api/api.ts';
import { api, notice } from '../stores/session.ts';
import { studio } from '../stores/studio.ts';

const PAGE = 200;
const REFRESH_MS = 1_000;

export interface BatchOrder {
  readonly sort: 'index' | 'duration' | 'attempts' | 'status';
  readonly descending: boolean;
}

/** Rows of a node's batches, a page at a time as they come into view, renewed while the run goes on. */
export function useBatchPages(
  run: number,
  node: number,
  where: BatchFilter,
  { sort, descending }: BatchOrder,
): { total: number; row: (at: number) => BatchRow | undefined; need: (from: number, to: number) => void } {
  const [state, setState] = useState<{ total: number; pages: ReadonlyMap<number, readonly BatchRow[]> }>({
    total: 0,
    pages: new Map(),
  });
  const wanted = useRef({ first: 0, last: 0 });
  const key = JSON.stringify([run, node, where, sort, descending]);
  const current = useRef(key);
  current.current = key;

  const load = useCallback(
    async (page: number) => {
      const { rows, total } = await api().listBatches({
        run,
        node,
        where,
        sort,
        descending,
        offset: page * PAGE,
        limit: PAGE,
      });
      if (current.current !== key) return;
      setState(before => ({ total, pages: new Map(before.pages).set(page, rows) }));
      // The arguments are all in the key.
    },
    [key],
  );

  const loadWanted = useCallback(() => {
    const { first, last } = wanted.current;
    for (let page = first; page <= last; page++) load(page).catch(notice);
  }, [load]);

  useEffect(() => {
    setState({ total: 0, pages: new Map() });
    wanted.current = { first: 0, last: 0 };
    loadWanted();
  }, [loadWanted]);

  useEffect(() => {
    // What is in view is renewed after the run has moved on, at most once a second.
    let timer: ReturnType<typeof setTimeout> | undefined;
    const off = studio.subscribe((now, before) => {
      if (now.progress !== before.progress)
        timer ??= setTimeout(() => {
          timer = undefined;
          loadWanted();
        }, REFRESH_MS);
    });
    return () => {
      off();
      clearTimeout(timer);
    };
  }, [loadWanted]);

  const need = useCallback(
    (from: number, to: number) => {
      const next = { first: Math.floor(from / PAGE), last: Math.floor(to / PAGE) };
      if (next.first === wanted.current.first && next.last === wanted.current.last) return;
      wanted.current = next;
      loadWanted();
    },
    [loadWanted],
  );

  return { total: state.total, row: at => state.pages.get(Math.floor(at / PAGE))?.[at % PAGE], need };
}
