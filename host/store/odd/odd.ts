import { userInfo } from 'node:os';
import { batchLabels } from '../../../engine/store/batch-labels.ts';
import { lastScope, sampleOf } from '../../../engine/store/time-queries.ts';
import * as stored from '../../../engine/store/odd-batches.ts';
import { mappedOf, nodesOf, sessionsOf } from '../../../engine/store/run-queries.ts';
import type { Args, Result } from '../../api/api.ts';
import { lineOf } from '../runs.ts';
import type { StoreConnection } from '../store-connection.ts';
import { likeOf, whyOdd, type Like } from './like.ts';

/** How many batches one look reads: it takes about 0.1 s. */
const SCOPES_A_LOOK = 20_000;
const MOST_ODD = 1_000;

export interface OddPlan {
  /** Undefined: nothing is to be looked for. The run goes on, or was looked at already. */
  readonly mark: string | undefined;
  readonly nodes: readonly { readonly node: number; readonly like: Like }[];
  readonly last: number;
}

/** What there is to be looked for in a run, from some of its batches. */
export function planOdd(store: StoreConnection, { run }: Args<'getOdd'>): OddPlan {
  const { db, line } = lineOf(store, run);
  const session = sessionsOf(db, run).at(-1);
  const mark = `${session?.session} ${session?.endedAt} ${line.status}`;
  if (line.live || stored.oddLookedAt(db, run) === mark) return { mark: undefined, nodes: [], last: 0 };
  const { scopes } = sampleOf(db, run);
  const last = lastScope(db, run);
  const nodes = mappedOf(nodesOf(db, run)).map(({ node }) => ({
    node,
    like: likeOf(stored.measuredBatches(db, run, node, scopes === undefined ? { after: 0, last } : { scopes })),
  }));
  return { mark, nodes, last };
}

/** The odd ones among the next batches. */
export function lookForOdd(
  store: StoreConnection,
  { run, nodes, after }: { run: number; nodes: OddPlan['nodes']; after: number },
): { readonly found: readonly stored.OddBatch[]; readonly next: number } {
  const { db } = lineOf(store, run);
  const next = after + SCOPES_A_LOOK;
  const found = nodes.flatMap(({ node, like }) =>
    stored.measuredBatches(db, run, node, { after, last: next }).flatMap(batch => {
      const why = whyOdd(batch, like);
      const { scope, attempt, index } = batch;
      return why === undefined ? [] : [{ node, scope, attempt, index, why }];
    }),
  );
  return { found, next };
}

export function keepOdd(
  store: StoreConnection,
  { run, mark, found }: { run: number; mark: string; found: readonly stored.OddBatch[] },
): void {
  stored.keepOdd(lineOf(store, run).db, run, mark, found.slice(0, MOST_ODD));
}

export function oddBatches(store: StoreConnection, { run }: Args<'getOdd'>): Result<'getOdd'>['batches'] {
  const { db } = lineOf(store, run);
  const labelOf = batchLabels(db, run);
  return stored.oddBatches(db, run).map(batch => ({ ...batch, ...labelOf(batch.scope) }));
}

export function acceptOdd(store: StoreConnection, { run, scopes }: Args<'acceptOdd'>): void {
  stored.acceptOdd(lineOf(store, run).db, run, scopes, { at: Date.now(), who: userInfo().username });
}
