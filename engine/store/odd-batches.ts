import type { Database } from 'better-sqlite3';
import { BatchStatus } from '../../common/status.ts';
import { outputBytes } from './output-pages.ts';
import { prepared, preparedColumn, preparedRaw } from './prepared-queries.ts';
import { inTransaction } from './transactions.ts';

/* Batches that succeeded and are far from their like: what is measured of them, and which are known. */

/** What is measured of a batch that has succeeded. */
export interface Measured {
  readonly scope: number;
  readonly attempt: number;
  readonly index: number;
  readonly ms: number;
  readonly items: number;
  /** Of its output, in the codec's text. */
  readonly bytes: number;
  /** It has put out nothing, or something without anything in it. */
  readonly isEmpty: boolean;
  /** A step of it was tried again, which is told of by itself. */
  readonly wasRetried: boolean;
  /** It may be smaller than the others. */
  readonly isLast: boolean;
}

type Row = [number, number, number, number, number, number, number, number, number];

/** Texts of nothing are never longer, so that a long output is not read. */
const EMPTY = `coalesce(octet_length(s.output), 0) <= 4 and coalesce(s.output, '') in ('', ' []', '[]', '{}', '""', 'null', '-1')`;

/** The batches of a node that have succeeded: those of `scopes`, or else all from one scope to another. */
export function measuredBatches(
  db: Database,
  run: number,
  node: number,
  which: { readonly scopes: string } | { readonly after: number; readonly last: number },
): Measured[] {
  const from =
    'scopes' in which
      ? '(select value as chosen from json_each(@scopes)) cross join batches b where b.scope = chosen'
      : 'batches b where b.scope > @after and b.scope <= @last';
  return preparedRaw<[object], Row>(
    db,
    `select b.scope, b.attempt, b.idx, b.ended_at - b.started_at, b.items, coalesce(${outputBytes('s.output')}, 0), ${EMPTY},
       exists (select 1 from steps t indexed by steps_tried_again where t.run = b.run and t.scope = b.scope and t.attempt > 1),
       b.idx + 1 = (select p.batches from splits p where p.run = b.run and p.node = b.node and p.parent = b.parent)
     from ${from.replace(
       ' where ',
       ` left join steps s on s.run = b.run and s.scope = b.scope and s.node = b.last_node and
       s.attempt = b.last_attempt where `,
     )}
      and b.run = @run and b.node = @node and b.status = ${BatchStatus.succeeded} and b.ended_at is not null`,
  )
    .all({ run, node, ...which })
    .map(([scope, attempt, index, ms, items, bytes, isEmpty, wasRetried, isLast]) => ({
      scope,
      attempt,
      index,
      ms: Math.max(0, ms),
      items,
      bytes,
      isEmpty: isEmpty === 1,
      wasRetried: wasRetried === 1,
      isLast: isLast === 1,
    }));
}

export interface OddBatch {
  readonly node: number;
  readonly scope: number;
  readonly attempt: number;
  readonly index: number;
  /** In words. */
  readonly why: string;
}

/** Up to when the run was looked at: another session makes other batches of it. Undefined: never. */
export function oddLookedAt(db: Database, run: number): string | undefined {
  return preparedColumn<[number], string>(db, 'select mark from odd_looks where run = ?').get(run);
}

/** Keeps what a look has found. What a person has accepted stays accepted. */
export function keepOdd(db: Database, run: number, mark: string, found: readonly OddBatch[]): void {
  inTransaction(db, () => {
    prepared<[number]>(db, 'delete from odd_batches where run = ? and accepted_at is null').run(run);
    const keep = prepared<[object]>(
      db,
      `insert or ignore into odd_batches (run, scope, batch_attempt, node, idx, why)
       values (@run, @scope, @attempt, @node, @index, @why)`,
    );
    for (const { scope, attempt, node, index, why } of found) keep.run({ run, scope, attempt, node, index, why });
    prepared<[number, string]>(db, 'insert or replace into odd_looks (run, mark) values (?, ?)').run(run, mark);
  });
}

/** Those that stand as odd: not accepted, and not executed again since. */
export function oddBatches(db: Database, run: number): OddBatch[] {
  return prepared<[number], OddBatch>(
    db,
    `select o.node, o.scope, o.batch_attempt as attempt, o.idx as "index", o.why from odd_batches o
      join batches b on b.run = o.run and b.scope = o.scope and b.attempt = o.batch_attempt and b.status = ${BatchStatus.succeeded}
     where o.run = ? and o.accepted_at is null order by o.node, o.idx`,
  ).all(run);
}

/** A person says that they are as they should be: of some scopes, or all. */
export function acceptOdd(
  db: Database,
  run: number,
  scopes: readonly number[] | undefined,
  { at, who }: { readonly at: number; readonly who: string },
): void {
  prepared<[object]>(
    db,
    `update odd_batches set accepted_at = @at, accepted_by = @who where run = @run and accepted_at is null
      and (@scopes is null or scope in (select value from json_each(@scopes)))`,
  ).run({ run, at, who, scopes: scopes === undefined ? null : JSON.stringify(scopes) });
}
