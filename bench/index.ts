import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';
import Database from 'better-sqlite3';
import { keepHeapSmall } from '../engine/runner/heap.ts';
import { RUNNER_FLAGS } from '../engine/runner/parent.ts';
import { benchMachines } from './machines.ts';
import { benchMemory } from './memory.ts';
import { benchPlayback } from './playback.ts';
import { benchQueue } from './queue.ts';
import { benchRerun } from './rerun.ts';
import { benchResume } from './resume.ts';
import { benchShapes } from './shapes.ts';
import { benchStart } from './start.ts';
import { benchSteps } from './steps.ts';
import { benchStudio } from './studio.ts';
import { printFigures, type Benchmark } from './support.ts';

/* node bench/index.ts [filter]: measures what has the filter in its name, and prints it beside its aims. */

const BENCHMARKS: readonly { readonly name: string; readonly title: string; readonly measure: Benchmark }[] = [
  { name: 'steps', title: 'Durable steps, beside SQLite alone', measure: benchSteps },
  { name: 'queue', title: 'Jobs through the command line, cold', measure: benchQueue },
  { name: 'start', title: 'Starting, beside node alone', measure: benchStart },
  { name: 'resume', title: 'From resuming to the next step', measure: benchResume },
  { name: 'rerun', title: 'Plans of re-runs', measure: benchRerun },
  { name: 'memory', title: 'Memory of a stream', measure: benchMemory },
  { name: 'shapes', title: 'Other shapes', measure: benchShapes },
  { name: 'playback', title: 'The moment of 1,000,000 batches, dragged', measure: benchPlayback },
  { name: 'machines', title: 'Batches on other machines, beside BullMQ alone', measure: benchMachines },
  { name: 'studio', title: '100,000 batches, looked at', measure: benchStudio },
];

const filter = process.argv[2] ?? '';
const chosen = BENCHMARKS.filter(({ name }) => name.includes(filter));
if (chosen.length === 0) {
  console.error(
    `No benchmark is named ${JSON.stringify(filter)}. There are: ${BENCHMARKS.map(({ name }) => name).join(', ')}`,
  );
  process.exit(2);
}

// Runs are made by runners, so this process is to be like one.
if (!RUNNER_FLAGS.every(flag => process.execArgv.includes(flag))) {
  const { status } = spawnSync(process.execPath, [...RUNNER_FLAGS, ...process.argv.slice(1)], { stdio: 'inherit' });
  process.exit(status ?? 1);
}
keepHeapSmall();

const memory = new Database(':memory:');
const sqlite = memory.prepare<[], string>('select sqlite_version()').pluck().get();
memory.close();
console.log(
  `${cpus()[0]?.model ?? 'unknown CPU'}, ${cpus().length} cores, Node ${process.versions.node}, SQLite ${sqlite}`,
);
for (const { title, measure } of chosen) printFigures(title, await measure());
