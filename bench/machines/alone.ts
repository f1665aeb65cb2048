import { setTimeout as pause } from 'node:timers/promises';
import { aloneAt } from './alone-at.ts';

/* A worker of BullMQ alone, for bench/machines.ts: node alone.ts <url> <concurrency> <ms>. Tells how many jobs it has done. */

const TELL_EVERY_MS = 10;

const [url = '', concurrency = '8', ms = '20'] = process.argv.slice(2);
const worker = aloneAt(url).worker(async () => {
  if (Number(ms) > 0) await pause(Number(ms));
}, Number(concurrency));
let done = 0;
worker.on('completed', () => (done += 1));
worker.on('error', error => console.error(error));
setInterval(() => {
  if (done > 0) process.send?.(done);
  done = 0;
}, TELL_EVERY_MS);
