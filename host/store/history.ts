import type { Database } from 'better-sqlite3';
import { runStatusNow } from '../../common/at-rest.ts';
import { hasBatches } from '../../common/node-kinds.ts';
import { activeUntil } from '../../common/run-as-shown.ts';
import { batchHistory } from '../../engine/store/history-batches.ts';
import { PastCauses } from '../../engine/store/history-causes.ts';
import { HistoryTimes } from '../../engine/store/history-sessions.ts';
import { hasTooManySteps, stepHistories } from '../../engine/store/history-steps.ts';
import { preparedColumn } from '../../engine/store/prepared-queries.ts';
import { mappedOf, nodesOf } from '../../engine/store/run-queries.ts';
import { consistently } from '../../engine/store/transactions.ts';
import type { Args, RunHistory } from '../api/api.ts';
import { lineOf } from './runs.ts';
import type { StoreConnection } from './store-connection.ts';

/** More batches inside others are not told. */
const MOST_INNER = 300_000;

/** What a run was at every moment of it. */
export function getHistory(store: StoreConnection, { run }: Args<'getHistory'>): RunHistory {
  const { db, line } = lineOf(store, run);
  return consistently(db, () => {
    // One that was cancelled while nobody worked on it has ended then.
    const to = Math.max(activeUntil(line, Date.now()), line.endedAt ?? 0);
    const times = new HistoryTimes(db, run, { from: line.startedAt, to });
    const causes = new PastCauses();
    const nodes = nodesOf(db, run);
    const paths = new Map(nodes.map(({ node, path }) => [node, path]));
    const mapped = new Set(mappedOf(nodes).map(({ node }) => node));
    const untold: string[] = [];
    const parts = nodes
      .filter(({ kind }) => hasBatches(kind))
      .flatMap(({ node, path }) => {
        const isMapped = mapped.has(node);
        if (isMapped || !hasTooManyBatches(db, run, node))
          return [batchHistory(db, { run, node, path, isMapped, live: line.live }, times, causes)];
        untold.push(path);
        return [];
      });
    if (hasTooManySteps(db, run)) untold.push(...nodes.filter(({ kind }) => !hasBatches(kind)).map(({ path }) => path));
    else parts.push(...stepHistories(db, run, paths, times));
    return {
      from: line.startedAt,
      unit: times.unit,
      to: times.at(to),
      status: runStatusNow(line.status, line.live),
      sessions: times.sessions.map(({ kind, startedAt, endedAt, outcome }) => ({
        kind,
        from: times.at(startedAt),
        to: times.at(endedAt ?? to),
        ...(outcome !== null && { outcome }),
      })),
      parts,
      causes: causes.list(),
      untold,
    };
  });
}

function hasTooManyBatches(db: Database, run: number, node: number): boolean {
  const counted = preparedColumn<[number, number], number>(
    db,
    `select count(*) from (select 1 from batches where run = ? and +node = ? limit ${MOST_INNER + 1})`,
  ).get(run, node);
  return (counted ?? 0) > MOST_INNER;
}
