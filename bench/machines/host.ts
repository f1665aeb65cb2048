import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { openQueue } from '../../engine/remote/bullmq/open-queue.ts';
import { gapOf } from '../../engine/remote/open-remote-workers.ts';
import { givenQueue, takeQueueEnvironment } from '../../engine/remote/queue-settings.ts';
import { WorkerHost } from '../../engine/remote/worker-host.ts';
import { systemClock } from '../../engine/run/clock.ts';
import { workerProcesses } from '../../engine/runner/worker-parent.ts';

/* A worker of bench/machines.ts: node host.ts <queue> <hash of the code> <concurrency>. */

const [address = '', code = '', concurrency = '8'] = process.argv.slice(2);
const file = fileURLToPath(new URL('workflow.ts', import.meta.url));
const settings = givenQueue(address, takeQueueEnvironment(process.env));
if (!settings) throw new Error('no queue');
const queue = await openQueue(settings, { folder: process.cwd() });
const host = new WorkerHost({
  address: randomUUID(),
  openMailbox: queue.openMailbox,
  directory: queue.directory,
  secret: settings.secret,
  clock: systemClock,
  gapMs: gapOf(queue),
  concurrency: Number(concurrency),
  workflows: () => [{ workflow: 'machines', file, code }],
  startWorker: ({ workflow }) => workerProcesses({ file, workflow, store: undefined }),
});
await host.open();
process.on('SIGTERM', () => void host.close().then(() => process.exit(0)));
