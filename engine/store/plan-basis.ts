import type { Database } from 'better-sqlite3';
import { prepared } from './prepared-queries.ts';
import { dataVersion } from './run-queries.ts';

interface Mark {
  readonly status: string;
  readonly endedAt: number | null;
  readonly sessions: number | null;
  readonly owner: string | null;
}

/** How a run was when a plan for it was made: who writes to a run has to take it up first, which leaves a trace. */
export class PlanBasis {
  readonly #db: Database;
  readonly #run: number;
  readonly #mark: Mark | undefined;
  readonly #version: number;

  constructor(db: Database, run: number) {
    this.#db = db;
    this.#run = run;
    this.#version = dataVersion(db);
    this.#mark = markOf(db, run);
  }

  /** Whether the run is still the same, for the transaction that writes the plan; before that writes anything. */
  isValid(): boolean {
    // Nobody has written anything.
    if (dataVersion(this.#db) === this.#version) return true;
    const [before, now] = [this.#mark, markOf(this.#db, this.#run)];
    // An owner that was taken to be gone may have woken, and written more.
    return before?.owner === null && JSON.stringify(before) === JSON.stringify(now);
  }
}

function markOf(db: Database, run: number): Mark | undefined {
  return prepared<[number], Mark>(
    db,
    `select status, ended_at as endedAt, (select max(session) from sessions s where s.run = r.id) as sessions,
       (select owner from leases l where l.run = r.id) as owner
     from runs r where id = ?`,
  ).get(run);
}
