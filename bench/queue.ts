import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import Database from 'better-sqlite3';
import { environmentOf, itemsOf, workOn, type Shape } from './queue/work.ts';
import { median, percent, perSecond, type Figure } from './support.ts';

/*
 * What a user of a queue would compare: jobs through the command line, from items made to all batches done, beside a
 * program that does nothing but commit each step (queue/floor.ts). Both in processes of their own, cold, in turns.
 */

const ROUNDS = 3;

interface Job extends Shape {
  readonly name: string;
  /** Both write each commit to the disk. */
  readonly durability?: 'full';
  /** Our share of the floor's rate. */
  readonly aim: number;
}

const JOBS: readonly Job[] = [
  { name: '10,000 batches x 1 step, concurrency 1', batches: 10_000, steps: 1, concurrency: 1, aim: 0.6 },
  { name: '10,000 batches x 1 step, concurrency 5', batches: 10_000, steps: 1, concurrency: 5, aim: 0.9 },
  { name: '10,000 batches x 1 step, concurrency 50', batches: 10_000, steps: 1, concurrency: 50, aim: 1.3 },
  { name: '1,000 batches x 3 steps, concurrency 5', batches: 1_000, steps: 3, concurrency: 5, aim: 0.8 },
  { name: '10,000 batches x 3 steps, concurrency 5', batches: 10_000, steps: 3, concurrency: 5, aim: 1.3 },
  {
    name: '10,000 batches x 3 steps, concurrency 5, durability full',
    batches: 10_000,
    steps: 3,
    concurrency: 5,
    durability: 'full',
    aim: 2,
  },
];
const LARGEST_STORE = 1.5;

export async function benchQueue(): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const job of JOBS) figures.push(...(await measure(job)));
  return figures;
}

async function measure(job: Job): Promise<Figure[]> {
  const ours: Ran[] = [];
  const floor: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    ours.push(await inFolder(folder => throughCommandLine(job, folder)));
    floor.push(await inFolder(folder => floorOf(job, folder)));
  }
  const share = median(ours.map(({ rate }, round) => rate / (floor[round] ?? Number.NaN)));
  const size = median(ours.map(({ bytes }) => bytes)) / bytesOfData(job);
  return [
    { what: `steps, ${job.name}`, value: perSecond(median(ours.map(({ rate }) => rate)), 1) },
    { what: '  one insert a step, by better-sqlite3 alone', value: perSecond(median(floor), 1) },
    { what: '  ours / alone', value: percent(share), aim: `>= ${percent(job.aim)}`, met: share >= job.aim },
    {
      what: '  store / JSON of items and outputs',
      value: size.toFixed(2),
      aim: `<= ${LARGEST_STORE}`,
      met: size <= LARGEST_STORE,
    },
  ];
}

interface Ran {
  /** Steps per second. */
  readonly rate: number;
  /** Of the store, afterwards. */
  readonly bytes: number;
}

async function throughCommandLine(job: Job, folder: string): Promise<Ran> {
  const begunFile = path.join(folder, 'begun');
  const store = path.join(folder, 'runs.db');
  const command = path.join(import.meta.dirname, '../bin/cronflow.mjs');
  const file = path.join(import.meta.dirname, 'queue/job.ts');
  const durability = job.durability === undefined ? [] : ['--durability', job.durability];
  await call([command, 'run', file, '--store', store, ...durability], environmentOf(job, begunFile));
  const db = new Database(store);
  const ended = db.prepare<[], number>('select max(ended_at) from batches').pluck().get() ?? Number.NaN;
  db.pragma('wal_checkpoint(truncate)');
  db.close();
  const seconds = (ended - Number(readFileSync(begunFile, 'utf8'))) / 1000;
  return { rate: (job.batches * job.steps) / seconds, bytes: statSync(store).size };
}

async function floorOf(job: Job, folder: string): Promise<number> {
  const program = path.join(import.meta.dirname, 'queue/floor.ts');
  const args = [program, path.join(folder, 'floor.db'), job.durability ?? 'normal'];
  return Number(await call(args, environmentOf(job, '')));
}

async function call(args: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, args, { env: { ...process.env, ...env } });
  return stdout;
}

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(path.join(tmpdir(), 'cronflow-bench-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function bytesOfData({ batches, steps }: Shape): number {
  const items = itemsOf(batches);
  const outputs = Array.from({ length: batches * steps }, (_, at) => workOn(items.slice(0, 10), at % steps));
  return JSON.stringify(items).length + JSON.stringify(outputs).length;
}
