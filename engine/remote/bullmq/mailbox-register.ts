import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { debugQueue } from '../../debug.ts';
import { CLOSE_WITHIN, reasonOf, type JobQueue } from './queue-server.ts';
import { SignedJobs, type SignedJob } from './signed-jobs.ts';

/*
 * A process that is killed cannot remove its mailbox, and what was sent to it stays on the server. So each says again and again that
 * it is there, and whoever comes later removes the mailboxes of those that have not said so for long.
 *
 * All times are of the server's clock: those of machines differ. If that one is set forward, or a process sleeps for longer than
 * this, its mailbox is removed while it lives: then letters are lost, which are sent again, and the next word puts it here again.
 */

/** The queue of the mailboxes. */
export const MAILBOXES = 'cronflow-mailboxes';
const SAY_EVERY = 60_000;
const SWEEP_EVERY = 10 * 60_000;
/** Far more than any process is silent that goes on with what it did: its workers give a run up after a minute. */
const ABANDONED_AFTER = 3_600_000;

const entry = z.object({ address: z.string().min(1).max(200), at: z.number() });

export interface RegisterOptions {
  readonly secret: string;
  /** Milliseconds since 1970, by the clock of the server. */
  readonly now: () => Promise<number>;
  /** Removes all that is left at an address whose process is gone. */
  readonly clear: (address: string) => Promise<void>;
}

export class MailboxRegister {
  readonly #options: RegisterOptions;
  readonly #jobs: SignedJobs;

  constructor(queue: JobQueue, options: RegisterOptions) {
    this.#options = options;
    this.#jobs = new SignedJobs(queue, options.secret, 'mailbox');
  }

  /** The mailbox of this process is there, until it calls what this returns. Meanwhile it removes those that were left behind. */
  keep(address: string): () => Promise<void> {
    let last: Promise<void> = Promise.resolve();
    // The server may be away. The next time is not far.
    const attempt = (work: Promise<void>) => {
      last = work.catch((error: unknown) => debugQueue('mailboxes: %s', reasonOf(error)));
    };
    const sayAndSweep = async () => {
      await this.say(address);
      await this.sweep();
    };
    attempt(sayAndSweep());
    const saying = setInterval(() => attempt(this.say(address)), SAY_EVERY).unref();
    const sweeping = setInterval(() => attempt(this.sweep()), SWEEP_EVERY).unref();
    return async () => {
      clearInterval(saying);
      clearInterval(sweeping);
      // A server that is away does not hold the end up: what is left is removed by whoever comes later.
      const removed = last.then(() => this.#jobs.remove(address));
      await Promise.race([removed, delay(CLOSE_WITHIN, undefined, { ref: false })]);
    };
  }

  async say(address: string): Promise<void> {
    await this.#jobs.put(address, JSON.stringify({ address, at: await this.#options.now() }));
  }

  /** Removes the mailboxes of which nothing was said for an hour. */
  async sweep(): Promise<void> {
    const now = await this.#options.now();
    for (const job of await this.#jobs.list()) {
      const at = saidAt(job);
      if (at === undefined || now - at < ABANDONED_AFTER) continue;
      debugQueue('mailbox of %s is removed', job.id);
      await this.#options.clear(job.id);
      // Last: what is interrupted here is done again by whoever comes next.
      await job.remove();
    }
  }
}

/** Undefined for what is not signed with our secret, or stands at another one's place: that is not ours to remove. */
function saidAt({ id, text }: SignedJob): number | undefined {
  if (text === undefined) return undefined;
  const read = entry.safeParse(JSON.parse(text));
  return read.success && read.data.address === id ? read.data.at : undefined;
}
