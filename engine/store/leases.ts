import { randomUUID } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import { prepared } from './prepared-queries.ts';
import { identityOf, processes, type ProcessIdentity } from './process-identity.ts';

/**
 * An owner of which this machine cannot tell whether it is there, and that has not been heard of for so long, is taken
 * to be gone.
 */
const HEARTBEAT_LIMIT_MS = 30_000;

interface LeaseRow extends ProcessIdentity {
  readonly owner: string;
  readonly heartbeat: number;
}

/** A run is worked on by another process. */
export class RunTakenError extends Error {
  override readonly name = 'RunTakenError';
  readonly run: number;
  readonly pid: number;

  constructor(run: number, pid: number, host: string) {
    super(
      `Run ${run} is being worked on by process ${pid} on ${host}. Wait for it, or stop it with: cronflow cancel ${run}`,
    );
    this.run = run;
    this.pid = pid;
  }
}

/** The right to work on a run: one process at a time has it. */
export class Lease {
  readonly #db: Database;
  readonly run: number;
  readonly owner: string;

  private constructor(db: Database, run: number, owner: string) {
    this.#db = db;
    this.run = run;
    this.owner = owner;
  }

  /** Takes the run, from nobody or from an owner that is gone. @throws RunTakenError */
  static take(db: Database, run: number, now: number): Lease {
    const owner = randomUUID();
    const me = identityOf(process.pid);
    // Where asking for a process takes long, the answer is there before the store is locked.
    ownerOf(db, run, now);
    const take = db.transaction(() => {
      const held = readLease(db, run);
      if (held && !isGone(held, now)) throw new RunTakenError(run, held.pid, held.host);
      db.prepare(
        `insert into leases (run, owner, pid, born, host, heartbeat) values (?, ?, ?, ?, ?, ?)
         on conflict (run) do update set
           owner = excluded.owner, pid = excluded.pid, born = excluded.born, host = excluded.host,
           heartbeat = excluded.heartbeat`,
      ).run(run, owner, me.pid, me.born ?? null, me.host, now);
      db.prepare('delete from requests where run = ?').run(run);
    });
    take.immediate();
    return new Lease(db, run, owner);
  }

  /** Says that the owner is well. False when the run is no longer its own. */
  renew(now: number): boolean {
    return (
      this.#db.prepare('update leases set heartbeat = ? where run = ? and owner = ?').run(now, this.run, this.owner)
        .changes === 1
    );
  }

  release(): void {
    this.#db.prepare('delete from leases where run = ? and owner = ?').run(this.run, this.owner);
  }
}

/** The process that works on a run, if one does. */
export function ownerOf(db: Database, run: number, now: number): ProcessIdentity | undefined {
  const held = readLease(db, run);
  return held && !isGone(held, now) ? held : undefined;
}

function readLease(db: Database, run: number): LeaseRow | undefined {
  const row = prepared<[number], Omit<LeaseRow, 'born'> & { readonly born: string | null }>(
    db,
    'select owner, pid, born, host, heartbeat from leases where run = ?',
  ).get(run);
  return row && { ...row, born: row.born ?? undefined };
}

/**
 * Owners whose process was found to be gone: it does not come back. A store may have thousands, and screens look every
 * second.
 */
const gone = new Set<string>();
const MOST_GONE = 100_000;

/** The last heartbeat at which each owner was seen alive: a later one is a sign of life. */
const heard = new Map<string, number>();
const MOST_HEARD = 10_000;

function isGone(held: LeaseRow, now: number): boolean {
  const process = `${held.owner} ${held.host} ${held.pid} ${held.born ?? ''}`;
  if (gone.has(process)) return true;
  const before = heard.get(process);
  const hasBeenHeard = before !== undefined && held.heartbeat > before;
  const verdict = processes.check(held, hasBeenHeard ? 'if-silent' : 'now-and-then');
  switch (verdict) {
    case 'gone':
      if (gone.size >= MOST_GONE) gone.clear();
      gone.add(process);
      heard.delete(process);
      return true;
    case 'same':
      if (heard.size >= MOST_HEARD) heard.clear();
      heard.set(process, held.heartbeat);
      return false;
    case 'unknown':
      return now - held.heartbeat > HEARTBEAT_LIMIT_MS;
  }
}
