import Database from 'better-sqlite3';
import { migrate } from './migrations.ts';
import type { StoreDatabase } from './open.ts';
import type { RunRow } from './runs.ts';

/**
 * A store in memory, with one run in it: what a probe writes goes there and nowhere else.
 * @param row The run whose place it takes.
 */
export class ProbeStore {
  readonly db: StoreDatabase;
  /** The run. */
  readonly row: RunRow;

  constructor(row: RunRow) {
    this.row = row;
    this.db = new Database(':memory:');
    this.db.pragma('foreign_keys = ON');
    migrate(this.db, 0);
    this.clear();
  }

  /** Forgets all that was written. */
  clear(): void {
    const { id, uid, workflow, name, file, payload, graph, started_at: startedAt, durability } = this.row;
    const again = this.db.transaction(() => {
      // With all that belongs to it.
      this.db.prepare('delete from runs').run();
      this.db
        .prepare(
          `insert into runs (id, uid, workflow, name, file, status, payload, graph, started_at, durability)
           values (?, ?, ?, ?, ?, 'running', ?, ?, ?, ?)`,
        )
        .run(id, uid, workflow, name, file, payload, graph, startedAt, durability);
    });
    again();
  }
}
