import { setTimeout as delay } from 'node:timers/promises';
import { debugQueue } from '../../debug.ts';
import type { Mailbox } from '../mailbox.ts';
import { QueueError } from '../queue-error.ts';
import {
  CLOSE_WITHIN,
  FIRST_RETRY,
  LAST_RETRY,
  reasonOf,
  surface,
  type JobQueue,
  type JobWorker,
  type QueueServer,
} from './queue-server.ts';

/*
 * A mailbox is a queue of BullMQ with one reader, and a letter a job of it. The order, repeats and loss of letters are the
 * business of who sends and receives (link.ts), so that nothing here is tried twice and nothing is kept.
 */

/** Read by us alone. The sender counts its letters, because a second job of the same id would be dropped. */
const LETTER = { attempts: 1, removeOnComplete: true, removeOnFail: true };

const READING = {
  // How many it fetches at a time. Measured: with one, a process took half as many letters as others sent it, and with eight all.
  concurrency: 8,
  // A letter that was fetched as the connection broke is given out again. It must not fail for that: it has just come late.
  maxStalledCount: 1e9,
  // Ours is 15 s: for so long, it would not ask again after the server was away.
  runRetryDelay: 500,
  // In seconds: how long it waits for a job at a time. A connection that is silent for longer is opened again.
  drainDelay: 5,
};

/** See `OpenQueue.clearMailbox`. */
export async function clearMailbox(server: QueueServer, address: string): Promise<void> {
  const queue = await openQueue(server, queueOfMailbox(address));
  await queue.obliterate({ force: true });
  await queue.close();
}

function queueOfMailbox(address: string): string {
  return `cronflow-mail-${address}`;
}

export function openMailbox(server: QueueServer, address: string, onLetter: (letter: string) => void): Mailbox {
  const queues = new Map<string, Promise<JobQueue>>();
  const closed = new AbortController();
  let sent = 0;

  const queueTo = (to: string): Promise<JobQueue> => {
    const known = queues.get(to);
    if (known) return known;
    const opened = openQueue(server, queueOfMailbox(to));
    queues.set(to, opened);
    opened.catch(() => queues.delete(to));
    return opened;
  };

  const onJob = (data: unknown) => {
    // Whatever else somebody has put there is none of ours.
    if (!closed.signal.aborted && typeof data === 'string') onLetter(data);
  };
  let worker: JobWorker | undefined;
  /** A worker that could not begin, since the server was away just then, is of no use any more: another one takes its place. */
  const read = async () => {
    while (!closed.signal.aborted) {
      try {
        await server.reach();
        if (closed.signal.aborted) return;
        worker = server.worker(queueOfMailbox(address), onJob, READING);
        await worker.waitUntilReady();
        if (closed.signal.aborted) return await worker.close(true);
        await worker.run();
      } catch (error) {
        if (!server.noteFailure(error)) throw error;
        await worker?.close(true);
      }
      await pause(FIRST_RETRY);
    }
  };
  const pause = (ms: number) => delay(ms, undefined, { signal: closed.signal }).catch(() => {});
  read().catch(surface);

  return {
    address,
    post: async (to, letter) => {
      const jobId = `${address}-${(sent += 1)}`;
      for (let wait = FIRST_RETRY; ; wait = Math.min(wait * 2, LAST_RETRY)) {
        if (closed.signal.aborted) throw new QueueError('The mailbox is closed.');
        try {
          await (await queueTo(to)).add('letter', letter, { jobId, ...LETTER });
          server.noteSuccess();
          return;
        } catch (error) {
          if (!server.noteFailure(error)) throw error;
          await pause(wait);
        }
      }
    },
    close: async () => {
      closed.abort();
      const farewell = async () => {
        await worker?.close(true);
        await (await queueTo(address)).obliterate({ force: true });
        for (const queue of await Promise.all(queues.values())) await queue.close();
      };
      // Where it does not go well, what is left there is of an address that nobody has any more.
      const left = farewell().catch((error: unknown) => debugQueue('left behind: %s', reasonOf(error)));
      await Promise.race([left, delay(CLOSE_WITHIN, undefined, { ref: false })]);
    },
  };
}

async function openQueue(server: QueueServer, name: string): Promise<JobQueue> {
  await server.reach();
  const queue = server.queue(name);
  try {
    await queue.waitUntilReady();
    return queue;
  } catch (error) {
    await queue.close();
    throw error;
  }
}
