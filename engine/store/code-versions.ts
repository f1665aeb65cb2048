import type { Database } from 'better-sqlite3';
import { BatchStatus } from '../../common/status.ts';

/** The author's files as a session has executed them. */
export interface CodeVersion {
  readonly run: number;
  readonly session: number;
  readonly at: number;
}

/** One that can be loaded: with the texts of its files. */
export interface StoredVersion extends CodeVersion {
  readonly sources: readonly { readonly path: string; readonly text: string }[];
}

/**
 * The version with which to try items of a batch that fail with the code as it is now: one with which they have not failed yet, if
 * there is one; else that of the run, if it is not the code as it is now.
 */
export function versionToTry(
  db: Database,
  of: {
    readonly run: number;
    readonly workflow: string;
    readonly scope: number;
    /** Of the batch node. */
    readonly path: string;
    /** The hash of the code as it is now. */
    readonly code: string;
  },
): StoredVersion | undefined {
  const { workflow, path, code } = of;
  const failing = codeOfBatch(db, of.run, of.scope) ?? code;
  const version =
    lastOtherVersion(db, { workflow, path, not: [code, failing] }) ??
    lastOtherVersion(db, { workflow, path, not: [code, code] });
  return version && { ...version, sources: sourcesOfVersion(db, version) };
}

/** The hash of the code that a batch was executed with last. */
function codeOfBatch(db: Database, run: number, scope: number): string | undefined {
  return db
    .prepare<[number, number], { hash: string }>(
      'select s.code_hash as hash from batches b join sessions s on s.run = b.run and s.session = b.session where b.run = ? and b.scope = ?',
    )
    .get(run, scope)?.hash;
}

/** The latest version of a workflow's code with which a batch of a node has succeeded, other than these two. */
function lastOtherVersion(
  db: Database,
  of: { readonly workflow: string; readonly path: string; readonly not: readonly [string, string] },
): CodeVersion | undefined {
  return db
    .prepare<[string, string, string, string, number], CodeVersion>(
      `select s.run, s.session, s.started_at as at from sessions s join runs r on r.id = s.run
       where r.workflow = ? and s.code_hash not in (?, ?) and exists (
         select 1 from nodes n join batches b on b.run = n.run and b.node = n.node
         where n.run = s.run and n.path = ? and b.session = s.session and b.status = ?)
       order by s.started_at desc, s.run desc, s.session desc limit 1`,
    )
    .get(of.workflow, ...of.not, of.path, BatchStatus.succeeded);
}

/** The files of a version, with their texts. */
export function sourcesOfVersion(
  db: Database,
  { run, session }: { readonly run: number; readonly session: number },
): { readonly path: string; readonly text: string }[] {
  return db
    .prepare<[number, number], { path: string; text: string }>(
      'select u.path, s.text from session_sources u join sources s on s.hash = u.hash where u.run = ? and u.session = ? order by u.path',
    )
    .all(run, session);
}
