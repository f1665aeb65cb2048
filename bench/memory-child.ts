import { readFileSync } from 'node:fs';
import { startRun } from '../engine/run/execute.ts';
import { keepHeapSmall } from '../engine/runner/heap.ts';
import type { Peak } from './memory.ts';
import type { Workflow } from '../engine/workflow/types.ts';
import { secondsOf, withStore, workerOf, workflow } from './support.ts';

/*
 * Does one thing, and prints the most memory it had: `stream` takes so many items through batches of 1,000, `returned` has a
 * step return an array of so many, which in `read` the next one reads, `made` has a step that only makes that array, and
 * `nothing` has one that does not.
 */

const [what = '', count] = process.argv.slice(2);
const items = Number(count);

const item = (id: number) => ({ id, name: `item ${id}`, amount: id / 7 });
const made = () => Array.from({ length: items }, (_, id) => item(id));

const WORKFLOWS: Readonly<Record<string, (flow: Workflow) => unknown>> = {
  nothing: flow => flow.step('nothing', async () => 0),
  made: flow => flow.step('made', async () => made().length),
  returned: flow => flow.step('returned', async () => made()),
  read: flow => flow.step('returned', async () => made()).step('read', async ctx => (ctx.last as unknown[]).length),
  stream: flow =>
    flow.batch(
      'work',
      {
        *items() {
          for (let id = 0; id < items; id++) yield item(id);
        },
        size: 1_000,
        concurrency: 4,
      },
      (batch, inner) => {
        inner.step('total', async () => batch.reduce((total, { amount }) => total + amount, 0));
      },
    ),
};
const build = WORKFLOWS[what];
if (!build) throw new Error(`There is no ${what}. There are: ${Object.keys(WORKFLOWS).join(', ')}`);
const definition = workflow(build);

keepHeapSmall();
await withStore(async (db, file) => {
  const seconds = await secondsOf(async () => {
    const { status } = await (await startRun(workerOf(db, file, definition), '/bench.ts', undefined)).done;
    if (status !== 'completed') throw new Error(`the run is ${status}`);
  });
  const peak: Peak = { megabytes: peakMegabytes(), seconds };
  console.log(JSON.stringify(peak));
});

/** Linux counts what the parent had before this program was loaded into `maxRSS`, but not into VmHWM. */
function peakMegabytes(): number {
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS / 1024;
  const kilobytes = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  return Number(kilobytes) / 1024;
}
