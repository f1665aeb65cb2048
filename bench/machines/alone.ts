import { setTimeout as pause } from 'node:timers/promises';
import { Worker } from 'bullmq';

/* A worker of BullMQ alone, for bench/machines.ts: node alone.ts <port> <concurrency> <ms>. */

const [port = '', concurrency = '8', ms = '20'] = process.argv.slice(2);
const worker = new Worker('alone', async () => (Number(ms) > 0 ? await pause(Number(ms)) : undefined), {
  connection: { port: Number(port), maxRetriesPerRequest: null },
  concurrency: Number(concurrency),
  removeOnComplete: { count: 0 },
});
worker.on('error', error => console.error(error));
