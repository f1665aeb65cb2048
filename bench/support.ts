import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Database } from 'better-sqlite3';
import type { RunEnvironment } from '../engine/run/execute.ts';
import { openStore } from '../engine/store/open.ts';
import { define } from '../engine/workflow/define.ts';
import type { Definition } from '../engine/workflow/nodes.ts';
import { takeDefinitions } from '../engine/workflow/registry.ts';
import type { Cronflow, Workflow } from '../engine/workflow/types.ts';

/** One line of the table: what was measured, how it came out, and what it is to be. */
export interface Figure {
  readonly what: string;
  readonly value: string;
  readonly aim?: string;
  readonly met?: boolean;
}

/** Measures one thing and says how it went. Aims are told, never asserted: a busy machine fails no build. */
export type Benchmark = () => Promise<readonly Figure[]>;

/** `cronflow` as an author sees it. */
const cronflow = { define } as unknown as Cronflow;

/** Builds one workflow, and gives what the engine makes of it. */
export function workflow(build: (start: Workflow) => unknown): Definition {
  takeDefinitions();
  build(cronflow.define({ id: 'bench' }) as unknown as Workflow);
  const [definition] = takeDefinitions();
  if (!definition) throw new Error('nothing was defined');
  return definition;
}

/** Calls `work` with a new store in a real file, which is gone afterwards. */
export async function withStore<T>(work: (db: Database, file: string) => T | Promise<T>): Promise<T> {
  const folder = mkdtempSync(path.join(tmpdir(), 'cronflow-bench-'));
  const file = path.join(folder, 'runs.db');
  const db = openStore(file, { mode: 'create' });
  try {
    return await work(db, file);
  } finally {
    db.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

export function workerOf(db: Database, storeFile: string, definition: Definition): RunEnvironment {
  return { db, storeFile, definition, code: { hash: 'bench', sources: [] } };
}

/** Seconds that `work` takes. */
export async function secondsOf(work: () => unknown): Promise<number> {
  const from = performance.now();
  await work();
  return (performance.now() - from) / 1000;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? NaN)
    : ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2;
}

export function perSecond(count: number, seconds: number): string {
  return `${rounded(count / seconds)}/s`;
}

/** Three digits that mean something, with thousands set apart. */
export function rounded(value: number): string {
  return Number(value.toPrecision(3)).toLocaleString('en');
}

export function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`;
}

export function printFigures(title: string, figures: readonly Figure[]): void {
  const width = Math.max(...figures.map(({ what }) => what.length));
  const valueWidth = Math.max(...figures.map(({ value }) => value.length));
  console.log(`\n${title}`);
  for (const { what, value, aim, met } of figures) {
    const verdict = aim === undefined ? '' : `   aim ${aim}${met === undefined ? '' : met ? '   met' : '   NOT MET'}`;
    console.log(`  ${what.padEnd(width)}  ${value.padStart(valueWidth)}${verdict}`);
  }
}
