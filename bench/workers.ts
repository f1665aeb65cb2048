import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/*
 * node bench/workers.ts: steps that compute, with one worker and with two, in one run. The ratio of the two is what a second core is
 * good for; it says something only on a machine that has two to spare.
 */

const BATCHES = 60;
const STEP_MS = 50;
const WORKFLOW = `
import { cronflow } from 'cronflow';
const items = Array.from({ length: ${BATCHES} }, (_, index) => index);
const begin = process.cpuUsage();
/** So many turns take ${STEP_MS} ms on an idle core: measured once, by the runner, so that both nodes do the same. */
const compute = (turns: number) => { let sum = 0; for (let turn = 0; turn < turns; turn++) sum += Math.sqrt(turn); return sum; };
let flow = cronflow.define({ id: 'workers' }).step('turns', () => {
  compute(1e6);
  const cpu = process.cpuUsage();
  compute(2e7);
  return Math.round((2e7 * ${STEP_MS * 1000}) / process.cpuUsage(cpu).user);
});
for (const workers of [1, 2])
  flow = flow
    // The processes are there when the time is taken.
    .batch('warm-' + workers, { items: items.slice(0, 2 * workers), size: 1, workers, concurrency: 2 * workers }, (_batch, inner) => {
      inner.step('warm ' + workers, ctx => compute(ctx.steps.turns.output));
    })
    .step('from-' + workers, () => performance.now())
    .batch('work-' + workers, { items, size: 1, workers, concurrency: 2 * workers }, (_batch, inner) => {
      inner.step('compute ' + workers, ctx => compute(ctx.steps.turns.output));
    })
    .step('to-' + workers, () => performance.now());
flow.step('result', ctx => [1, 2].map(n => ctx.steps['to-' + n].output - ctx.steps['from-' + n].output).concat(process.cpuUsage(begin).user / 1000));
`;

const folder = mkdtempSync(path.join(tmpdir(), 'cronflow-bench-'));
try {
  writeFileSync(path.join(folder, 'w.ts'), WORKFLOW);
  const bin = fileURLToPath(new URL('../bin/cronflow.mjs', import.meta.url));
  const { stdout, stderr } = spawnSync(process.execPath, [bin, 'run', 'w.ts', '--json'], {
    cwd: folder,
    encoding: 'utf8',
  });
  const { output } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}') as { output?: [number, number, number] };
  if (!output) throw new Error(`The run has no result: ${stdout}${stderr}`);
  const [one, two, runner] = output;
  console.log(`${BATCHES} steps that compute for ${STEP_MS} ms
one worker   ${Math.round(one)} ms
two workers  ${Math.round(two)} ms, ${(one / two).toFixed(2)} times as fast
processor time of the runner itself: ${Math.round(runner)} ms`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
