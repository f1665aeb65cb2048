import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isBuiltFromSources } from '../bin/built.mjs';
import { median, type Figure } from './support.ts';

/*
 * What a command costs before it does anything: `cronflow run` of a workflow of one trivial step, in turns with
 * `node -e 0`. Build first: sources as they are take twice as long.
 */

const ROUNDS = 15;
const ROOT = path.resolve(import.meta.dirname, '..');
const WALL = 5;
const PROCESSOR = 6;

const FLOW = `import cronflow from 'cronflow';
cronflow.define({ id: 'trivial' }).step('one', async () => 1);
`;

export async function benchStart(): Promise<Figure[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'cronflow-bench-'));
  try {
    const file = path.join(folder, 'flow.ts');
    writeFileSync(file, FLOW);
    const ours: Cost[] = [];
    const bare: Cost[] = [];
    // The first two rounds fill the compile cache and find what is in it.
    for (let round = -2; round < ROUNDS; round++) {
      const run = costOf([path.join(ROOT, 'bin', 'cronflow.mjs'), 'run', file]);
      const node = costOf(['-e', '0']);
      if (round < 0) continue;
      ours.push(run);
      bare.push(node);
    }
    const from = isBuiltFromSources(ROOT) ? 'built' : 'from sources: NOT BUILT';
    return [
      ...figures(`wall time, ${from}`, ours, bare, cost => cost.wall, WALL),
      ...(existsSync(SHELL) ? figures(`processor time, ${from}`, ours, bare, cost => cost.processor, PROCESSOR) : []),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
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

/** The shell tells what all processes that it waited for, and those that they waited for, have taken. */
function costOf(args: readonly string[]): Cost {
  const from = performance.now();
  const { status, stdout } = existsSync(SHELL)
    ? spawnSync(SHELL, ['-c', '"$@" >/dev/null && times', SHELL, process.execPath, ...args], { encoding: 'utf8' })
    : spawnSync(process.execPath, args, { encoding: 'utf8' });
  const wall = (performance.now() - from) / 1000;
  if (status !== 0) throw new Error(`node ${args.join(' ')} ended with code ${status}`);
  const ofChildren = stdout.trim().split('\n').at(-1) ?? '';
  const times = [...ofChildren.matchAll(/(\d+)m([\d.]+)s/g)].map(
    ([, minutes, seconds]) => Number(minutes) * 60 + Number(seconds),
  );
  return { wall, processor: times.reduce((sum, time) => sum + time, 0) };
}
