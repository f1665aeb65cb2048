import { RUN_STATUSES } from '../../common/status.ts';
import { systemClock } from '../../engine/run/clock.ts';
import { UnreadableError } from '../../engine/store/codec.ts';
import { currentFindings } from '../../engine/store/findings.ts';
import { finishedRun } from '../../engine/store/finished-run.ts';
import { countEffects } from '../../engine/store/effect-queries.ts';
import type { StoreDatabase } from '../../engine/store/open.ts';
import { failureCauses, listBatches, listRuns, lostUpdates, placesOfCause } from '../../engine/store/queries.ts';
import { requireRun } from '../../engine/store/runs.ts';
import { setAsideEvent } from '../../engine/store/set-aside-event.ts';
import { setAsidePage } from '../../engine/store/set-aside-queries.ts';
import { findingEvent } from '../view/findings.ts';
import { batchEvent, failureEvent } from '../view/json.ts';

/* What an agent may ask of a store: nothing here changes anything. */

const MOST_CAUSES = 50;

export interface WantedList {
  readonly workflow?: string | undefined;
  readonly status?: (typeof RUN_STATUSES)[number] | undefined;
  readonly limit: number;
}

export function runs(db: StoreDatabase, { workflow, status, limit }: WantedList): object {
  const ids = listRuns(db, { limit, workflow, statuses: status && [status] });
  return { runs: ids.map(run => brief(db, run)) };
}

/** A run that is damaged is listed as such. */
function brief(db: StoreDatabase, run: number): object {
  try {
    return finishedRun(db, run, systemClock.now()) ?? { run };
  } catch (error) {
    if (!(error instanceof UnreadableError)) throw error;
    return { run, damaged: error.message };
  }
}

/** A run with the causes of its failures, and how many items are known to be at fault. */
export function run(db: StoreDatabase, { run: id }: { readonly run: number }): object {
  requireRun(db, id);
  const told = finishedRun(db, id, systemClock.now());
  return {
    ...told,
    causes: failureCauses(db, id, MOST_CAUSES).map(cause => failureEvent(cause, placesOfCause(db, id, cause))),
    lostUpdates: lostUpdates(db, id),
    effects: countEffects(db, id, told?.status === 'running') ?? null,
  };
}

export interface WantedItems {
  readonly run: number;
  readonly limit: number;
}

/** Items at fault, as far as they are known, and those that are set aside. */
export function items(db: StoreDatabase, { run: id, limit }: WantedItems): object {
  requireRun(db, id);
  return {
    atFault: [...currentFindings(db, id, { limit })].map(findingEvent),
    setAside: [...setAsidePage(db, id, { limit })].map(setAsideEvent),
    note: 'Items of other failed batches may be found with: cronflow find <run>',
  };
}

/** Failed batches, with their errors. */
export function failedBatches(db: StoreDatabase, { run: id, limit }: WantedItems): object {
  requireRun(db, id);
  const isLive = finishedRun(db, id, systemClock.now())?.status === 'running';
  const batches: object[] = [];
  for (const batch of listBatches(db, id, { statuses: ['failed'] }, isLive)) {
    batches.push(batchEvent(batch));
    if (batches.length === limit) break;
  }
  return { batches };
}
