import type { RungEnd } from '../../common/climb.ts';
import * as climb from '../../engine/run/rerun/climb.ts';
import type { RerunRequest } from '../../engine/run/rerun/request.ts';
import * as rungs from '../../engine/store/rung-queries.ts';
import { lineOf } from './runs.ts';
import type { StoreConnection } from './store-connection.ts';

export function planClimb(
  store: StoreConnection,
  { run, request }: { readonly run: number; readonly request: RerunRequest },
): climb.ClimbPlan {
  return climb.planClimb(lineOf(store, run).db, run, request);
}

export function rungEnd(
  store: StoreConnection,
  { run, node, batches }: { readonly run: number; readonly node: number; readonly batches: readonly number[] },
): RungEnd {
  return rungs.rungEnd(lineOf(store, run).db, run, node, batches);
}
