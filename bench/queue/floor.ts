import Database from 'better-sqlite3';
import { itemsOf, shapeFromEnvironment, workOn } from './work.ts';

/*
 * What an engine that commits step by step can reach at best: async loops that take one batch after the other and insert
 * a row a step. Prints steps per second. node floor.ts <store> [synchronous]
 */

const [file = '', synchronous = 'normal'] = process.argv.slice(2);
const { batches, steps, concurrency } = shapeFromEnvironment();
const db = new Database(file);
db.pragma('journal_mode = wal');
db.pragma(`synchronous = ${synchronous}`);
db.exec(
  'create table steps (batch integer, step integer, output text, at real, primary key (batch, step)) without rowid',
);
const insert = db.prepare('insert into steps values (?, ?, ?, ?)');

const items = itemsOf(batches);
const begun = performance.now();
let next = 0;
await Promise.all(Array.from({ length: concurrency }, executeBatches));
console.log((batches * steps) / ((performance.now() - begun) / 1000));
db.close();

async function executeBatches(): Promise<void> {
  while (next < batches) {
    const batch = next++;
    const own = items.slice(batch * 10, batch * 10 + 10);
    for (let step = 0; step < steps; step++) {
      const output = await (async () => workOn(own, step))();
      insert.run(batch, step, JSON.stringify(output), Date.now());
    }
  }
}
