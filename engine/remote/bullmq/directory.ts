import { z } from 'zod';
import type { Directory, WorkerCard } from '../directory.ts';
import type { JobQueue } from './queue-server.ts';
import { SignedJobs, type SignedJob } from './signed-jobs.ts';

/** The queue of the cards. Each worker renews its own every second. */
export const CARDS = 'cronflow-workers';
/** A card that does not change for so long is of a worker that is gone. */
const STALE_AFTER = 60_000;
/** As much as a look at the cards counts, however late it comes: this process may have been stopped, or the server away. */
const LONGEST_LOOK = 5_000;

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
  const cards = new SignedJobs(queue, secret, 'card');
  const seen = new Map<string, Seen>();
  let lookedAt = now();

  /** Counts for how long each of the cards has not changed. */
  const look = (jobs: readonly SignedJob[]) => {
    const at = now();
    const passed = Math.min(at - lookedAt, LONGEST_LOOK);
    lookedAt = at;
    for (const id of seen.keys()) if (!jobs.some(job => job.id === id)) seen.delete(id);
    for (const { id, data } of jobs) {
      const before = seen.get(id);
      if (before?.data === data) before.unchangedFor += passed;
      else seen.set(id, { data, unchangedFor: 0 });
    }
  };

  const isStale = ({ id }: SignedJob) => (seen.get(id)?.unchangedFor ?? 0) >= STALE_AFTER;

  return {
    announce: worker => cards.put(worker.address, JSON.stringify(worker)),
    withdraw: address => cards.remove(address),
    list: async () => {
      const jobs = await cards.list();
      look(jobs);
      const found: WorkerCard[] = [];
      for (const job of jobs) {
        const read = readCard(job);
        if (!isStale(job)) {
          if (read) found.push(read);
          continue;
        }
        await job.remove();
        // Only of a card that is signed: the mailbox of another is not ours to clear.
        if (read) await clear(read.address);
      }
      return found;
    },
  };
}

/** Undefined for what is not signed with our secret, or stands at another worker's place. */
function readCard({ id, text }: SignedJob): WorkerCard | undefined {
  if (text === undefined) return undefined;
  // Signed, and still of a version of Cronflow that may have other fields.
  const read = card.safeParse(JSON.parse(text));
  return read.success && read.data.address === id ? read.data : undefined;
}
