import type { Database } from 'better-sqlite3';
import { BatchStatus, StepStatus } from '../../common/status.ts';
import { prepared, preparedColumn, preparedRaw } from './prepared-queries.ts';

/* When batches and steps ran: of all, or of batches here and there where a run has very many. */

/** Batches of a run, by their scopes. Without `scopes` all of them are meant, and `stride` is 1. */
export interface Sample {
  /** One of so many batches is in it. */
  readonly stride: number;
  /** Of all that it stands for: with rounds of a while. */
  readonly all: number;
  readonly scopes: string | undefined;
}

/** A run of up to so many batches is read as a whole. Of a larger one about so many are read, whatever its size. */
const MOST_READ = 20_000;

/**
 * Which batches to read. Each stride of batches gives one, and not always the one at the same place in it: scopes are numbered
 * as they are created, and every second one may be a batch inside the one before.
 */
export function sampleOf(db: Database, run: number, most = MOST_READ): Sample {
  const all = preparedColumn<[number], number | null>(db, 'select max(scope) from batches where run = ?').get(run) ?? 0;
  if (all <= most) return { stride: 1, all, scopes: undefined };
  const stride = Math.ceil(all / most);
  const scopes: number[] = [];
  for (let first = 1; first <= all; first += stride)
    scopes.push(Math.min(all, first + ((Math.imul(first, 0x9e3779b1) >>> 0) % stride)));
  return { stride, all, scopes: JSON.stringify(scopes) };
}

/** The table to start from, and its condition. SQLite keeps to the order of a cross join. */
function within({ scopes }: Sample, table: string): string {
  return scopes === undefined
    ? `${table} where ${table}.run = @run`
    : `(select value as chosen from json_each(@scopes)) cross join ${table} where ${table}.run = @run and ${table}.scope = chosen`;
}

export type BatchMoment = [
  status: number,
  items: number,
  startedAt: number,
  /** Null while it runs. */
  endedAt: number | null,
];

/** When the batches of some nodes ran, with their attempts before the latest ones: in no order. */
export function batchMoments(
  db: Database,
  run: number,
  nodes: readonly number[],
  sample: Sample,
): Iterable<BatchMoment> {
  const bound = { run, nodes: JSON.stringify(nodes), ...(sample.scopes !== undefined && { scopes: sample.scopes }) };
  const isOfNodes = 'batches.node in (select value from json_each(@nodes))';
  const latest = preparedRaw<[object], BatchMoment>(
    db,
    `select status, items, started_at, ended_at from ${within(sample, 'batches')} and ${isOfNodes}
      and started_at is not null and status not in (${BatchStatus.waiting}, ${BatchStatus.superseded})`,
  );
  const earlier = preparedRaw<[object], BatchMoment>(
    db,
    `select p.status, batches.items, p.started_at, p.ended_at from ${within(sample, 'batches').replace(
      ' where ',
      ' join batch_attempts p on p.run = batches.run and p.scope = batches.scope where ',
    )} and ${isOfNodes}
      and batches.attempt > 1 and p.started_at is not null and p.ended_at is not null`,
  );
  return (function* () {
    yield* latest.iterate(bound);
    yield* earlier.iterate(bound);
  })();
}

export type StepMoment = [node: number, scope: number, startedAt: number, endedAt: number];

/** How long the attempts of steps in batches took that have ended by themselves. */
export function stepMoments(db: Database, run: number, sample: Sample): Iterable<StepMoment> {
  return preparedRaw<[object], StepMoment>(
    db,
    `select node, scope, started_at, ended_at from ${within(sample, 'steps')}
      and scope > 0 and ended_at is not null and status in (${StepStatus.succeeded}, ${StepStatus.failed})`,
  ).iterate({ run, ...(sample.scopes !== undefined && { scopes: sample.scopes }) });
}

export interface RunningStep {
  readonly scope: number;
  readonly node: number;
  readonly startedAt: number;
}

/** Attempts in batches that run, without those that are known to wait. */
export function runningSteps(db: Database, run: number, limit: number): RunningStep[] {
  return prepared<[number, number], RunningStep>(
    db,
    `select scope, node, started_at as startedAt from steps indexed by steps_in_flight
      where run = ? and status = ${StepStatus.running} and scope > 0 and waits_until is null order by started_at limit ?`,
  ).all(run, limit);
}

/** How many batches failed in the last time: at most `limit` are counted. */
export function failuresSince(db: Database, run: number, nodes: readonly number[], since: number): number {
  return (
    preparedColumn<[object], number>(
      db,
      `select count(*) from batches indexed by failed_batches where run = @run and status = ${BatchStatus.failed}
        and node in (select value from json_each(@nodes)) and ended_at > @since`,
    ).get({ run, nodes: JSON.stringify(nodes), since }) ?? 0
  );
}

/** How many scopes one look of `scopesThatTook` reads: it takes about 0.1 s. */
export const SCOPES_A_LOOK = 100_000;

/** Batches and rounds after a scope in which an attempt of a step took that long, among the next so many scopes. */
export function scopesThatTook(
  db: Database,
  run: number,
  { node, from, to, after }: { node: number; from: number; to: number; after: number },
): number[] {
  return preparedColumn<[object], number>(
    db,
    `select distinct scope from steps where run = @run and scope > @after and scope <= @last and node = @node
      and ended_at is not null and status in (${StepStatus.succeeded}, ${StepStatus.failed})
      and ended_at - started_at >= @from and ended_at - started_at < @to order by scope`,
  ).all({ run, node, from, to, after, last: after + SCOPES_A_LOOK });
}

export function lastScope(db: Database, run: number): number {
  return preparedColumn<[number], number | null>(db, 'select max(scope) from batches where run = ?').get(run) ?? 0;
}

export interface ConcurrencyChange {
  readonly at: number;
  readonly path: string;
  readonly concurrency: number;
}

const MOST_CHANGES = 200;

/** The last changes of how many batches may run at a time, oldest first. */
export function concurrencyChanges(db: Database, run: number): ConcurrencyChange[] {
  return prepared<[number], ConcurrencyChange>(
    db,
    `select at, path, concurrency from concurrency_changes where run = ? order by change desc limit ${MOST_CHANGES}`,
  )
    .all(run)
    .toReversed();
}
