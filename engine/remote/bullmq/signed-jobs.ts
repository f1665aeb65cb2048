import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { isSigned, sign, type SignedKind } from '../signature.ts';
import { CLOSE_WITHIN, type JobQueue, type StoredJob } from './queue-server.ts';

/*
 * What processes say of themselves, for all who look: a job that is never due, which anybody can look at, and BullMQ's own boards
 * show. Who has put it there renews it.
 */

const NEVER_DUE = 100 * 365 * 24 * 3600 * 1000;
const MOST_JOBS = 10_000;

const stored = z.object({ text: z.string(), signature: z.string() });

export interface SignedJob {
  readonly id: string;
  /** Undefined: it is not signed with our secret. */
  readonly text: string | undefined;
  /** All that is stored, signed or not. */
  readonly data: string;
  remove(): Promise<void>;
}

export class SignedJobs {
  readonly #queue: JobQueue;
  readonly #secret: string;
  readonly #kind: SignedKind;
  readonly #own = new Map<string, StoredJob>();
  readonly #putting = new Set<string>();

  constructor(queue: JobQueue, secret: string, kind: SignedKind) {
    this.#queue = queue;
    this.#secret = secret;
    this.#kind = kind;
  }

  /** Puts it there, or renews it: also after the server has lost all it had. */
  async put(id: string, text: string): Promise<void> {
    // The server is away, and takes what it was told before once it is back. The next time is not far.
    if (this.#putting.has(id)) return;
    this.#putting.add(id);
    try {
      await this.#put(id, { text, signature: sign(this.#secret, this.#kind, text) });
    } finally {
      this.#putting.delete(id);
    }
  }

  async #put(id: string, data: z.infer<typeof stored>): Promise<void> {
    const known = this.#own.get(id);
    if (known && (await renewed(known, data))) return;
    // Dropped without a word where the job is there: then it is renewed next time.
    const options = { jobId: id, delay: NEVER_DUE, attempts: 1, removeOnComplete: true, removeOnFail: true };
    this.#own.set(id, await this.#queue.add(this.#kind, data, options));
  }

  async remove(id: string): Promise<void> {
    this.#own.delete(id);
    const remove = async () => await (await this.#queue.getJob(id))?.remove();
    // That it is no longer renewed says the same.
    await Promise.race([remove(), delay(CLOSE_WITHIN, undefined, { ref: false })]);
  }

  async list(): Promise<readonly SignedJob[]> {
    const jobs = await this.#queue.getDelayed(0, MOST_JOBS - 1);
    return jobs.flatMap(job => {
      const { id, data } = job;
      if (id === undefined) return [];
      return [{ id, text: this.#textOf(data), data: JSON.stringify(data), remove: () => job.remove() }];
    });
  }

  #textOf(data: unknown): string | undefined {
    const { data: signed } = stored.safeParse(data);
    return signed && isSigned(this.#secret, this.#kind, signed.text, signed.signature) ? signed.text : undefined;
  }
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
