import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isBuiltFromSources } from '../bin/built.mjs';
import { median, type Figure } from './support.ts';

/*
 * What a command costs before it does anything: `cronflow run` of a workflow of one trivial step, in turns with
 * `node -e 0`. Build first: sources as they are take twice as long.
 */

const ROUNDS = 9;
/** The shell tells processor time in hundredths of a second, which is half of a bare Node. */
const IN_A_ROUND = 5;
const ROOT = path.resolve(import.meta.dirname, '..');
const WALL = 5;
const PROCESSOR = 6;

const FLOW = `import cronflow from 'cronflow';
cronflow.define({ id: 'trivial' }).step('one', async () => 1);
`;

export async function benchStart(): Promise<Figure[]> {
  if (!isBuiltFromSources(ROOT)) throw new Error('Run "npm run build" first: what is measured is what is published.');
  const folder = mkdtempSync(path.join(tmpdir(), 'cronflow-bench-'));
  try {
    const command = install(folder);
    const file = path.join(folder, 'flow.ts');
    writeFileSync(file, FLOW);
    const ours: Cost[] = [];
    const bare: Cost[] = [];
    // The first round fills the compile cache and finds what is in it.
    for (let round = -1; round < ROUNDS; round++) {
      const run = costOf([command, 'run', file]);
      const node = costOf(['-e', '0']);
      if (round < 0) continue;
      ours.push(run);
      bare.push(node);
    }
    return [
      ...figures('wall time', ours, bare, cost => cost.wall, WALL),
      ...(existsSync(SHELL) ? figures('processor time', ours, bare, cost => cost.processor, PROCESSOR) : []),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** As npm does: a checkout would look whether its sources have changed, at each command. */
function install(folder: string): string {
  const installed = path.join(folder, 'node_modules', 'cronflow');
  for (const part of ['bin', 'dist', 'package.json'])
    cpSync(path.join(ROOT, part), path.join(installed, part), { recursive: true });
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(installed, 'node_modules'), 'junction');
  return path.join(installed, 'bin', 'cronflow.mjs');
}

function figures(
  what: string,
  ours: readonly Cost[],
  bare: readonly Cost[],
  of: (cost: Cost) => number,
  aim: number,
): Figure[] {
  const ratio = median(ours.map(of)) / median(bare.map(of));
  return [
    { what: `cronflow run, ${what}`, value: `${(median(ours.map(of)) * 1000).toFixed(0)} ms` },
    { what: '  node -e 0', value: `${(median(bare.map(of)) * 1000).toFixed(0)} ms` },
    { what: '  ours / node', value: ratio.toFixed(2), aim: `<= ${aim}`, met: ratio <= aim },
  ];
}

interface Cost {
  /** Seconds. */
  readonly wall: number;
  /** Seconds of all its processes. */
  readonly processor: number;
}

const SHELL = '/bin/sh';
const REPEAT = `for _ in ${Array.from({ length: IN_A_ROUND }, (_, at) => at).join(' ')}; do "$@" >/dev/null || exit 1; done; times`;

/** The shell tells what all processes that it waited for, and those that they waited for, have taken. */
function costOf(args: readonly string[]): Cost {
  const isTold = existsSync(SHELL);
  const from = performance.now();
  const { status, stdout } = isTold
    ? spawnSync(SHELL, ['-c', REPEAT, SHELL, process.execPath, ...args], { encoding: 'utf8' })
    : spawnSync(process.execPath, args, { encoding: 'utf8' });
  const count = isTold ? IN_A_ROUND : 1;
  const wall = (performance.now() - from) / 1000 / count;
  if (status !== 0) throw new Error(`node ${args.join(' ')} ended with code ${status}`);
  const ofChildren = stdout.trim().split('\n').at(-1) ?? '';
  const times = [...ofChildren.matchAll(/(\d+)m([\d.]+)s/g)].map(
    ([, minutes, seconds]) => Number(minutes) * 60 + Number(seconds),
  );
  return { wall, processor: times.reduce((sum, time) => sum + time, 0) / count };
}
