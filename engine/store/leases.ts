import type { Database, Statement } from 'better-sqlite3';
import { NEXT } from '../../common/next-steps.ts';
import { told, ToldError } from '../../common/told.ts';
import { newUuid } from '../new-uuid.ts';
import { LEASE_MS, owners, type HeldLease, type OwnerWatch } from './owner-watch.ts';
import { prepared } from './prepared-queries.ts';
import { identityOf, type ProcessIdentity } from './process-identity.ts';
import { readRun } from './runs.ts';

/** The process that works on a run. */
export interface Owner extends ProcessIdentity {
  /** False where this process has not seen yet whether it is alive: see OwnerWatch. */
  readonly isCertain: boolean;
}

/** A run is worked on by another process. */
export class RunTakenError extends ToldError {
  override readonly name = 'RunTakenError';
  readonly run: number;
  readonly pid: number;
  /** False where it may be gone, and a little later this process will know. */
  readonly isCertain: boolean;

  constructor(run: number, { pid, host, isCertain }: Owner) {
    const stop = told`or ${NEXT.cancel(run)}`;
    const lease = LEASE_MS / 1000;
    super(
      isCertain
        ? told`Run ${run} is being worked on by process ${pid} on ${host}. Wait for it, ${stop}`
        : told`Run ${run} may still be worked on by process ${pid} on ${host}, which cannot be seen from here. It counts as gone when it gives no sign of life for ${lease} seconds: try again then, ${stop}`,
    );
    this.run = run;
    this.pid = pid;
    this.isCertain = isCertain;
  }
}

/** This process has lost its run to another one, and must not write to it any more. */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError' as const;
}

/** The right to work on a run: one process at a time has it. */
export class Lease {
  readonly #db: Database;
  readonly run: number;
  readonly owner: string;
  /** Each transaction executes it. */
  readonly #ownerNow: Statement<[number], string>;
  #isReleased = false;
  #isPassedOn = false;

  private constructor(db: Database, run: number, owner: string) {
    this.#db = db;
    this.run = run;
    this.owner = owner;
    this.#ownerNow = db.prepare<[number], string>('select owner from leases where run = ?').pluck();
  }

  /** Takes the run, from nobody or from an owner that is gone. @throws RunTakenError */
  static take(db: Database, run: number, now: number, watch: OwnerWatch = owners): Lease {
    const owner = newUuid();
    const me = identityOf(process.pid);
    const take = db.transaction(() => {
      checkFree(db, run, watch);
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

  /** Takes the run where nobody works on it. */
  static takeIfFree(db: Database, run: number, now: number, watch?: OwnerWatch): Lease | undefined {
    try {
      return Lease.take(db, run, now, watch);
    } catch (error) {
      if (error instanceof RunTakenError) return undefined;
      throw error;
    }
  }

  /**
   * Makes sure, inside a transaction that writes to the run, that it still is this process's: it may have slept, or
   * have been held up, for so long that another one has taken the run. What it still has to say after it has given the
   * run back (what hooks log) is welcome until another one takes it. @throws LeaseLostError
   */
  check(): void {
    if (this.#isPassedOn) throw new LeaseLostError(`Run ${this.run} has gone on to its next session.`);
    const owner = this.#ownerNow.get(this.run);
    if (owner === this.owner || (owner === undefined && this.#isReleased)) return;
    throw this.#lost();
  }

  /** Says that the owner is well: others see that by the change, whatever the clock says. */
  renew(now: number): void {
    prepared<[number, number, string]>(
      this.#db,
      'update leases set heartbeat = max(heartbeat + 1, ?) where run = ? and owner = ?',
    ).run(now, this.run, this.owner);
  }

  /** For the next session of this process: the owner stays the same, and what is left of the session before can write no more. */
  passOn(): Lease {
    this.check();
    this.#isPassedOn = true;
    return new Lease(this.#db, this.run, this.owner);
  }

  release(): void {
    this.#isReleased = true;
    this.#db.prepare('delete from leases where run = ? and owner = ?').run(this.run, this.owner);
  }

  #lost(): LeaseLostError {
    const { run } = this;
    const since = 'This process has stopped, and what it did since then is not stored.';
    const held = readLease(this.#db, run);
    if (held)
      return new LeaseLostError(
        `Run ${run} was taken by process ${held.pid} on ${held.host}, while this one gave no sign of life. ${since} ` +
          `The run goes on there.`,
      );
    const row = readRun(this.#db, run);
    if (!row) return new LeaseLostError(`Run ${run} was deleted while it was being worked on. ${since}`);
    const then = row.status === 'running' ? 'interrupted' : row.status;
    return new LeaseLostError(
      `Run ${run} was taken by another process, while this one gave no sign of life, and is ${then} now. ${since}`,
    );
  }
}

/** @throws RunTakenError unless nobody works on the run */
export function checkFree(db: Database, run: number, watch: OwnerWatch = owners): void {
  const owner = ownerOf(db, run, watch);
  if (owner) throw new RunTakenError(run, owner);
}

/** The process that works on a run, if one does. */
export function ownerOf(db: Database, run: number, watch: OwnerWatch = owners): Owner | undefined {
  const held = readLease(db, run);
  const state = held && watch.stateOf(held);
  if (!held || state === 'gone') return undefined;
  const { pid, born, host } = held;
  return { pid, born, host, isCertain: state === 'alive' };
}

function readLease(db: Database, run: number): HeldLease | undefined {
  const row = prepared<[number], Omit<HeldLease, 'born'> & { readonly born: string | null }>(
    db,
    'select owner, pid, born, host, heartbeat from leases where run = ?',
  ).get(run);
  return row && { ...row, born: row.born ?? undefined };
}
