import { useMemo } from 'react';
import type { LogLine } from '../../../host/api/api.ts';
import { eventLines } from '../../model/log-events.ts';
import type { Version } from '../../model/loader.ts';
import { useLoad } from '../../hooks/use-load.ts';
import { api } from '../../stores/host.ts';

const MOST = 10_000;
const NONE: readonly LogLine[] = [];

interface Wanted {
  readonly of: { readonly run: number; readonly scope?: number | undefined; readonly node?: number | undefined };
  /** Only what happened from this time on. */
  readonly from: number;
  readonly isWanted: boolean;
  /** Changes when there may be more. */
  readonly version: Version;
}

/** What became of the run, of a batch or of a step, as lines to stand among those of its log. */
export function useEvents({ of, from, isWanted, version }: Wanted): readonly LogLine[] {
  const loaded = useLoad(
    isWanted ? () => api().getLogEvents({ ...of, from, limit: MOST }) : undefined,
    [of.run, of.scope, of.node, from],
    version,
  );
  const events = isWanted && loaded.state === 'loaded' ? loaded.value.events : undefined;
  return useMemo(() => (events ? eventLines(events) : NONE), [events]);
}
