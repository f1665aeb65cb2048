import type { Database } from 'better-sqlite3';
import { startRun } from '../engine/run/execute.ts';
import { median, percent, perSecond, secondsOf, withStore, workerOf, workflow, type Figure } from './support.ts';

/*
 * Durable steps per second, beside a program that only writes the very rows the run wrote: what the engine's walk,
 * contexts, codec and waiting for commits cost on top of SQLite. The rounds of both alternate, so that whatever else the
 * machine does meets both alike.
 */

const BATCHES = 600;
const STEPS = 5;
const ROUNDS = 15;
const GROUP = 50;

function trivialSteps(concurrency: number) {
  const items = Array.from({ length: BATCHES * 5 }, (_, index) => index);
  return workflow(flow =>
    flow.batch('work', { items, size: 5, concurrency }, (batch, inner) => {
      for (let step = 0; step < STEPS; step++) {
        inner.step(`step-${step}`, async () => batch.length + step);
      }
    }),
  );
}

export async function benchSteps(): Promise<Figure[]> {
  const alone = await compare(1, 1);
  const many = await compare(50, GROUP);
  return [
    ...figures('concurrency 1', 'a transaction each', alone, 0.6),
    ...figures('concurrency 50', `transactions of ${GROUP}`, many, 0.25),
  ];
}

function figures(how: string, rawHow: string, { ours, raw }: Comparison, aim: number): Figure[] {
  const share = median(ours.map((rate, round) => rate / (raw[round] ?? NaN)));
  return [
    { what: `steps, ${how}`, value: perSecond(median(ours), 1) },
    { what: `same rows by better-sqlite3 alone, ${rawHow}`, value: perSecond(median(raw), 1) },
    { what: `ours / raw, ${how}`, value: percent(share), aim: `>= ${percent(aim)}`, met: share >= aim },
  ];
}

interface Comparison {
  readonly ours: number[];
  readonly raw: number[];
}

async function compare(concurrency: number, group: number): Promise<Comparison> {
  const definition = trivialSteps(concurrency);
  const rates: Comparison = { ours: [], raw: [] };
  // The first round warms up both.
  for (let round = 0; round <= ROUNDS; round++) {
    const { rows, rate } = await withStore(async (db, file) => {
      const seconds = await secondsOf(async () => {
        const { status } = await (await startRun(workerOf(db, file, definition), '/bench.ts', undefined)).done;
        if (status !== 'completed') throw new Error(`the run is ${status}`);
      });
      const written = rowsOf(db);
      return { rows: written, rate: written.steps.length / seconds };
    });
    const raw = await withStore(db => rows.steps.length / writeRows(db, rows, group));
    if (round === 0) continue;
    rates.ours.push(rate);
    rates.raw.push(raw);
  }
  return rates;
}

type Row = readonly unknown[];

interface Rows {
  readonly runs: Row[];
  readonly steps: Row[];
  readonly pages: Row[];
  /** By scope. */
  readonly batches: Map<unknown, Row>;
}

/** What a run has left in the store, in the order it was written. */
function rowsOf(db: Database): Rows {
  const all = (table: string, order: string) =>
    db.prepare<[], Row>(`select * from ${table} order by ${order}`).raw().all();
  return {
    runs: all('runs', 'id'),
    steps: all('steps', 'seq'),
    pages: all('item_pages', 'first_scope'),
    batches: new Map(all('batches', 'scope').map(batch => [scopeOf(batch), batch])),
  };
}

/** The batch a row is about: the second column of each table. */
function scopeOf(row: Row): unknown {
  return row[1];
}

/** Writes the rows again, `group` steps a transaction; a batch goes with its first step. Returns the seconds that took. */
function writeRows(db: Database, { runs, steps, pages, batches }: Rows, group: number): number {
  const insert = (table: string) => {
    const columns = db.pragma(`table_info(${table})`) as unknown[];
    return db.prepare(`insert into ${table} values (${columns.map(() => '?').join()})`);
  };
  const run = insert('runs');
  const step = insert('steps');
  const batch = insert('batches');
  const page = insert('item_pages');
  const begin = db.prepare('begin immediate');
  const commit = db.prepare('commit');
  for (const row of runs) run.run(...row);
  const written = new Set<unknown>();
  const from = performance.now();
  for (const row of pages) page.run(...row);
  for (let at = 0; at < steps.length; at += group) {
    begin.run();
    for (const row of steps.slice(at, at + group)) {
      const scope = scopeOf(row);
      const of = batches.get(scope);
      if (of && !written.has(scope)) {
        written.add(scope);
        batch.run(...of);
      }
      step.run(...row);
    }
    commit.run();
  }
  return (performance.now() - from) / 1000;
}
