import type { Database } from 'better-sqlite3';
import { UNCERTAIN, type Finding, type Uncertain } from '../../common/findings.ts';
import { idOf } from '../../common/node-paths.ts';
import type { StoredError } from '../../common/stored-error.ts';
import { BatchStatus } from '../../common/status.ts';
import { writeFinding, type FailedAttempt } from './findings.ts';
import { UnreadableError } from './codec.ts';
import { parseStoredError } from './parse-stored.ts';
import { BATCH_KINDS_SQL } from './kinds.ts';
import { prepared, preparedColumn } from './prepared-queries.ts';
import { inTransaction } from './transactions.ts';

/* Searches for the items at fault of failed batches, and who has allowed them. */

/** A failed batch whose items at fault can be looked for. */
export interface FailedBatchToSearch extends FailedAttempt {
  /** Node path. */
  readonly node: string;
  readonly index: number;
  readonly items: number;
  /** How long the attempt that failed took; null where that is not known. */
  readonly durationMs: number | null;
  /** Items that the step has named, as JSON of indices. */
  readonly marked: string;
}

/** Which failed batches: of one node, by its name or path; and those with these indices. */
export interface SearchSelection {
  readonly node?: string | undefined;
  readonly batches: 'failed' | readonly number[];
}

/** A batch that failed only with batches inside it is searched in those. */
export function failedToSearch(db: Database, run: number, { node, batches }: SearchSelection): FailedBatchToSearch[] {
  const failed = prepared<[number], FailedBatchToSearch>(
    db,
    `select b.scope, b.attempt, n.path as node, b.idx as "index", b.items, b.ended_at - b.started_at as durationMs,
       (select json_group_array(f.item) from findings f where f.run = b.run and f.scope = b.scope
         and f.batch_attempt = b.attempt and f.found = 'marked') as marked
     from batches b indexed by failed_batches join nodes n on n.run = b.run and n.node = b.node
    where b.run = ? and b.status = ${BatchStatus.failed} and b.error ->> '$.name' <> 'BatchesFailed' and b.items > 0
      and n.kind in ${BATCH_KINDS_SQL}
    order by b.scope`,
  ).all(run);
  return failed.filter(
    ({ node: path, index }) =>
      (node === undefined || path === node || idOf(path) === node) && (batches === 'failed' || batches.includes(index)),
  );
}

/** The batch nodes, by path, of which a failed batch holds several items and has not been searched. */
export function nodesToSearch(db: Database, run: number): string[] {
  return preparedColumn<[number], string>(
    db,
    `select n.path from nodes n where n.run = ? and n.kind = 'batch' and exists (
       select 1 from batches b indexed by failed_batches
        where b.run = n.run and b.node = n.node and b.status = ${BatchStatus.failed} and b.items > 1
          and b.error ->> '$.name' <> 'BatchesFailed'
          and not exists (select 1 from searches s where s.run = b.run and s.scope = b.scope and s.batch_attempt = b.attempt))`,
  ).all(run);
}

/** What a search has come to, as it is stored. */
export interface StoredSearch {
  readonly findings: readonly Finding[];
  readonly probes: number;
  readonly isComplete: boolean;
  readonly limit: { readonly items: number; readonly error: StoredError } | undefined;
  readonly why: Uncertain | undefined;
  readonly code: string;
}

/** In place of what an earlier search has found; what the step has named stays. Not when the batch was re-run meanwhile. */
export function storeSearch(db: Database, run: number, of: FailedAttempt, search: StoredSearch, now: number): void {
  const { scope, attempt } = of;
  inTransaction(db, () => {
    const isCurrent = preparedColumn<[number, number, number, number], number>(
      db,
      'select 1 from batches where run = ? and scope = ? and attempt = ? and status = ?',
    ).get(run, scope, attempt, BatchStatus.failed);
    if (isCurrent === undefined) return;
    prepared<[number, number, number]>(
      db,
      `delete from findings where run = ? and scope = ? and batch_attempt = ? and found <> 'marked'`,
    ).run(run, scope, attempt);
    for (const finding of search.findings) writeFinding(db, run, of, finding);
    const { limit, why, code, probes, isComplete } = search;
    prepared<unknown[]>(
      db,
      `insert or replace into searches (run, scope, batch_attempt, probes, complete, most_items, error, why, code_hash, ended_at)
       values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ).run(
      run,
      scope,
      attempt,
      probes,
      isComplete ? 1 : 0,
      limit?.items ?? null,
      limit ? JSON.stringify(limit.error) : null,
      why ?? null,
      code,
      now,
    );
  });
}

/** What the search in a failed batch has come to. */
export interface SearchedBatch extends Pick<StoredSearch, 'probes' | 'isComplete' | 'limit' | 'why'> {
  /** Node path. */
  readonly node: string;
  readonly batch: number;
  /** How many of its items are known to be at fault. */
  readonly items: number;
}

interface SearchedRow {
  readonly node: string;
  readonly batch: number;
  readonly probes: number;
  readonly complete: number;
  readonly mostItems: number | null;
  readonly error: string | null;
  readonly why: string | null;
  readonly items: number;
}

/** The searches in batches that stand as failed, in their order. */
export function currentSearches(db: Database, run: number, limit: number): SearchedBatch[] {
  return prepared<[number, number], SearchedRow>(
    db,
    `select n.path as node, b.idx as batch, s.probes, s.complete, s.most_items as mostItems, s.error, s.why,
       (select count(*) from findings f where f.run = s.run and f.scope = s.scope and f.batch_attempt = s.batch_attempt) as items
     from searches s
     join batches b on b.run = s.run and b.scope = s.scope and b.attempt = s.batch_attempt and b.status = ${BatchStatus.failed}
     join nodes n on n.run = b.run and n.node = b.node
    where s.run = ? order by s.scope limit ?`,
  )
    .all(run, limit)
    .map(({ node, batch, probes, complete, mostItems, error, why, items }) => ({
      node,
      batch,
      probes,
      items,
      isComplete: complete === 1,
      limit: mostItems === null || error === null ? undefined : { items: mostItems, error: parseStoredError(error) },
      why: why === null ? undefined : uncertainOf(why),
    }));
}

function uncertainOf(why: string): Uncertain {
  const known = UNCERTAIN.find(other => other === why);
  if (known === undefined)
    throw new UnreadableError(`A search has ended in a way that there is not: ${JSON.stringify(why.slice(0, 40))}`);
  return known;
}

/** Whether somebody has allowed to execute the plain steps of a workflow to find items at fault. */
export function isProbeAllowed(db: Database, workflow: string): boolean {
  return preparedColumn<[string], number>(db, 'select 1 from probe_consents where workflow = ?').get(workflow) === 1;
}

export function allowProbes(db: Database, workflow: string, now: number): void {
  prepared<[string, number]>(db, 'insert or ignore into probe_consents (workflow, given_at) values (?, ?)').run(
    workflow,
    now,
  );
}
