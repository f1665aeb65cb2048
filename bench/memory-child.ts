import { readFileSync } from 'node:fs';
import { startRun } from '../engine/run/execute.ts';
import { keepHeapSmall } from '../engine/runner/heap.ts';
import type { Peak } from './memory.ts';
import { secondsOf, withStore, workerOf, workflow } from './support.ts';

/* Streams as many items as its argument says through batches of 1,000, and prints the most memory it had. */

const items = Number(process.argv[2]);

const definition = workflow(flow =>
  flow.batch(
    'work',
    {
      *items() {
        for (let id = 0; id < items; id++) yield { id, name: `item ${id}`, amount: id / 7 };
      },
      size: 1_000,
      concurrency: 4,
    },
    (batch, inner) => {
      inner.step('total', async () => batch.reduce((total, { amount }) => total + amount, 0));
    },
  ),
);

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
