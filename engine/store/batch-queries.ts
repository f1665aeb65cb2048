import type { Database } from 'better-sqlite3';
import { prepared } from './prepared-queries.ts';
import { BatchStatus, type BatchStatusName } from './status.ts';

/* Batches of one node, a page at a time, and all there is to one batch. Texts of others are bound, never part of the SQL. */

export interface BatchLine {
  readonly scope: number;
  readonly node: number;
  readonly parent: number;
  readonly idx: number;
  readonly items: number;
  readonly status: number;
  readonly pass: number;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  /** JSON of a StoredError. */
  readonly error: string | null;
}

export interface BatchPredicate {
  readonly statuses?: readonly BatchStatusName[] | undefined;
  /** A cause of failure: StoredError.group. */
  readonly group?: string | undefined;
  readonly ranges?: readonly (readonly [number, number])[] | undefined;
  /** Text that the error's message holds, in whatever case. */
  readonly search?: string | undefined;
}

export interface BatchListing {
  readonly run: number;
  readonly node: number;
  /** The scope the node stands in; without it, all of them. */
  readonly parent: number | undefined;
  readonly where: BatchPredicate;
  readonly sort: 'index' | 'duration' | 'attempts' | 'status';
  readonly descending: boolean;
  readonly offset: number;
  readonly limit: number;
  /** Whether some process works on the run. Without one nothing runs, whatever the rows say. */
  readonly live: boolean;
  readonly now: number;
}

const COLUMNS = 'scope, node, parent, idx, items, status, pass, started_at as startedAt, ended_at as endedAt, error';

export function batchLine(db: Database, run: number, scope: number): BatchLine | undefined {
  return prepared<[number, number], BatchLine>(db, `select ${COLUMNS} from batches where run = ? and scope = ?`).get(run, scope);
}

/** A page of a node's batches, and how many there are in all. */
export function batchPage(db: Database, listing: BatchListing): { lines: BatchLine[]; total: number } {
  const { run } = listing;
  const plain = plainTotal(db, listing);
  const scopes = plain === undefined ? filteredScopes(db, listing) : plainScopes(db, listing, plain);
  // Rows are fetched once it is known which: sorting must not drag errors along.
  return { lines: scopes.flatMap(scope => batchLine(db, run, scope) ?? []), total: plain ?? filteredTotal(db, listing) };
}

/** Without conditions the cuts know how many batches there are, and that they are numbered without gaps. */
function plainTotal(db: Database, { run, node, parent, where, sort }: BatchListing): number | undefined {
  if (parent === undefined || sort !== 'index' || where.statuses || where.group !== undefined || where.ranges || where.search !== undefined) return undefined;
  return prepared<[number, number, number], { batches: number }>(db, 'select batches from cuts where run = ? and node = ? and parent = ?').get(run, node, parent)?.batches;
}

function plainScopes(db: Database, { run, node, parent, offset, limit, descending }: BatchListing, total: number): number[] {
  const from = descending ? total - offset - limit : offset;
  const to = descending ? total - offset - 1 : Math.min(offset + limit, total) - 1;
  return prepared<[number, number | undefined, number, number, number], number>(
    db,
    `select scope from batches where run = ? and parent = ? and node = ? and idx between ? and ? order by idx ${descending ? 'desc' : 'asc'}`,
  ).pluck().all(run, parent, node, from, to);
}

interface Conditions {
  readonly from: string;
  readonly where: string;
  readonly bound: Record<string, number | string>;
}

function filteredScopes(db: Database, listing: BatchListing): number[] {
  const { from, where, bound } = conditions(listing);
  const order = `order by ${orderOf(listing)} limit @limit offset @offset`;
  return prepared<[object], number>(db, `select b.scope from ${from} where ${where} ${order}`).pluck()
    .all({ ...bound, limit: listing.limit, offset: listing.offset, ...(listing.sort === 'duration' && { now: listing.now }) });
}

function filteredTotal(db: Database, listing: BatchListing): number {
  const { from, where, bound } = conditions(listing);
  return prepared<[object], number>(db, `select count(*) from ${from} where ${where}`).pluck().get(bound) ?? 0;
}

function conditions({ run, node, parent, where, live }: BatchListing): Conditions {
  const bound: Record<string, number | string> = { run, node };
  const statuses = where.statuses && statusCodes(where.statuses, live);
  const failedOnly = where.group !== undefined || where.search !== undefined || (statuses?.length === 1 && statuses[0] === BatchStatus.failed);
  const parts: string[] = [];
  const tables: string[] = [];

  if (where.ranges) {
    // Few or many, each is one search in the index.
    tables.push('json_each(@ranges) r');
    parts.push(`b.idx between r.value ->> '$[0]' and r.value ->> '$[1]'`);
    bound.ranges = JSON.stringify(mergedRanges(where.ranges));
  }
  if (parent === undefined) {
    tables.push('cuts c');
    parts.push('c.run = @run and c.node = @node and b.parent = c.parent');
  } else {
    parts.push('b.parent = @parent');
    bound.parent = parent;
  }
  tables.push(`batches b indexed by ${failedOnly ? 'failed_batches' : 'batches_by_place'}`);
  parts.push('b.run = @run and b.node = @node');
  if (failedOnly) parts.push(`b.status = ${BatchStatus.failed}`);
  if (statuses) {
    parts.push('(1 << b.status) & @statuses');
    bound.statuses = statuses.reduce((mask, status) => mask | (1 << status), 0);
  } else {
    parts.push(`b.status <> ${BatchStatus.superseded}`);
  }
  if (where.group !== undefined) {
    parts.push(`b.error ->> '$.group' = @group`);
    bound.group = where.group;
  }
  if (where.search !== undefined) {
    parts.push(`instr(lower(b.error ->> '$.message'), lower(@search))`);
    bound.search = where.search;
  }
  return { from: tables.join(' cross join '), where: parts.join(' and '), bound };
}

function orderOf({ sort, descending, parent, live }: BatchListing): string {
  const direction = descending ? 'desc' : 'asc';
  const place = `${parent === undefined ? `b.parent ${direction}, ` : ''}b.idx ${direction}`;
  switch (sort) {
    case 'index': return place;
    // What has not begun has no duration: last, whichever way.
    case 'duration': return `b.started_at is null, coalesce(b.ended_at, @now) - b.started_at ${direction}, b.scope`;
    case 'attempts': return `b.pass ${direction}, b.scope`;
    case 'status': return `${live ? 'b.status' : shownStatus('b.status')} ${direction}, b.scope`;
  }
}

/** The status column as it is to be shown when nobody works on the run. */
export function shownStatus(column: string): string {
  return `iif(${column} in (${BatchStatus.running}, ${BatchStatus.retrying}), ${BatchStatus.waiting}, ${column})`;
}

/** The codes that stand for the names: what a process that is gone has left in flight waits. */
function statusCodes(names: readonly BatchStatusName[], live: boolean): number[] {
  const codes = names.map(name => BatchStatus[name]);
  if (live) return codes;
  const inFlight: number[] = [BatchStatus.running, BatchStatus.retrying];
  return [...codes.filter(code => !inFlight.includes(code)), ...(names.includes('waiting') ? inFlight : [])];
}

/** Sorted and without overlaps, so that no batch is found twice. */
export function mergedRanges(ranges: readonly (readonly [number, number])[]): [number, number][] {
  const merged: [number, number][] = [];
  for (const [from, to] of ranges.filter(([from, to]) => from <= to).toSorted((a, b) => a[0] - b[0])) {
    const last = merged.at(-1);
    if (last && from <= last[1] + 1) last[1] = Math.max(last[1], to);
    else merged.push([from, to]);
  }
  return merged;
}

/** Where the batches of a node are, if all of them are in one scope. */
export function onlyParent(db: Database, run: number, node: number): number | undefined {
  const found = prepared<[number, number], { parents: number; first: number | null }>(
    db,
    'select count(*) as parents, min(parent) as first from cuts where run = ? and node = ?',
  ).get(run, node);
  // Rounds of a while are cut from nothing.
  if (!found || found.parents === 0) return 0;
  return found.parents === 1 ? found.first ?? 0 : undefined;
}

export function scopeAt(db: Database, run: number, node: number, parent: number, index: number): number | undefined {
  return prepared<[number, number, number, number], number>(db, 'select scope from batches where run = ? and parent = ? and node = ? and idx = ?').pluck().get(run, parent, node, index);
}

/** The nearest failed batch after a place, or before it. */
export function nextFailedBatch(db: Database, run: number, node: number, parent: number, from: number, direction: 'next' | 'previous'): { index: number; scope: number } | undefined {
  const [compare, order] = direction === 'next' ? ['>', 'asc'] : ['<', 'desc'];
  return prepared<[number, number, number, number], { index: number; scope: number }>(
    db,
    `select idx as "index", scope from batches indexed by failed_batches
     where run = ? and node = ? and parent = ? and status = ${BatchStatus.failed} and idx ${compare} ? order by idx ${order} limit 1`,
  ).get(run, node, parent, from);
}

export interface PassLine {
  readonly pass: number;
  readonly status: number;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly error: string | null;
}

/** What a batch came to in passes that are over, oldest first. */
export function earlierPasses(db: Database, run: number, scope: number): PassLine[] {
  return prepared<[number, number], PassLine>(
    db,
    'select pass, status, started_at as startedAt, ended_at as endedAt, error from batch_passes where run = ? and scope = ? order by pass',
  ).all(run, scope);
}

export interface InnerCount {
  readonly node: number;
  readonly path: string;
  readonly status: number;
  readonly batches: number;
  readonly items: number;
}

/** How the batches of the batch nodes inside one scope stand. */
export function innerCounts(db: Database, run: number, scope: number): InnerCount[] {
  return prepared<[number, number], InnerCount>(
    db,
    `select b.node, n.path, b.status, count(*) as batches, sum(b.items) as items from batches b join nodes n on n.run = b.run and n.node = b.node
     where b.run = ? and b.parent = ? group by b.node, b.status order by b.node`,
  ).all(run, scope);
}

export interface FailureLine {
  readonly node: number;
  readonly cause: string;
  readonly batches: number;
  /** The first of them. */
  readonly scope: number;
}

/** The causes for which batches failed, the most frequent first. A batch that failed only with batches inside it is not counted again. */
export function failureLines(db: Database, run: number, limit: number): FailureLine[] {
  return prepared<[number, number], FailureLine>(
    db,
    `select node, error ->> '$.group' as cause, count(*) as batches, min(scope) as scope from batches indexed by failed_batches
     where run = ? and status = ${BatchStatus.failed} and error ->> '$.name' <> 'BatchesFailed'
     group by node, cause order by batches desc, scope limit ?`,
  ).all(run, limit);
}

/** Places of the first batches that failed for a cause. */
export function placesOfCause(db: Database, run: number, node: number, cause: string, limit: number): number[] {
  return prepared<[number, number, string, number], number>(
    db,
    `select idx from batches indexed by failed_batches where run = ? and node = ? and status = ${BatchStatus.failed} and error ->> '$.group' = ?
     order by parent, idx limit ?`,
  ).pluck().all(run, node, cause, limit);
}
