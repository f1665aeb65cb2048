import { runTitles, storedOutcome } from '../../engine/store/run-queries.ts';
import type { Result } from '../api/api.ts';
import { unlessDamaged } from './run-list.ts';
import { statusNow } from '../../engine/store/run-as-shown.ts';
import { fileIn } from './runs.ts';
import type { StoreConnection } from './store-connection.ts';

/** As many as fit beside a name. */
const RUNS_A_WORKFLOW = 20;
/** With more runs than these, those of a workflow that has not run for long are not looked for. */
const MOST_LOOKED_AT = 20_000;

type History = Result<'getHistories'>['workflows'][number];

/** How the latest runs of each workflow went, the oldest first: what a list draws beside its name. */
export function histories(store: StoreConnection): History[] {
  const { db } = store;
  if (!db) return [];
  const found = new Map<string, History>();
  let looked = 0;
  for (const title of runTitles(db, undefined)) {
    if ((looked += 1) > MOST_LOOKED_AT) break;
    const { run, workflow } = title;
    const file = fileIn(store.folder, String(title.file));
    const key = `${file}\n${workflow}`;
    const known = found.get(key) ?? { workflow, file, runs: [] };
    found.set(key, known);
    if (known.runs.length >= RUNS_A_WORKFLOW) continue;
    const outcome = unlessDamaged(store, run, () => storedOutcome(db, run));
    if (outcome === undefined || outcome.status === 'damaged') continue;
    known.runs.unshift({ run, ...outcome, status: statusNow(db, { run, status: outcome.status }) });
  }
  return [...found.values()];
}
