import { cpus } from 'node:os';
import Database from 'better-sqlite3';
import { benchMemory } from './memory.ts';
import { benchResume } from './resume.ts';
import { benchSteps } from './steps.ts';
import { printFigures, type Benchmark } from './support.ts';

const BENCHMARKS: readonly { readonly name: string; readonly title: string; readonly measure: Benchmark }[] = [
  { name: 'steps', title: 'Durable steps', measure: benchSteps },
  { name: 'resume', title: 'Resume', measure: benchResume },
  { name: 'memory', title: 'Memory', measure: benchMemory },
];

const filter = process.argv[2] ?? '';
const chosen = BENCHMARKS.filter(({ name }) => name.includes(filter));
if (chosen.length === 0) {
  console.error(`No benchmark is named ${JSON.stringify(filter)}. There are: ${BENCHMARKS.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}

const memory = new Database(':memory:');
const sqlite = memory.prepare<[], string>('select sqlite_version()').pluck().get();
memory.close();
console.log(`${cpus()[0]?.model ?? 'unknown CPU'}, ${cpus().length} cores, Node ${process.versions.node}, SQLite ${sqlite}`);
for (const { title, measure } of chosen) printFigures(title, await measure());
