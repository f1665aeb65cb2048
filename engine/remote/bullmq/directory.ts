import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { Directory, WorkerCard } from '../directory.ts';
import { isSigned, sign } from '../signature.ts';
import { CLOSE_WITHIN, type JobQueue, type StoredJob } from './queue-server.ts';

/*
 * The card of a worker is a job that is never due: anybody can look at it, and BullMQ's own boards show it. Its worker
 * renews it each second.
 */

/** The queue of the cards. */
export const CARDS = 'cronflow-workers';
const NEVER_DUE = 100 * 365 * 24 * 3600 * 1000;
const MOST_CARDS = 10_000;
/** A card that does not change for so long is of a worker that is gone. */
const STALE_AFTER = 60_000;
/** As much as a look at the cards counts, however late it comes: this process may have been stopped, or the server away. */
const LONGEST_LOOK = 5_000;

const stored = z.object({ card: z.string(), signature: z.string() });

const card = z.object({
  address: z.string().min(1).max(200),
  beat: z.number(),
  protocol: z.number(),
  host: z.string().max(300),
  pid: z.number(),
  startedAt: z.number(),
  workflows: z.array(z.object({ workflow: z.string(), code: z.string() })),
  concurrency: z.number(),
  inFlight: z.number(),
  stepsPerSecond: z.number(),
  memoryBytes: z.number(),
  isDraining: z.boolean(),
}) satisfies z.ZodType<WorkerCard>;

interface Seen {
  readonly data: string;
  unchangedFor: number;
}

export interface DirectoryOptions {
  readonly secret: string;
  /** Milliseconds of a clock that nobody sets. */
  readonly now: () => number;
  /** Removes what is left in the mailbox of a worker that is gone. */
  readonly clear: (address: string) => Promise<void>;
}

export function openDirectory(queue: JobQueue, { secret, now, clear }: DirectoryOptions): Directory {
  const own = new Map<string, StoredJob>();
  const announcing = new Set<string>();
  const seen = new Map<string, Seen>();
  let lookedAt = now();

  /** Counts for how long each of the cards has not changed. */
  const look = (jobs: readonly StoredJob[]) => {
    const at = now();
    const passed = Math.min(at - lookedAt, LONGEST_LOOK);
    lookedAt = at;
    for (const id of seen.keys()) if (!jobs.some(job => job.id === id)) seen.delete(id);
    for (const { id, data } of jobs) {
      if (id === undefined) continue;
      const text = JSON.stringify(data);
      const before = seen.get(id);
      if (before?.data === text) before.unchangedFor += passed;
      else seen.set(id, { data: text, unchangedFor: 0 });
    }
  };

  const isStale = (job: StoredJob) => (seen.get(job.id ?? '')?.unchangedFor ?? 0) >= STALE_AFTER;

  const announce = async (worker: WorkerCard) => {
    const text = JSON.stringify(worker);
    const data = { card: text, signature: sign(secret, 'card', text) };
    const known = own.get(worker.address);
    if (known && (await renewed(known, data))) return;
    // Dropped without a word where the job is there: then it is renewed next time.
    const options = {
      jobId: worker.address,
      delay: NEVER_DUE,
      attempts: 1,
      removeOnComplete: true,
      removeOnFail: true,
    };
    own.set(worker.address, await queue.add('worker', data, options));
  };

  return {
    announce: async worker => {
      // The server is away, and takes what it was told before once it is back. The next announcement is a second away.
      if (announcing.has(worker.address)) return;
      announcing.add(worker.address);
      try {
        await announce(worker);
      } finally {
        announcing.delete(worker.address);
      }
    },
    withdraw: async address => {
      own.delete(address);
      const remove = async () => await (await queue.getJob(address))?.remove();
      // That its card is no longer renewed says the same.
      await Promise.race([remove(), delay(CLOSE_WITHIN, undefined, { ref: false })]);
    },
    list: async () => {
      const jobs = await queue.getDelayed(0, MOST_CARDS - 1);
      look(jobs);
      const cards: WorkerCard[] = [];
      for (const job of jobs) {
        const read = readCard(job, secret);
        if (!isStale(job)) {
          if (read) cards.push(read);
          continue;
        }
        await job.remove();
        // Only of a card that is signed: the mailbox of another is not ours to clear.
        if (read) await clear(read.address);
      }
      return cards;
    },
  };
}

/** False if the server has lost the job. */
async function renewed(job: StoredJob, data: unknown): Promise<boolean> {
  try {
    await job.updateData(data);
    return true;
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('Missing key for job')) return false;
    throw error;
  }
}

/** Undefined for what is not signed with our secret, or stands at another worker's place. */
function readCard(job: StoredJob, secret: string): WorkerCard | undefined {
  const parsed = stored.safeParse(job.data);
  if (!parsed.success || !isSigned(secret, 'card', parsed.data.card, parsed.data.signature)) return undefined;
  // Signed, and still of a version of Cronflow that may have other fields.
  const read = card.safeParse(JSON.parse(parsed.data.card));
  return read.success && read.data.address === job.id ? read.data : undefined;
}
