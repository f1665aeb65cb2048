import { randomUUID } from 'node:crypto';
import { onTestFinished } from 'vitest';
import { openQueue, openServer, type OpenQueue } from '../../engine/remote/bullmq/open-queue.ts';
import { MailboxRegister, MAILBOXES } from '../../engine/remote/bullmq/mailbox-register.ts';
import type { Mailbox } from '../../engine/remote/mailbox.ts';
import { givenQueue, takeQueueEnvironment, type QueueSettings } from '../../engine/remote/queue-settings.ts';
import type { ServerForTest } from '../support/servers/queue-servers.ts';

const SECRET = 'a secret of this test';
const folder = import.meta.dirname;
const TWO_HOURS_MS = 7_200_000;

function settingsOf(server: ServerForTest, secret: string): QueueSettings {
  const settings = givenQueue(server.url, takeQueueEnvironment({ CRONFLOW_QUEUE_SECRET: secret }));
  if (!settings) throw new Error('No settings');
  return settings;
}

/** Opens the queue of a server, and closes it when the test is done. */
export async function open(server: ServerForTest, secret = SECRET): Promise<OpenQueue & { readonly states: string[] }> {
  const settings = settingsOf(server, secret);
  const states: string[] = [];
  const queue = await openQueue(settings, { folder, onState: ({ kind }) => states.push(kind) });
  onTestFinished(() => queue.close());
  return { ...queue, states };
}

export async function mailbox(queue: OpenQueue): Promise<Mailbox & { readonly letters: string[] }> {
  const letters: string[] = [];
  const box = await queue.openMailbox(randomUUID(), letter => letters.push(letter));
  onTestFinished(() => box.close());
  return { ...box, letters };
}

/** What a server has on record of a mailbox. */
export interface OnRecord {
  /** As if nothing had been said of it for two hours. */
  wasLongAgo(address: string): Promise<void>;
  has(address: string): Promise<boolean>;
}

export async function mailboxesOnRecord(server: ServerForTest, secret = SECRET): Promise<OnRecord> {
  const opened = await openServer(settingsOf(server, secret), folder, () => {});
  const queue = opened.queue(MAILBOXES);
  onTestFinished(async () => {
    await queue.close();
    await opened.close();
  });
  return {
    wasLongAgo: async address => {
      await (await queue.getJob(address))?.remove();
      const now = async () => (await opened.now()) - TWO_HOURS_MS;
      await new MailboxRegister(queue, { secret, now, clear: () => Promise.resolve() }).say(address);
    },
    has: async address => (await queue.getJob(address)) !== undefined,
  };
}
