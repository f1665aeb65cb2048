import { batchLabels } from '../../engine/store/batch-labels.ts';
import { batchLine } from '../../engine/store/batch-queries.ts';
import { statusNow } from '../../engine/store/run-as-shown.ts';
import { countParts, partsOf } from '../../engine/store/subflow-queries.ts';
import type { Args, Result } from '../api/api.ts';
import { lineOf } from './runs.ts';
import type { StoreConnection } from './store-connection.ts';

/** The runs that steps of a run have started: those that failed first. */
export function getParts(store: StoreConnection, { run, limit, ...of }: Args<'getParts'>): Result<'getParts'> {
  const { db } = lineOf(store, run);
  const labelOf = batchLabels(db, run);
  const counts = countParts(db, run, of);
  return {
    total: counts.reduce((sum, { count }) => sum + count, 0),
    failed: counts.find(({ status }) => status === 'failed')?.count ?? 0,
    parts: partsOf(db, run, { ...of, limit }).map(({ isReplaced, ...part }) => {
      const batch = part.scope === 0 ? undefined : batchLine(db, run, part.scope);
      return {
        ...part,
        status: statusNow(db, part),
        ...(batch && { batch: labelOf(part.scope).label ?? `#${batch.idx}` }),
        ...(isReplaced === 1 && { isReplaced: true }),
      };
    }),
  };
}
