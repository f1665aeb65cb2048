import type { Database } from 'better-sqlite3';
import { BatchStatus } from '../../common/status.ts';
import { STATUS_AT_REST, storedStatuses } from './at-rest.ts';
import type { BatchFilter, BatchPredicate } from './batch-predicate.ts';
import { FAILED_WITHIN, withinBinding } from './cause-queries.ts';
import { inPlace } from './map-queries.ts';
import { prepared, preparedColumn } from './prepared-queries.ts';
import { bound as boundTo, TRIED } from './tried-again.ts';

/* Batches of one node, a page at a time, and all there is to one batch. Texts of others are bound, never part of the SQL. */

export interface BatchLine {
  readonly scope: number;
  readonly node: number;
  readonly parent: number;
  readonly idx: number;
  readonly items: number;
  readonly status: number;
  readonly attempt: number;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  /** JSON of a StoredError. */
  readonly error: string | null;
  /** That has, or had, its latest attempt; null: the process of the run, or nobody yet. */
  readonly worker: number | null;
}

export interface BatchListing {
  readonly run: number;
  readonly node: number;
  /** The scope the node stands in; without it, all of them. */
  readonly parent: number | undefined;
  readonly where: BatchFilter;
  readonly sort: 'index' | 'duration' | 'attempts' | 'waited' | 'status';
  readonly descending: boolean;
  readonly offset: number;
  readonly limit: number;
  /** Whether some process works on the run. Without one nothing runs, whatever the rows say. */
  readonly live: boolean;
  /** Of a run at rest, the end of its last session. */
  readonly now: number;
}

const COLUMNS =
  'scope, node, parent, idx, items, status, attempt, started_at as startedAt, ended_at as endedAt, error, worker';

export function batchLine(db: Database, run: number, scope: number): BatchLine | undefined {
  return prepared<[number, number], BatchLine>(db, `select ${COLUMNS} from batches where run = ? and scope = ?`).get(
    run,
    scope,
  );
}

/** A page of a node's batches, and how many there are in all. */
export function batchPage(db: Database, listing: BatchListing): { lines: BatchLine[]; total: number } {
  const { run, sort } = listing;
  const plain = plainTotal(db, listing);
  const total = plain ?? filteredTotal(db, listing);
  const scopesOf = () => {
    if (sort === 'attempts' || sort === 'waited') return scopesByTries(db, listing, sort, total);
    return plain !== undefined && sort === 'index' ? plainScopes(db, listing, plain) : filteredScopes(db, listing);
  };
  // Rows are fetched once it is known which: sorting must not drag errors along.
  return { lines: scopesOf().flatMap(scope => batchLine(db, run, scope) ?? []), total };
}

/** Without conditions the splits know how many batches there are, and that they are numbered without gaps. */
function plainTotal(db: Database, { run, node, parent, where }: BatchListing): number | undefined {
  if (
    parent === undefined ||
    where.statuses ||
    where.fingerprint !== undefined ||
    where.ranges ||
    where.search !== undefined ||
    where.workers ||
    where.cause
  )
    return undefined;
  return prepared<[number, number, number], { batches: number }>(
    db,
    'select batches from splits where run = ? and node = ? and parent = ?',
  ).get(run, node, parent)?.batches;
}

function plainScopes(
  db: Database,
  { run, node, parent, offset, limit, descending }: BatchListing,
  total: number,
): number[] {
  const from = descending ? total - offset - limit : offset;
  const to = descending ? total - offset - 1 : Math.min(offset + limit, total) - 1;
  return preparedColumn<[number, number | undefined, number, number, number], number>(
    db,
    `select scope from batches where run = ? and parent = ? and node = ? and idx between ? and ?
      order by idx ${descending ? 'desc' : 'asc'}`,
  ).all(run, parent, node, from, to);
}

interface Conditions {
  readonly from: string;
  readonly where: string;
  readonly bound: Readonly<Record<string, number | string>>;
}

function filteredScopes(db: Database, listing: BatchListing): number[] {
  const { from, where, bound } = conditions(db, listing);
  const order = `order by ${orderOf(listing)} limit @limit offset @offset`;
  return preparedColumn<[object], number>(db, `select scope from ${from} where ${where} ${order}`).all({
    ...bound,
    limit: listing.limit,
    offset: listing.offset,
    ...(listing.sort === 'duration' && { now: listing.now }),
  });
}

/**
 * By attempts, or by how long they waited for them. Few batches are tried more than once: those are sorted, and all the
 * others are alike and come in their order, so that no page needs all batches of a node.
 */
function scopesByTries(db: Database, listing: BatchListing, by: 'attempts' | 'waited', total: number): number[] {
  const { run, node, parent, where, descending, offset, limit, live, now } = listing;
  const predicate = predicateSql(where, live);
  const parts = [
    'run = @run',
    'scope = within',
    'node = @node',
    parent !== undefined && 'parent = @parent',
    ...predicate.parts,
    ...rangesSql(where),
    where.cause && `scope in (select failed_within from ${FAILED_WITHIN})`,
  ].filter(part => typeof part === 'string');
  const bound = { ...conditions(db, listing).bound, ...boundTo({ live, now }) };
  const from = `tried cross join batches where ${parts.join(' and ')}`;
  const again =
    preparedColumn<[object], number>(db, `with recursive ${TRIED} select count(*) from ${from}`).get(bound) ?? 0;
  const page = { first: offset, after: offset + limit };
  const begin = descending ? 0 : total - again;
  /** What of the page lies among so many batches from a place on. */
  const cutOf = (from: number, length: number) => {
    const [first, after] = [Math.max(page.first, from), Math.min(page.after, from + length)];
    return { offset: first - from, limit: Math.max(0, after - first) };
  };
  const [ofAgain, ofOnce] = [cutOf(begin, again), cutOf(descending ? again : 0, total - again)];
  const triedAgain = () =>
    preparedColumn<[object], number>(
      db,
      `with recursive ${TRIED} select scope from ${from} order by ${by} ${descending ? 'desc' : 'asc'}, scope limit @limit offset @offset`,
    ).all({ ...bound, ...ofAgain });
  const once = () => {
    const place = placeOf(db, { run, node, parent, where }, predicate.failedOnly, true);
    const others = [
      'run = @run',
      ...place.parts,
      ...predicate.parts,
      where.cause && `scope in (select failed_within from ${FAILED_WITHIN})`,
      'scope not in (select within from tried)',
    ].filter(part => typeof part === 'string');
    return preparedColumn<[object], number>(
      db,
      `with recursive ${TRIED} select scope from ${place.tables.join(' cross join ')} where ${others.join(' and ')}
        order by ${orderOf({ ...listing, descending: false })} limit @limit offset @offset`,
    ).all({ ...bound, ...ofOnce });
  };
  const pages = [ofAgain.limit > 0 ? triedAgain() : [], ofOnce.limit > 0 ? once() : []];
  return (descending ? pages : pages.toReversed()).flat();
}

function filteredTotal(db: Database, listing: BatchListing): number {
  const { from, where, bound } = conditions(db, listing);
  return preparedColumn<[object], number>(db, `select count(*) from ${from} where ${where}`).get(bound) ?? 0;
}

/** The conditions of a predicate but its ranges, on `batches`, and what is bound to them. */
export function predicateSql(where: BatchPredicate, live: boolean): PredicateSql {
  const statuses = where.statuses && storedStatuses(where.statuses, live);
  const failedOnly =
    where.fingerprint !== undefined ||
    where.search !== undefined ||
    (statuses?.length === 1 && statuses[0] === BatchStatus.failed);
  const parts = [
    failedOnly && `status = ${BatchStatus.failed}`,
    statuses ? '(1 << status) & @statuses' : `status <> ${BatchStatus.superseded}`,
    where.fingerprint !== undefined && `error ->> '$.fingerprint' = @fingerprint`,
    where.search !== undefined && `instr(lower(error ->> '$.message'), lower(@search))`,
    where.workers && 'worker in (select value from json_each(@workers))',
  ];
  return {
    failedOnly,
    parts: parts.filter(part => typeof part === 'string'),
    bound: {
      ...(statuses && { statuses: statuses.reduce((mask, status) => mask | (1 << status), 0) }),
      ...(where.fingerprint !== undefined && { fingerprint: where.fingerprint }),
      ...(where.search !== undefined && { search: where.search }),
      ...(where.workers && { workers: JSON.stringify(where.workers) }),
      // Few or many, each range is one search in the index.
      ...(where.ranges && { ranges: JSON.stringify(mergedRanges(where.ranges)) }),
    },
  };
}

interface PredicateSql {
  /** Only failed batches can be meant, for which there is an index. */
  readonly failedOnly: boolean;
  readonly parts: readonly string[];
  readonly bound: Readonly<Record<string, number | string>>;
}

const RANGES = `(select value ->> '$[0]' as first, value ->> '$[1]' as last from json_each(@ranges))`;

/** The ranges of a predicate as a condition, where all batches of a run are read anyway. */
export function rangesSql({ ranges }: BatchPredicate): string[] {
  return ranges ? [`exists (select 1 from ${RANGES} where idx between first and last)`] : [];
}

/** The scopes of a node's batches that a predicate means, wherever in the run they stand, in order. */
export function matchingScopes(
  db: Database,
  run: number,
  node: number,
  where: BatchPredicate,
  live: boolean,
): number[] {
  return filteredScopes(db, {
    run,
    node,
    parent: undefined,
    where,
    sort: 'index',
    descending: false,
    offset: 0,
    limit: -1,
    live,
    now: 0,
  });
}

/** The indices of an outermost node's batches that a predicate means, in no order. */
export function matchingIndices(
  db: Database,
  run: number,
  node: number,
  where: BatchPredicate,
  live: boolean,
): Uint32Array<ArrayBuffer> {
  const place = { run, node, parent: 0, where, live };
  const { from, where: condition, bound } = conditions(db, place);
  return Uint32Array.from(
    preparedColumn<[object], number>(db, `select idx from ${from} where ${condition}`).all(bound),
  );
}

function conditions(
  db: Database,
  { run, node, parent, where, live }: Pick<BatchListing, 'run' | 'node' | 'parent' | 'where' | 'live'>,
): Conditions {
  const predicate = predicateSql(where, live);
  const place = placeOf(db, { run, node, parent, where }, predicate.failedOnly);
  const parts = [
    'run = @run',
    ...place.parts,
    ...predicate.parts,
    ...(where.cause ? [`scope in (select failed_within from ${FAILED_WITHIN})`] : []),
  ];
  return {
    from: place.tables.join(' cross join '),
    where: parts.join(' and '),
    bound: {
      run,
      node,
      ...predicate.bound,
      ...(parent !== undefined && { parent }),
      ...(where.cause && withinBinding(where.cause, node)),
    },
  };
}

/** Where to look for the batches, and by which index. */
function placeOf(
  db: Database,
  { run, node, parent, where }: Pick<BatchListing, 'run' | 'node' | 'parent' | 'where'>,
  failedOnly: boolean,
  /** In the order of their places: an index has it, and ends with the page. */
  inOrder = false,
): { tables: string[]; parts: string[] } {
  const batches = failedOnly ? 'batches indexed by failed_batches' : 'batches';
  if (parent !== undefined && !failedOnly && !where.ranges)
    return {
      tables: [batches],
      parts: [inOrder ? 'parent = @parent and node = @node' : inPlace(db, run, node, parent)],
    };
  return {
    tables: [
      ...(where.ranges ? [RANGES] : []),
      ...(parent === undefined ? ['(select parent as outside from splits where run = @run and node = @node)'] : []),
      batches,
    ],
    parts: [
      'node = @node',
      parent === undefined ? 'parent = outside' : 'parent = @parent',
      ...(where.ranges ? ['idx between first and last'] : []),
    ],
  };
}

function orderOf({ sort, descending, parent, live }: BatchListing): string {
  const direction = descending ? 'desc' : 'asc';
  const place = `${parent === undefined ? `parent ${direction}, ` : ''}idx ${direction}`;
  switch (sort) {
    case 'index':
      return place;
    // What has not begun has no duration: last, whichever way.
    case 'duration':
      return `started_at is null, coalesce(ended_at, @now) - started_at ${direction}, scope`;
    // All that are sorted here were tried once: see scopesByTries.
    case 'attempts':
    case 'waited':
      return place;
    case 'status':
      return `${live ? 'status' : STATUS_AT_REST} ${direction}, scope`;
  }
}

/** Sorted and without overlaps, so that no batch is found twice. */
function mergedRanges(ranges: readonly (readonly [number, number])[]): [number, number][] {
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
    'select count(*) as parents, min(parent) as first from splits where run = ? and node = ?',
  ).get(run, node);
  // Rounds of a while are not split from items.
  if (!found || found.parents === 0) return 0;
  return found.parents === 1 ? (found.first ?? 0) : undefined;
}

export function scopeAt(db: Database, run: number, node: number, parent: number, index: number): number | undefined {
  return preparedColumn<[number, number, number, number], number>(
    db,
    'select scope from batches where run = ? and parent = ? and node = ? and idx = ?',
  ).get(run, parent, node, index);
}

/** The nearest failed batch after a place, or before it. */
export function nextFailedBatch(
  db: Database,
  run: number,
  node: number,
  parent: number,
  from: number,
  direction: 'next' | 'previous',
): { index: number; scope: number } | undefined {
  const [compare, order] = direction === 'next' ? ['>', 'asc'] : ['<', 'desc'];
  return prepared<[number, number, number, number], { index: number; scope: number }>(
    db,
    `select idx as "index", scope from batches indexed by failed_batches
     where run = ? and node = ? and parent = ? and status = ${BatchStatus.failed} and idx ${compare} ? order by idx ${order} limit 1`,
  ).get(run, node, parent, from);
}

export interface EarlierAttemptLine {
  readonly attempt: number;
  readonly status: number;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  /** Until when the batch waited for its next attempt, or waits. */
  readonly waitsUntil: number | null;
  readonly error: string | null;
  readonly worker: number | null;
}

/** What a batch came to in attempts that are over, oldest first. */
export function earlierAttempts(db: Database, run: number, scope: number): EarlierAttemptLine[] {
  return prepared<[number, number], EarlierAttemptLine>(
    db,
    `select attempt, status, started_at as startedAt, ended_at as endedAt, waits_until as waitsUntil, error, worker from batch_attempts
      where run = ? and scope = ? order by attempt`,
  ).all(run, scope);
}

export interface AroundLine {
  readonly scope: number;
  readonly node: number;
  readonly path: string;
  readonly idx: number;
  readonly parent: number;
  readonly status: number;
}

/** A store that something else has written may have batches that stand in each other. */
const DEEPEST = 1_000;

/** The batches and rounds that a batch stands in, outermost first. */
export function batchesAround(db: Database, run: number, scope: number): AroundLine[] {
  return prepared<[object], AroundLine>(
    db,
    `with recursive up (scope, depth) as (
       select parent, 1 from batches where run = @run and scope = @scope
       union
       select b.parent, depth + 1 from up cross join batches b where b.run = @run and b.scope = up.scope and depth < ${DEEPEST}
     ) select b.scope, b.node, n.path, b.idx, b.parent, b.status from up join batches b on b.run = @run and b.scope = up.scope
      join nodes n on n.run = b.run and n.node = b.node
     order by depth desc`,
  ).all({ run, scope });
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
    `select b.node, n.path, b.status, count(*) as batches, sum(b.items) as items from batches b
      join nodes n on n.run = b.run and n.node = b.node
     where b.run = ? and b.parent = ? group by b.node, b.status order by b.node`,
  ).all(run, scope);
}
