import type { Database } from 'better-sqlite3';
import { StepStatus } from '../../common/status.ts';
import { outputTextOf } from './output-pages.ts';
import { prepared } from './prepared-queries.ts';
import type { Writer } from './records.ts';
import { NOT_DELETED } from './runs.ts';

/*
 * Outputs that a later run is given instead of executing a step: `cache` of a step. What is stored is which attempt has the output, so
 * that it is there for as long as its run is, and for as long as it is in use.
 */

/** What an output is the output of. */
export interface CacheEntry {
  readonly workflow: string;
  /** The step's. */
  readonly path: string;
  /** What the author calls it. */
  readonly key: string;
  /** Hash of the files that have made it: others may make another one. */
  readonly code: string;
}

export interface CachedOutput {
  /** In the codec's text. */
  readonly output: string;
  /** Whose step has made it. */
  readonly run: number;
}

/** The output that is stored under a key; undefined: there is none, its time is over, or a re-run has taken it out of use. */
export function cachedOutput(
  db: Database,
  { workflow, path, key, code }: CacheEntry,
  now: number,
): CachedOutput | undefined {
  const found = prepared<[string, string, string, string, number], CachedOutput>(
    db,
    `select s.output, c.run from cached_outputs c
       join steps s on s.run = c.run and s.scope = c.scope and s.node = c.node and s.attempt = c.attempt
       join runs r on r.id = c.run and r.${NOT_DELETED}
     where c.workflow = ? and c.path = ? and c.key = ? and c.code = ? and (c.expires_at is null or c.expires_at > ?)
       and s.status = ${StepStatus.succeeded}`,
  ).get(workflow, path, key, code, now);
  return found && { ...found, output: outputTextOf(db, found.run, found.output) };
}

/** From now on, the output of this attempt is given under the key. */
export function cacheOutput(
  db: Database,
  run: number,
  { scope, node, attempt }: Writer,
  { workflow, path, key, code }: CacheEntry,
  expiresAt: number | null,
): void {
  prepared<unknown[]>(
    db,
    `insert into cached_outputs (workflow, path, key, code, run, scope, node, attempt, expires_at)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?)
     on conflict (workflow, path, key) do update set code = excluded.code, run = excluded.run, scope = excluded.scope,
       node = excluded.node, attempt = excluded.attempt, expires_at = excluded.expires_at`,
  ).run(workflow, path, key, code, run, scope, node, attempt, expiresAt);
}
