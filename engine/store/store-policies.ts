import type { Database } from 'better-sqlite3';
import { parseStored } from './parse-stored.ts';
import { prepared } from './prepared-queries.ts';
import type { PruneRule } from './prune.ts';

/** Who is told when a run of the store has come to an end, as a person wrote it: a command, or an address. */
export interface NoticePolicy {
  readonly onFailure?: string | undefined;
  readonly onFinish?: string | undefined;
}

/* What a store is to do by itself, as a person has asked it to once. */

const PRUNE = 'prune';
const NOTICE = 'notice';
/** Several processes have the store open; one of them applies a policy, and not at each run's end. */
const EVERY_MS = 3_600_000;

interface Row {
  readonly policy: string;
}

/** The rule by which runs of this store are deleted by themselves. @throws UnreadableError */
export function prunePolicy(db: Database): PruneRule | undefined {
  const row = prepared<[string], Row>(db, 'select policy from policies where name = ?').get(PRUNE);
  return row && parseRule(row.policy);
}

/** @param rule Undefined: nothing is deleted by itself any more. */
export function setPrunePolicy(db: Database, rule: PruneRule | undefined): void {
  setPolicy(db, PRUNE, rule);
}

/** @throws UnreadableError */
export function noticePolicy(db: Database): NoticePolicy | undefined {
  const row = prepared<[string], Row>(db, 'select policy from policies where name = ?').get(NOTICE);
  const isTarget = (value: unknown) => value === undefined || typeof value === 'string';
  return (
    row &&
    parseStored<NoticePolicy>(
      row.policy,
      'The policy of who is told of the end of runs',
      ({ onFailure, onFinish }) => isTarget(onFailure) && isTarget(onFinish),
    )
  );
}

/** @param policy Undefined: nobody is told any more. */
export function setNoticePolicy(db: Database, policy: NoticePolicy | undefined): void {
  setPolicy(db, NOTICE, policy);
}

function setPolicy(db: Database, name: string, policy: object | undefined): void {
  if (policy)
    prepared<[string, string]>(db, 'insert or replace into policies (name, policy) values (?, ?)').run(
      name,
      JSON.stringify(policy),
    );
  else prepared<[string]>(db, 'delete from policies where name = ?').run(name);
}

/** Whether this store has a policy that is due now. Only reads. */
export function isPruneDue(db: Database, now: number): boolean {
  const due = prepared<[object], unknown>(db, `select 1 from policies where ${DUE}`);
  return due.get({ name: PRUNE, now }) !== undefined;
}

/** The rule, where it is due: whoever gets it applies it, and nobody else does for an hour. */
export function takeDuePrune(db: Database, now: number): PruneRule | undefined {
  const row = prepared<[object], Row>(db, `update policies set applied_at = @now where ${DUE} returning policy`).get({
    name: PRUNE,
    now,
  });
  return row && parseRule(row.policy);
}

/** A time that is yet to come was written by a clock that has been set back since. */
const DUE = `name = @name and (applied_at is null or applied_at not between @now - ${EVERY_MS} and @now)`;

function parseRule(json: string): PruneRule {
  const isCount = (value: unknown) => value === undefined || (typeof value === 'number' && value > 0);
  return parseStored<PruneRule>(
    json,
    'The policy by which runs are deleted',
    ({ olderThanMs, keep, keepFailed, unfinished }) =>
      isCount(olderThanMs) &&
      isCount(keep) &&
      (olderThanMs !== undefined || keep !== undefined) &&
      typeof keepFailed === 'boolean' &&
      typeof unfinished === 'boolean',
  );
}
