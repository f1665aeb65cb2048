import type { Database } from 'better-sqlite3';
import { FOUND, type Finding } from '../../common/findings.ts';
import { BatchStatus } from '../../common/status.ts';
import { batchesAround } from './batch-queries.ts';
import { UnreadableError } from './codec.ts';
import { parseStoredError } from './parse-stored.ts';
import { prepared, preparedColumn } from './prepared-queries.ts';

/* The items at fault of failed batches. They belong to one attempt of a batch: a re-run leaves them behind. */

/** Which attempt of a batch failed. */
export interface FailedAttempt {
  readonly scope: number;
  readonly attempt: number;
}

/** A finding and where its batch stands. */
export interface BatchFinding extends Finding {
  readonly scope: number;
  /** Node path. */
  readonly node: string;
  /** The index of its batch among its siblings. */
  readonly batch: number;
  /** The scope that its batch stands in. */
  readonly parent: number;
  /** The batches and rounds that its batch stands in, outermost first. */
  readonly around: readonly { readonly node: string; readonly index: number }[];
}

/** In the caller's transaction. */
export function writeFinding(
  db: Database,
  run: number,
  { scope, attempt }: FailedAttempt,
  { item, position, label, found, error, member, others }: Finding,
): void {
  prepared<unknown[], never>(
    db,
    `insert or replace into findings (run, scope, batch_attempt, item, position, label, found, error, member, others)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  ).run(
    run,
    scope,
    attempt,
    item,
    position,
    label ?? null,
    found,
    JSON.stringify(error),
    member ?? null,
    others.length === 0 ? null : JSON.stringify(others),
  );
}

interface FindingRow {
  readonly scope: number;
  readonly path: string;
  readonly idx: number;
  readonly parent: number;
  readonly item: number;
  readonly position: number;
  readonly label: string | null;
  readonly found: string;
  readonly error: string;
  readonly member: string | null;
  readonly others: string | null;
}

/** Findings about the latest attempt of a batch that has failed. */
const CURRENT = `from findings f
  join batches b on b.run = f.run and b.scope = f.scope and b.attempt = f.batch_attempt and b.status = ${BatchStatus.failed}
  join nodes n on n.run = b.run and n.node = b.node
 where f.run = @run`;

const COLUMNS = `f.scope, n.path, b.idx, b.parent, f.item, f.position, f.label, f.found, f.error, f.member, f.others`;

/** The items at fault of the batches that stand as failed, in the order of the batches; of all batch nodes, or of one by its path. */
export function currentFindings(
  db: Database,
  run: number,
  { limit, node }: { readonly limit: number; readonly node?: string },
): BatchFinding[] {
  return prepared<[object], FindingRow>(
    db,
    `select ${COLUMNS} ${CURRENT} and (@node is null or n.path = @node) order by f.scope, f.item limit @limit`,
  )
    .all({ run, limit, node: node ?? null })
    .map(row => findingOf(db, run, row));
}

/** The items at fault of one of them. */
export function currentFindingsOf(db: Database, run: number, scope: number): BatchFinding[] {
  return prepared<[object], FindingRow>(db, `select ${COLUMNS} ${CURRENT} and f.scope = @scope order by f.item`)
    .all({ run, scope })
    .map(row => findingOf(db, run, row));
}

/** A batch that stands as failed, and of which a step has named items. */
export interface MarkedBatch extends FailedAttempt {
  /** How many it has named. */
  readonly marked: number;
  /** How many items the batch has. */
  readonly items: number;
}

/** So many batches are read at a time. */
const PAGE = 500;

/** Those of some batch nodes, in their order. */
export function* markedBatches(db: Database, run: number, paths: ReadonlySet<string>): Generator<MarkedBatch, void> {
  const page = prepared<[object], MarkedBatch>(
    db,
    `select f.scope, b.attempt, count(*) as marked, b.items ${CURRENT} and f.found = 'marked' and f.scope > @after
       and n.path in (select value from json_each(@paths))
     group by f.scope order by f.scope limit ${PAGE}`,
  );
  let after = 0;
  for (;;) {
    const batches = page.all({ run, after, paths: JSON.stringify([...paths]) });
    yield* batches;
    const last = batches.at(-1);
    if (!last || batches.length < PAGE) return;
    after = last.scope;
  }
}

/** The items that a step has named when this attempt of a batch failed. */
export function markedItems(db: Database, run: number, { scope, attempt }: FailedAttempt): number[] {
  return preparedColumn<[number, number, number], number>(
    db,
    "select item from findings where run = ? and scope = ? and batch_attempt = ? and found = 'marked' order by item",
  ).all(run, scope, attempt);
}

/** How many items are at fault, and how many others wait with them in their batches. */
export interface FindingCounts {
  readonly items: number;
  readonly batches: number;
  readonly waiting: number;
}

export function findingCounts(db: Database, run: number): FindingCounts {
  const row = prepared<[object], { items: number; batches: number; inBatches: number }>(
    db,
    `select coalesce(sum(found), 0) as items, count(*) as batches, coalesce(sum(items), 0) as inBatches from (
       select count(*) as found, max(b.items) as items ${CURRENT} group by f.scope)`,
  ).get({ run }) ?? { items: 0, batches: 0, inBatches: 0 };
  return { items: row.items, batches: row.batches, waiting: Math.max(0, row.inBatches - row.items) };
}

/** Node paths of the batches that findings belong to. */
export function nodesWithFindings(db: Database, run: number): string[] {
  return preparedColumn<[object], string>(db, `select distinct n.path ${CURRENT} order by n.node`).all({ run });
}

function findingOf(db: Database, run: number, row: FindingRow): BatchFinding {
  const { scope, path, idx, parent, item, position, label, error, member, others } = row;
  return {
    scope,
    node: path,
    batch: idx,
    parent,
    around: parent === 0 ? [] : batchesAround(db, run, scope).map(outer => ({ node: outer.path, index: outer.idx })),
    item,
    position,
    label: label ?? undefined,
    found: foundOf(row.found),
    error: parseStoredError(error),
    ...(member !== null && { member }),
    others: others === null ? [] : indicesOf(others),
  };
}

/** How a stored item at fault was found: `limit` stands for no item. @throws UnreadableError where the text says nothing of the kind */
export function foundOf(text: string): Finding['found'] {
  const found = FOUND.find(known => known === text);
  if (found !== undefined && found !== 'limit') return found;
  throw new UnreadableError(`An item was found in a way that there is not: ${JSON.stringify(text.slice(0, 40))}`);
}

function indicesOf(json: string): number[] {
  const parsed: unknown = JSON.parse(json);
  if (Array.isArray(parsed) && parsed.every(index => Number.isSafeInteger(index))) return parsed as number[];
  throw new UnreadableError(
    'The items that an item fails together with are not in the form in which they were written.',
  );
}
