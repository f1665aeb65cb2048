import { useMemo } from 'react';
import type { BatchFilter, BatchRow } from '../../../host/api/api.ts';
import { isIn, toRanges } from '../../../common/ranges.ts';
import { batchStatusName } from '../../../common/status.ts';
import { batchAt } from '../../model/playback/batch-at.ts';
import { shownPast } from '../../stores/shown.ts';
import { useStudio } from '../../stores/studio.ts';

/** Rows come from the store as they are now. Here they become what they were at the moment that is shown. */

/** The same filter for that moment: which batches had those states is known here. */
export function usePastWhere(node: number, where: BatchFilter): BatchFilter {
  // While it is played, rows that came and went would be asked for all the time.
  const settled = useStudio(state => shownPast(state)?.settled);
  const map = useStudio(state => shownPast(state)?.model.maps.get(node));
  const { statuses, ranges } = where;
  return useMemo(() => {
    if (!map || settled === undefined || !statuses) return where;
    const wanted = new Set<string>(statuses);
    const found: number[] = [];
    for (let index = 0; index < map.length; index++)
      if (wanted.has(batchStatusName(map.statuses[index] ?? 0)) && (!ranges || isIn(ranges, index))) found.push(index);
    return { ...where, statuses: undefined, ranges: toRanges(found) };
  }, [where, statuses, ranges, map, settled]);
}

/** A row as it was then. */
export function usePastRow(node: number): (row: BatchRow) => BatchRow {
  const past = useStudio(shownPast);
  const part = past?.history.parts.find(other => other.isMapped && other.node === node);
  if (!past || !part) return row => row;
  const { at, history } = past;
  const time = (units: number | undefined) => (units === undefined ? undefined : history.from + units * history.unit);
  return row => {
    const then = batchAt(part, row.index, Math.floor(at / history.unit));
    const cause = history.causes[then.cause - 1];
    return {
      node: row.node,
      scope: row.scope,
      index: row.index,
      label: row.label,
      items: row.items,
      status: batchStatusName(then.status),
      attempts: Math.max(1, then.attempt),
      retries: 0,
      waited: 0,
      startedAt: time(then.startedAt),
      endedAt: time(then.endedAt),
      message: cause?.fingerprint === row.fingerprint && then.attempt === row.attempts ? row.message : cause?.message,
    };
  };
}
