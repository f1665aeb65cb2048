import type { Database } from 'better-sqlite3';
import { BatchStatus } from '../../common/status.ts';
import { ownerOf } from './leases.ts';
import type { OwnerWatch } from './owner-watch.ts';
import { prepared } from './prepared-queries.ts';
import { bytesOfRun } from './run-size.ts';
import { NOT_DELETED } from './runs.ts';
import { NO_SUBFLOW } from './subflow-store.ts';

/* Which runs of a store are no longer needed, by a rule. Runs that are worked on, and those that are pinned, always are. */

export interface PruneRule {
  /** Only runs that ended longer ago than this. */
  readonly olderThanMs?: number | undefined;
  /** The newest runs of each workflow stay. */
  readonly keep?: number | undefined;
  /** Runs that failed, and those in which a batch failed, stay. */
  readonly keepFailed: boolean;
  /** Runs that can be resumed go, too. */
  readonly unfinished: boolean;
}

/** Why a run stays: the first that holds, in this order. */
export type KeptBecause = 'running' | 'pinned' | 'newest' | 'young' | 'unfinished' | 'failed';

export interface JudgedRun {
  readonly run: number;
  readonly workflow: string;
  /** Undefined: it is no longer needed. */
  readonly kept: KeptBecause | undefined;
}

interface Row {
  readonly run: number;
  readonly workflow: string;
  readonly status: string;
  readonly lastAt: number;
  readonly pinned: 0 | 1;
  readonly failed: 0 | 1;
  readonly held: 0 | 1;
  /** Among the runs of its workflow, the newest first, from 1. */
  readonly place: number;
}

/** What the rule says of each run of the store, the oldest first. A run that is a part of another one goes with that. */
export function judgeRuns(db: Database, rule: PruneRule, now: number, watch?: OwnerWatch): JudgedRun[] {
  const rows = prepared<[], Row>(
    db,
    `select r.id as run, r.workflow, r.status, p.run is not null as pinned, h.run is not null as held,
       r.status = 'failed' or exists (select 1 from batches b where b.run = r.id and b.status = ${BatchStatus.failed}) as failed,
       coalesce(r.ended_at, (select max(started_at) from sessions s where s.run = r.id), r.started_at) as lastAt,
       row_number() over (partition by r.workflow order by r.id desc) as place
     from runs r left join run_labels p on p.run = r.id and p.pinned_at is not null left join leases h on h.run = r.id
     where r.${NOT_DELETED} and r.${NO_SUBFLOW} order by r.id`,
  ).all();
  return rows.map(row => {
    const isHeld = row.held === 1 && ownerOf(db, row.run, watch) !== undefined;
    return { run: row.run, workflow: row.workflow, kept: reasonToKeep(row, isHeld, rule, now) };
  });
}

/** Statuses from which a run can be resumed. One that reads as running has lost its process. */
const UNFINISHED: ReadonlySet<string> = new Set(['running', 'paused', 'interrupted']);

function reasonToKeep(row: Row, isHeld: boolean, rule: PruneRule, now: number): KeptBecause | undefined {
  if (isHeld) return 'running';
  if (row.pinned === 1) return 'pinned';
  if (rule.keep !== undefined && row.place <= rule.keep) return 'newest';
  if (rule.olderThanMs !== undefined && row.lastAt > now - rule.olderThanMs) return 'young';
  if (!rule.unfinished && UNFINISHED.has(row.status)) return 'unfinished';
  if (rule.keepFailed && row.failed === 1) return 'failed';
  return undefined;
}

const SAMPLED = 100;

/** About how many bytes of the store these runs take: of very many, some are looked at. */
export function bytesOfRuns(db: Database, runs: readonly number[]): number {
  const sampled = Math.min(runs.length, SAMPLED);
  let bytes = 0;
  for (let at = 0; at < sampled; at++) bytes += bytesOfRun(db, runs[Math.floor((at * runs.length) / sampled)] ?? 0);
  return sampled === 0 ? 0 : Math.round((bytes / sampled) * runs.length);
}
