import type { Database } from 'better-sqlite3';
import { BatchStatus, StepStatus } from '../common/status.ts';
import { settleTally } from '../engine/store/tally-now.ts';

/*
 * Makes a large run of a small one that was executed: to execute a million batches takes a minute, and to write their rows
 * some seconds. The batches that are added have succeeded, each with one step.
 */

/** Puts this many succeeded batches before those of a run of one batch node. */
export function addBefore(db: Database, run: number, count: number): void {
  const shift = db.transaction(() => {
    for (const [table, columns] of [
      ['batches', ['scope', 'idx']],
      ['steps', ['scope']],
      ['item_pages', ['first_scope']],
    ] as const)
      db.prepare(
        `update ${table} set ${columns.map(column => `${column} = ${column} + :count`).join(', ')}
          where run = :run ${table === 'steps' ? 'and scope > 0' : ''}`,
      ).run({ run, count });
    addSucceeded(db, run, count);
  });
  shift();
}

/** Puts succeeded batches between those of a run of one batch node of single items, so that there are `total`, evenly. */
export function addBetween(db: Database, run: number, total: number): void {
  const spread = db.transaction(() => {
    const before = db.prepare<[number], number>('select count(*) from batches where run = ?').pluck().get(run) ?? 0;
    const apart = total / before;
    // From behind, so that none takes the number of one that is still to go.
    for (const [table, columns] of [
      ['batches', 'scope = (scope - 1) * :apart + 1, idx = idx * :apart'],
      ['steps', 'scope = (scope - 1) * :apart + 1'],
    ] as const) {
      const scopes = db
        .prepare<[number], number>(
          `select distinct scope from ${table} where run = ? and scope > 0 order by scope desc`,
        )
        .pluck()
        .all(run);
      const move = db.prepare(`update ${table} set ${columns} where run = :run and scope = :scope`);
      for (const scope of scopes) move.run({ run, scope, apart });
    }
    db.prepare('delete from item_pages where run = ?').run(run);
    db.prepare(
      `insert into batch_items (run, scope, attempt, items) select run, scope, 1, ' [' || idx || ']' from batches where run = ?`,
    ).run(run);
    addSucceeded(db, run, total);
  });
  spread();
}

/** All batches up to this scope that are not there. */
function addSucceeded(db: Database, run: number, last: number): void {
  const node = db.prepare<[number], number>('select node from batches where run = ? limit 1').pluck().get(run);
  const step = db
    .prepare<[number], number>('select node from steps where run = ? and scope > 0 limit 1')
    .pluck()
    .get(run);
  const missing = `with recursive missing (scope) as (select 1 union all select scope + 1 from missing where scope < :last)
     select scope from missing where scope not in (select scope from batches where run = :run)`;
  db.prepare(
    `insert into steps (run, scope, node, attempt, batch_attempt, seq, session, status, started_at, ended_at, output)
     select :run, scope, :step, 1, 1, scope, 1, ${StepStatus.succeeded}, 1, 2, '[1]' from (${missing})`,
  ).run({ run, step, last });
  db.prepare(
    `insert into batches (run, scope, node, parent, idx, items, status, session, started_at, ended_at, last_node, last_attempt)
     select :run, scope, :node, 0, scope - 1, 1, ${BatchStatus.succeeded}, 1, 1, 2, :step, 1 from (${missing})`,
  ).run({ run, node, step, last });
  db.prepare(
    'update splits set (batches, items) = (select count(*), sum(items) from batches where run = :run) where run = :run',
  ).run({ run });
  // As if each had been counted when it ended.
  db.prepare('delete from tallies where run = ?').run(run);
  db.prepare(`update runs set counts = null where id = ?`).run(run);
  settleTally(db, run);
}
