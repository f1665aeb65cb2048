import { randomUUID } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import { prepared } from './prepared-queries.ts';
import { identityOf, isAlive, type ProcessIdentity } from './process-identity.ts';

/** An owner on another machine that has not been heard of for so long is taken to be gone. */
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
    const take = db.transaction(() => {
      const held = readLease(db, run);
      if (held && !isGone(held, now)) throw new RunTakenError(run, held.pid, held.host);
      db.prepare(
        `insert into leases (run, owner, pid, born, host, heartbeat) values (?, ?, ?, ?, ?, ?)
         on conflict (run) do update set owner = excluded.owner, pid = excluded.pid, born = excluded.born, host = excluded.host, heartbeat = excluded.heartbeat`,
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
  return prepared<[number], LeaseRow>(db, 'select owner, pid, born, host, heartbeat from leases where run = ?').get(
    run,
  );
}

/** Owners whose process was found to be gone: it does not come back. A store may have thousands, and screens look every second. */
const gone = new Set<string>();
const MOST_GONE = 100_000;

function isGone(held: LeaseRow, now: number): boolean {
  const process = `${held.owner} ${held.host} ${held.pid} ${held.born ?? ''}`;
  if (gone.has(process)) return true;
  const alive = isAlive({ ...held, born: held.born ?? undefined });
  if (alive === false) {
    if (gone.size >= MOST_GONE) gone.clear();
    gone.add(process);
  }
  return alive === undefined ? now - held.heartbeat > HEARTBEAT_LIMIT_MS : !alive;
}
