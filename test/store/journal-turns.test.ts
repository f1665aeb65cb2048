import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Journal } from '../../engine/store/journal.ts';
import { openStore, type StoreDatabase } from '../../engine/store/open.ts';

/* When the journal commits, and what it keeps from one transaction to the next. */

let folder: string;
let file: string;
let db: StoreDatabase;
let other: Database.Database;
let journal: Journal;
let isBusy: boolean;
let checks: number;
let now: number;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'cronflow-journal-'));
  file = path.join(folder, 'runs.db');
  db = openStore(file, { mode: 'create' });
  db.exec('create table written (name text)');
  other = new Database(file);
  isBusy = false;
  checks = 0;
  now = 0;
  journal = new Journal(db, file, {
    onFailure: error => {
      throw error;
    },
    fence: () => void (checks += 1),
    isBusy: () => isBusy,
    elapsed: () => now,
  });
});

afterEach(() => {
  journal.rest();
  db.close();
  other.close();
  rmSync(folder, { recursive: true });
});

const turn = () => new Promise(resolve => setImmediate(resolve));
const names = () => other.prepare('select name from written order by rowid').pluck().all();

function write(name: string): Promise<void> {
  journal.write(() => db.prepare('insert into written values (?)').run(name));
  return journal.committed();
}

describe('while nothing else can write, transactions follow each other', () => {
  test('without a turn of the event loop between them', async () => {
    await write('first');
    let turned = false;
    setImmediate(() => {
      turned = true;
    });
    await write('second');
    expect(turned).toBe(false);
    expect(names()).toEqual(['first', 'second']);
    await turn();
    expect(turned).toBe(true);
  });

  test('the event loop still turns now and then', async () => {
    let turned = false;
    setImmediate(() => {
      turned = true;
    });
    for (let count = 0; count < 10; count++) await write(`write ${count}`);
    expect(turned, 'the first commit waits for a turn').toBe(true);
    turned = false;
    setImmediate(() => {
      turned = true;
    });
    for (let count = 0; count < 10; count++) await write(`write ${count}`);
    expect(turned).toBe(false);
    now += 6;
    await write('after a while');
    expect(turned).toBe(true);
  });

  test('all that the settled promises set in motion are one transaction', async () => {
    await write('first');
    const two = Promise.all([
      write('one'),
      Promise.resolve()
        .then(() => undefined)
        .then(() => write('the other')),
    ]);
    const checksBefore = checks;
    await two;
    expect(names()).toEqual(['first', 'one', 'the other']);
    expect(checks - checksBefore).toBeLessThanOrEqual(1);
  });
});

test('while a step is executed, its writes are waited for until the event loop turns', async () => {
  await write('first');
  isBusy = true;
  let turned = false;
  setImmediate(() => {
    turned = true;
  });
  await write('second');
  expect(turned).toBe(true);
});

describe('the place in the log that it keeps', () => {
  test('the owner of the run is checked again when another process has written', async () => {
    await write('first');
    await write('second');
    const checksBefore = checks;
    await write('third');
    expect(checks, 'nobody has written since').toBe(checksBefore);
    other.prepare("insert into written values ('of another')").run();
    await write('fourth');
    expect(checks).toBe(checksBefore + 1);
    expect(names()).toEqual(['first', 'second', 'third', 'of another', 'fourth']);
  });

  test('is let go with the next turn: the log can be shortened', async () => {
    await write('first');
    await write('second');
    expect(shortened(), 'kept').toBe(false);
    await turn();
    expect(shortened()).toBe(true);
  });

  test('is let go when another process has the store, which is waited for', async () => {
    await write('first');
    await write('second');
    other.exec('begin immediate');
    other.prepare("insert into written values ('of another')").run();
    const third = write('third');
    await turn();
    other.exec('commit');
    await third;
    expect(names()).toEqual(['first', 'second', 'of another', 'third']);
  });

  /** Whether a checkpoint gets to the end of the log and can begin it anew. */
  function shortened(): boolean {
    other.pragma('busy_timeout = 0');
    const [{ busy }] = other.pragma('wal_checkpoint(TRUNCATE)') as [{ busy: number }];
    return busy === 0;
  }
});
